import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toAsciiStl, toBinaryStl } from '../../support/meshes.js';

const tube = [...makeTube(12, 6)];
const flat = [0, 0, 0, 1, 0, 0, 1, 0, 0];
const DOCUMENTED = readFileSync(new URL('../../../docs/scripting.md', import.meta.url), 'utf8');
let folder: string;

beforeEach(() => {
  folder = freshFolder();
  writeFileSync(join(folder, 'in.stl'), toBinaryStl([...tube, flat]));
});

/** The summary of a run, and what else it said. */
async function summarize(...args: readonly string[]) {
  const { code, stdout, stderr } = await runCli([...args, '--json'], { cwd: folder });
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const summary = JSON.parse(stdout.toString()) as Record<string, unknown>;
  for (const key of Object.keys(summary)) expect(DOCUMENTED, key).toContain(`\`${key}\``);
  expect(summary).toMatchObject({ seconds: expect.any(Number), peakMemoryBytes: expect.any(Number) });
  expect(summary.peakMemoryBytes).toBeGreaterThan(20e6);
  return { summary, stderr };
}

const sizeOf = (name: string) => statSync(join(folder, name)).size;

describe('--json', () => {
  it('of convert describes source, database, output and warnings', async () => {
    const lax = toAsciiStl(tube.slice(0, 3)).replaceAll('endloop', 'endloop extra');
    writeFileSync(join(folder, 'lax.stl.gz'), gzipSync(lax));
    const { summary, stderr } = await summarize('convert', 'lax.stl.gz', 'out.off', '--where', 'id < 2');
    expect(summary).toMatchObject({
      input: 'lax.stl.gz',
      format: 'stl',
      encoding: 'ascii',
      precision: 'float64',
      compression: 'gzip',
      sourceBytes: sizeOf('lax.stl.gz'),
      contentBytes: lax.length,
      triangles: 3,
      degenerate: 0,
      unreferenced: 0,
      faces: null,
      fileVertices: null,
      fitMemory: true,
      database: null,
      outputs: [{ file: 'out.off', triangles: 2, bytes: sizeOf('out.off') }],
      selection: {
        welded: 0,
        collapsed: 0,
        steps: [{ filter: expect.stringContaining('id < 2'), by: expect.any(String) }],
      },
      warnings: [{ kind: expect.any(String), message: expect.stringMatching(/^line 7: /), count: 3 }],
    });
    // Warnings are still shown to people, the summary is not.
    expect(stderr).toMatch(/^warning: line 7: .*\nwarning: 3 in total like .*\n$/);
  });

  it('of import, export and index describe the database', async () => {
    writeFileSync(join(folder, 'in.obj'), 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 9 9 9\nf 1 2 3 4\n');
    const { summary: obj } = await summarize('import', 'in.obj', 'obj.db');
    expect(obj).toMatchObject({ triangles: 2, faces: 1, fileVertices: 5, unreferenced: 1, warnings: [] });
    const { summary: imported, stderr } = await summarize('import', 'in.stl', 'in.db');
    expect(imported).toMatchObject({
      input: 'in.stl',
      triangles: tube.length + 1,
      degenerate: 1,
      database: 'in.db',
      databaseBytes: sizeOf('in.db'),
      bounds: { min: [expect.any(Number), expect.any(Number), expect.any(Number)] },
    });
    expect(imported).not.toHaveProperty('outputs');
    expect(stderr).toBe('');
    const { summary: exported } = await summarize('export', 'in.db', 'x.off', '--drop', 'degenerate');
    expect(exported).toMatchObject({
      database: 'in.db',
      triangles: tube.length,
      outputs: [{ file: 'x.off', triangles: tube.length, bytes: sizeOf('x.off') }],
      selection: { degenerate: 1 },
    });
    const { summary: indexed } = await summarize('index', 'in.db');
    expect(indexed).toMatchObject({
      database: 'in.db',
      databaseBytes: sizeOf('in.db'),
      triangles: tube.length + 1,
    });
    expect(indexed.boxes).toBeGreaterThan(0);
  });

  it('of a split lists its files, and each warning once', async () => {
    await summarize('import', 'in.stl', 'in.db');
    const args = ['export', 'in.db', 'cells', '--split', 'grid=2,1,1', '--colors'];
    const { summary, stderr } = await summarize(...args);
    const files = readdirSync(join(folder, 'cells')).filter((name) => name.endsWith('.off'));
    expect(summary).toMatchObject({
      folder: 'cells',
      split: 'grid=2,1,1',
      triangles: tube.length + 1,
      outputs: files.map((name) => ({ file: join('cells', name), bytes: sizeOf(join('cells', name)) })),
      warnings: [{ kind: expect.any(String), message: expect.any(String), count: 2 }],
    });
    expect(stderr.match(/^warning: /gm)).toHaveLength(2);
    expect(stderr).toMatch(/^warning: 2 in total like /m);
  });

  it('prints nothing for a failed run', async () => {
    const { code, stdout } = await runCli(['convert', 'none.stl', 'x.off', '--json'], { cwd: folder });
    expect([code, stdout.toString()]).toEqual([1, '']);
  });

  it.each([
    [['convert', 'in.stl', '-']],
    [['convert', '-']],
    [['convert', 'in.stl', '/dev/stdout']],
    [['export', 'none.db', '-']],
    [['export', 'none.db', '/proc/self/fd/1']],
  ])('is refused if the OFF goes to standard output: %j', async (args) => {
    const { code, stdout, stderr } = await runCli([...args, '--json'], { cwd: folder });
    expect([code, stdout.toString()]).toEqual([2, '']);
    expect(stderr).toBe(
      'offload: --json and the OFF cannot both go to standard output; expected an output file\n',
    );
  });
});
