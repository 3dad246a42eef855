/** Covers: filter/questions. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdSet } from '../../src/collections/id-set.ts';
import { splitLabels } from '../../src/filter/labels.ts';
import { answerQuestion, type Question } from '../../src/filter/questions.ts';
import { explainExport, findComponents, importMesh, MeshDatabase, splitMesh } from '../../src/index.js';
import { freshFolder } from '../support/files.js';

const FACES = 60;

const folder = mkdtempSync(join(tmpdir(), 'offload-test-'));
let database: string;

afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  database = await importParts();
});

/** Triangles of objects, groups and materials whose borders are all elsewhere, some of them in none. */
async function importParts(): Promise<string> {
  const lines: string[] = [];
  for (let k = 0; k < FACES; k++) lines.push(`v ${k} 0 0`, `v ${k} 1 0`, `v ${k} 0 ${k % 7 === 3 ? 0 : 1}`);
  for (let k = 0; k < FACES; k++) {
    if (k > 4 && k % 9 === 0) lines.push(`o part ${k % 4}`);
    if (k > 9 && k % 7 === 0) lines.push(k % 2 === 0 ? 'usemtl red' : "usemtl o'blue");
    lines.push(`f ${3 * k + 1} ${3 * k + 2} ${k % 5 === 0 ? 3 : 3 * k + 3}`);
  }
  writeFileSync(join(folder, 'in.obj'), `${lines.join('\n')}\n`);
  const path = join(folder, 'mesh.db');
  await importMesh(join(folder, 'in.obj'), path);
  await findComponents(path);
  return path;
}

function answer(question: Question): number[] {
  const db = MeshDatabase.open(database);
  const found = IdSet.create(FACES);
  db.ask((connection) => answerQuestion(connection, question, found));
  db.close();
  return [...found.members()];
}

describe('labels', () => {
  it.each([
    ['part = 1', 'part = 1', ''],
    ["part like 'a' and area > 1", "part like 'a'", 'area > 1'],
    ["area > 1 -- and so on\n and part = 'a' AND id < 3", "part = 'a'", 'area > 1 -- and so on\nAND id < 3'],
    ["source = 'a' and component between 1 and 3", "source = 'a'|component between 1 and 3", ''],
    ["part = 'a' or area > 1 and source = 'b'", '', "part = 'a' or area > 1 and source = 'b'"],
    ["(part = 'a' or area > 1) and not part = 'b'", "not part = 'b'", "(part = 'a' or area > 1)"],
    ['case when id then 1 and part end', '', 'case when id then 1 and part end'],
    ['part in (select name from parts)', '', 'part in (select name from parts)'],
    ['part = random()', '', 'part = random()'],
    ['part = "parts"', '', 'part = "parts"'],
    ['"part" is not null', '"part" is not null', ''],
    ['1 = 1', '', '1 = 1'],
  ])('are extracted from a condition: %s', (text, labels, rest) => {
    const split = splitLabels(text);
    expect(split.labels.join('|')).toBe(labels);
    expect(split.rest).toBe(rest);
  });

  it.each([
    "part = 'part 1'",
    "part LIKE 'part%' and part <> 'part 2'",
    'part is null',
    "material = 'o''blue' or part = 'part 3'",
    'component % 3 = 1',
    "component between 2 and 9 and coalesce(part, material) > 'part 1'",
    "source = 'in.obj'",
    "source <> 'in.obj' or length(source) = 5",
    "source glob '*.stl'",
    "case part when 'part 1' then material is null else component < 20 end",
    "upper(material) in ('RED', 'GREEN') and source is not null",
  ])('give the same triangles per run as per triangle: %s', async (text) => {
    expect(splitLabels(text).rest).toBe('');
    const expected = answer({ kind: 'where', text });
    expect(answer({ kind: 'labels', text })).toEqual(expected);
    const { triangles, selection } = await explainExport(database, { filter: { where: [text] } });
    expect(triangles).toBe(expected.length);
    expect(selection.steps.every(({ by }) => by === 'runs of ids')).toBe(true);
  });

  it.each([
    ["part = 'part 1' and ax > 20", ['runs of ids', 'a scan of pages']],
    ["ax > 20 and part = 'part 1' and sin(ax) < 0", ['runs of ids', expect.stringMatching(/^SQLite/)]],
    ["part = 'part 1' or ax > 50", [expect.stringMatching(/^SQLite/)]],
    ['aspect > 1.3 and ab >= ca and source is not null', ['runs of ids', 'a scan of pages']],
  ])('combine with other conditions: %s', async (text, by) => {
    const expected = answer({ kind: 'where', text });
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(FACES);
    const { triangles, selection } = await explainExport(database, { filter: { where: [text] } });
    expect(triangles).toBe(expected.length);
    expect(selection.steps.map((step) => step.by)).toEqual(by);
  });
});

describe('100,000 parts', () => {
  it('are filtered in linear time, and not split into 100,000 files', { timeout: 60_000 }, async () => {
    const own = freshFolder();
    const input = join(own, 'in.obj');
    const parts = Array.from({ length: 100_000 }, (_, k) => `o part_${k}\nf 1 2 3\n`);
    writeFileSync(input, `v 0 0 0\nv 1 0 0\nv 0 1 0\n${parts.join('')}`);
    const path = join(own, 'mesh.db');
    await importMesh(input, path);
    const begin = process.cpuUsage();
    const count = async (text: string) =>
      (await explainExport(path, { filter: { where: [text] } })).triangles;
    expect(await count("part LIKE 'part_7%'")).toBe(11_111);
    expect(await count("part = 'part_77' or sin(ax) > 2")).toBe(1);
    await expect(splitMesh(path, join(own, 'all'), { by: 'part' })).rejects.toThrow(/more than 10,000 files/);
    const options = { filter: { where: ["part GLOB 'part_7777*'"] } };
    const { files } = await splitMesh(path, join(own, 'some'), { by: 'part' }, options);
    expect(files.map(({ file }) => file)).toEqual([
      '00-part_7777.off',
      ...Array.from({ length: 10 }, (_, k) => `${String(k + 1).padStart(2, '0')}-part_7777${k}.off`),
    ]);
    // Quadratic, it takes minutes.
    expect(process.cpuUsage(begin).user / 1e6).toBeLessThan(20);
  });
});
