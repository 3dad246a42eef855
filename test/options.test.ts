/** Covers: io/file-path. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRIANGLE_FILTER } from '../src/filter/triangle-filter.js';
import { OFF_OPTIONS } from '../src/formats/off/write/write.js';
import * as offload from '../src/index.js';
import { CONVERT_OPTIONS } from '../src/pipeline/convert-mesh.js';
import { IMPORT_OPTIONS } from '../src/pipeline/import-mesh.js';
import { LINT_OPTIONS } from '../src/pipeline/lint-off.js';
import { LOCATE_OPTIONS } from '../src/pipeline/locate/source-search.js';
import { VERIFY_OPTIONS } from '../src/pipeline/verify-mesh.js';
import { makeTube, toBinaryStl } from './support/meshes.js';

/** Each verb with options of any kind, as a caller in JavaScript may have them. */
const VERBS: Readonly<Record<string, (options: never) => unknown>> = {
  convertMesh: (options) => offload.convertMesh(at('in.stl'), at('a.off'), options),
  importMesh: (options) => offload.importMesh(at('in.stl'), at('b.db'), options),
  exportMesh: (options) => offload.exportMesh(at('mesh.db'), at('a.off'), options),
  explainExport: (options) => offload.explainExport(at('mesh.db'), options),
  renderMesh: (options) => offload.renderMesh(at('mesh.db'), at('a.png'), options),
  splitMesh: (options) => offload.splitMesh(at('mesh.db'), at('out'), { by: 'component' }, options),
  checkMesh: (options) => offload.checkMesh(at('mesh.db'), options),
  surveyMesh: (options) => offload.surveyMesh(at('mesh.db'), options),
  convertEach: (options) => offload.convertEach([at('in.stl')], options),
  verifyMesh: (options) => offload.verifyMesh(at('mesh.db'), at('in.stl'), options),
  locateTriangle: (options) => offload.locateTriangle(at('mesh.db'), 0, options),
  locateVertex: (options) => offload.locateVertex(at('mesh.db'), 0, options),
  lintOff: (options) => offload.lintOff(at('mesh.off'), options),
  indexMesh: (options) => offload.indexMesh(at('mesh.db'), options),
  buildTiles: (options) => offload.buildTiles(at('mesh.db'), options),
  exportShard: (options) => offload.exportShard(at('mesh.db'), at('out'), options),
  writeShard: (options) => offload.writeShard(at('mesh.db'), at('out'), options),
  writeShardHeader: (options) => offload.writeShardHeader(at('out'), options),
  findComponents: (options) => offload.findComponents(at('mesh.db'), options),
  'MeshDatabase.open': (options) => offload.MeshDatabase.open(at('mesh.db'), options).close(),
};
const WRITERS = ['convertEach', 'convertMesh', 'exportMesh', 'explainExport', 'splitMesh'];
const RUNNERS = Object.keys(VERBS).filter(
  (name) => !/^(?:convertEach|locate|lint|writeShardHeader|MeshDatabase)/.test(name),
);

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offload-test-'));
  writeFileSync(at('in.stl'), toBinaryStl(makeTube(10, 10)));
  await offload.importMesh(at('in.stl'), at('mesh.db'));
  await offload.exportMesh(at('mesh.db'), at('mesh.off'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function refusal(verb: (options: never) => unknown, options: unknown): Promise<offload.UsageError> {
  const before = readdirSync(folder);
  const error = await (async () => verb(options as never))().then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  );
  expect(readdirSync(folder)).toEqual(before);
  expect(error).toBeInstanceOf(offload.UsageError);
  return error as offload.UsageError;
}

describe('options', () => {
  it('are checked by every verb', () => {
    const verbs = Object.entries(offload).filter(
      ([name, value]) => typeof value === 'function' && /^[a-z]/.test(name) && name !== 'readStlColors',
    );
    expect([...verbs.map(([name]) => name), 'MeshDatabase.open'].sort()).toEqual(Object.keys(VERBS).sort());
  });

  it.each(Object.entries(VERBS))('that are unknown are refused by %s', async (_, verb) => {
    const error = await refusal(verb, { unheardOf: 1 });
    expect(error).toMatchObject({ code: 'USAGE', option: 'unheardOf', hint: undefined });
    expect(error.message).toMatch(/^unheardOf: unknown option; expected one of \w/);
  });

  it.each(Object.entries(VERBS))('that are internal are not listed by %s', async (_, verb) => {
    const { message } = await refusal(verb, { unheardOf: 1 });
    const declarations = readFileSync(new URL('../dist/index.d.ts', import.meta.url), 'utf8');
    const declared = new Set([...declarations.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name));
    const named = message.slice(message.indexOf('one of ') + 'one of '.length).split(', ');
    expect(named.filter((name) => !declared.has(name))).toEqual([]);
  });

  it.each(Object.entries(VERBS))('that are no object are refused by %s', async (_, verb) => {
    expect((await refusal(verb, null)).message).toBe('options: null; expected an object with options');
    expect((await refusal(verb, [])).message).toContain('options: is a list of 0; expected an object');
  });

  it.each(RUNNERS)('of the wrong type are refused by %s', async (name) => {
    for (const [options, message] of [
      [{ threads: '2' }, "threads: '2' is a string; expected an integer from 1 to 64"],
      [{ threads: 0 }, 'threads: 0; expected an integer from 1 to 64'],
      [{ memoryBytes: Number.NaN }, 'memoryBytes: NaN; expected an integer of at least 201,326,592'],
      [{ memoryBytes: 1000 }, 'memoryBytes: 1000; expected an integer of at least 201,326,592'],
      [{ force: 'yes' }, "force: 'yes' is a string; expected true or false"],
      [{ onProgress: {} }, 'onProgress: is an object; expected a function'],
      [{ signal: true }, 'signal: true; expected an AbortSignal'],
      [{ tempFolder: 5 }, 'tempFolder: 5; expected a string'],
    ] as const) {
      expect((await refusal(VERBS[name]!, options)).message).toBe(message);
    }
  });

  it.each(WRITERS)('in other options are refused by %s', async (name) => {
    for (const [options, message] of [
      [{ filter: { where: 'x > 1' } }, "filter.where: 'x > 1' is a string; expected a list of strings"],
      [{ filter: { where: ['x > 1', 2] } }, 'filter.where[1]: 2; expected a string'],
      [
        { filter: { drop: ['all'] } },
        "filter.drop[0]: 'all' is a string; expected one of degenerate, duplicate, unreferenced",
      ],
      [
        { filter: { sample: { share: 0.1 } } },
        'filter.sample.seed: missing; expected an integer from 0 to 4,294,967,295',
      ],
      [
        { filter: { sample: { share: 2, seed: 0 } } },
        'filter.sample.share: 2; expected a number from 0 to 1',
      ],
      [{ filter: { limit: -1 } }, 'filter.limit: -1; expected an integer of at least 0'],
      [
        { filter: { components: ['largest'] } },
        "filter.components[0]: 'largest' is a string; expected an object whose kind is one of number, largest, over",
      ],
      [
        { filter: { components: [{ kind: 'over' }] } },
        'filter.components[0].triangles: missing; expected an integer of at least 0',
      ],
      [
        { filter: { shapes: [{ kind: 'cone' }] } },
        "filter.shapes[0].kind: 'cone' is a string; expected one of box, sphere, plane",
      ],
      [
        { filter: { shapes: [{ kind: 'box', min: [0, 0], max: [1, 1, 1], touching: false }] } },
        'filter.shapes[0].min: is a list of 2; expected a list of 3 numbers',
      ],
      [{ transform: { kind: 'scale' } }, 'transform: is an object; expected a list of steps'],
      [
        { transform: [{ kind: 'scale', factors: [1, 1, '2'] }] },
        "transform[0].factors[2]: '2' is a string; expected a finite number",
      ],
      [
        { transform: [{ kind: 'units', from: 'mm', to: 'parsec' }] },
        /^transform\[0\]\.to: 'parsec' is a string; expected one of um, mm, /,
      ],
      [
        { off: { color: true } },
        'off.color: unknown option; expected one of binary, colors, dialect, normals, precision, soup',
      ],
      [{ orient: 'inward' }, "orient: 'inward' is a string; expected one of outward"],
      [{ weld: Number.POSITIVE_INFINITY }, 'weld: Infinity; expected a finite number'],
      [{ compress: 'bzip2' }, "compress: 'bzip2' is a string; expected one of gzip, zstd, none"],
    ] as const) {
      const error = await refusal(VERBS[name]!, options);
      if (typeof message === 'string') expect(error.message).toBe(message);
      else expect(error.message).toMatch(message);
    }
  });

  it.each([
    [{ filter: { wher: ['x > 1'] } }, "did you mean 'filter.where'?"],
    [{ memory: 2 ** 30 }, "did you mean 'memoryBytes'?"],
    [{ onprogress: () => undefined }, "did you mean 'onProgress'?"],
    [{ thread: 2 }, "did you mean 'threads'?"],
    [{ off: { colours: true } }, "did you mean 'off.colors'?"],
    [{ tmp: '/tmp' }, undefined],
  ])('with a typo are named: %o', async (options, hint) => {
    expect((await refusal(VERBS.exportMesh!, options)).hint).toBe(hint);
  });

  it('that are undefined count as absent', async () => {
    const nothing = { memoryBytes: undefined, threads: undefined, signal: undefined, onProgress: undefined };
    const options = { ...nothing, force: true, filter: { where: undefined }, off: { colors: undefined } };
    const { triangles } = await offload.exportMesh(at('mesh.db'), at('mesh.off'), options);
    expect(triangles).toBe(220);
    const again = { ...nothing, salvage: undefined, from: undefined, maxBytes: undefined, force: true };
    expect((await offload.importMesh(at('in.stl'), at('again.db'), again)).triangles).toBe(220);
    expect((await offload.verifyMesh(at('again.db'), at('in.stl'), nothing)).isEqual).toBe(true);
    rmSync(at('again.db'));
  });

  it('that belong to no class are still distinguished by name', async () => {
    // As after JSON.parse, a prototype is no option.
    const options = JSON.parse('{ "__proto__": { "force": true }, "constructor": 1 }') as object;
    expect((await refusal(VERBS.exportMesh!, options)).message).toMatch(/^__proto__: unknown option/);
  });
});

describe('docs/guide/library.md', () => {
  it('names every option but those for tests', () => {
    const page = readFileSync(new URL('../docs/guide/library.md', import.meta.url), 'utf8');
    const forTests = [
      'batchTriangles',
      'guardQuery',
      'intervalMs',
      'onItem',
      'positionsBytes',
      'spaceOf',
      'weldBytes',
      'writer',
    ];
    const names = [CONVERT_OPTIONS, IMPORT_OPTIONS, VERIFY_OPTIONS, LOCATE_OPTIONS, LINT_OPTIONS]
      .concat([TRIANGLE_FILTER, OFF_OPTIONS] as never)
      .flatMap((rules) => Object.keys(rules));
    expect(names.length).toBeGreaterThan(60);
    for (const name of names.filter((one) => !forTests.includes(one))) expect(page).toContain(`\`${name}\``);
  });

  it('lists the fields of each result', async () => {
    const page = readFileSync(new URL('../docs/guide/library.md', import.meta.url), 'utf8');
    const listed = new Map<string, string[]>();
    let functions: string[] = [];
    for (const row of page
      .slice(page.indexOf('## Results'), page.indexOf('## Options'))
      .matchAll(/^\|(.*?)\|(.*?)\|/gm)) {
      const [owners, fields] = row
        .slice(1)
        .map((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
      if (owners!.length > 0) functions = owners!;
      for (const name of functions) listed.set(name, [...(listed.get(name) ?? []), ...fields!]);
    }
    const force = { force: true };
    const results: Readonly<Record<string, object>> = {
      convertMesh: await offload.convertMesh(at('in.stl'), at('mesh.off'), force),
      importMesh: await offload.importMesh(at('in.stl'), at('mesh.db'), force),
      exportMesh: await offload.exportMesh(at('mesh.db'), at('mesh.off'), force),
      explainExport: await offload.explainExport(at('mesh.db')),
      renderMesh: await offload.renderMesh(at('mesh.db'), at('mesh.png'), { width: 20, height: 10 }),
      splitMesh: await offload.splitMesh(at('mesh.db'), at('split'), { by: 'component' }),
      checkMesh: await offload.checkMesh(at('mesh.db')),
      surveyMesh: await offload.surveyMesh(at('mesh.db')),
      verifyMesh: await offload.verifyMesh(at('mesh.db'), at('in.stl')),
      locateTriangle: await offload.locateTriangle(at('mesh.db'), 0),
      locateVertex: await offload.locateVertex(at('mesh.db'), 0),
      lintOff: await offload.lintOff(at('mesh.off')),
      indexMesh: await offload.indexMesh(at('mesh.db')),
      buildTiles: await offload.buildTiles(at('mesh.db')),
    };
    rmSync(at('split'), { recursive: true });
    for (const [name, result] of Object.entries(results)) {
      expect([...listed.get(name)!].sort(), name).toEqual(Object.keys(result).sort());
    }
    const { files } = JSON.parse(JSON.stringify(results.splitMesh)) as { files: object[] };
    expect(Object.keys(files[0]!)).toEqual(['file', 'name', 'triangles', 'vertices', 'bytes']);
  });

  it('names every function', () => {
    const page = readFileSync(new URL('../docs/guide/library.md', import.meta.url), 'utf8');
    for (const name of Object.keys(VERBS)) expect(page).toContain(`\`${name}`);
  });
});

describe('files', () => {
  const url = (name: string) => pathToFileURL(at(name));

  it('are named by URLs as well', async () => {
    const kept = url('kept of 100%.db');
    await offload.convertMesh(url('in.stl'), url('a b.off'), { keep: kept });
    expect(readdirSync(folder)).toContain('kept of 100%.db');
    expect(readFileSync(at('a b.off'))).toEqual(readFileSync(at('mesh.off')));
    expect((await offload.checkMesh(kept)).triangles).toBe(220);
    expect((await offload.verifyMesh(kept, url('in.stl'))).isEqual).toBe(true);
    expect((await offload.locateTriangle(kept, 0, { source: url('in.stl') })).offset).toBe(84);
    expect((await offload.lintOff(url('a b.off'))).facts.faceCount).toBe(220);
    const { files } = await offload.splitMesh(kept, url('parts'), { by: 'component' });
    expect(readdirSync(at('parts'))).toHaveLength(files.length + 1);
    offload.MeshDatabase.open(kept).close();
    for (const name of ['kept of 100%.db', 'a b.off', 'parts']) rmSync(at(name), { recursive: true });
  });

  it.each([
    [
      'https://example.org/in.stl',
      'https://example.org/in.stl is not on this machine; expected a path or a file URL',
    ],
    ['data:,solid', 'data:,solid is not on this machine; expected a path or a file URL'],
  ])('are refused at %s', async (href, problem) => {
    const error = await refusal(() => offload.importMesh(new URL(href), at('b.db')), {});
    expect(error).toMatchObject({
      problem,
      option: 'input',
      hint: 'download the file and pass its path',
    });
  });

  it.each([
    [5, 'input: 5; expected a path or a file URL'],
    ['', 'input: empty; expected a path or a file URL'],
    [undefined, 'input: undefined; expected a path or a file URL'],
    [Buffer.from('in.stl'), 'input: is an object; expected a path or a file URL'],
    [new URL('file:///a%2Fb'), /^input: file:\/\/\/a%2Fb: .*; expected a path or a file URL$/],
  ])('are refused as %o', async (input, message) => {
    const error = await refusal(() => offload.importMesh(input as string, at('b.db')), {});
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  });

  it('and ids are checked', async () => {
    const asked = (id: unknown) => refusal(() => offload.locateTriangle(at('mesh.db'), id as number), {});
    expect((await asked('1')).message).toBe("id: '1' is a string; expected an integer of at least 0");
    expect((await asked(1.5)).message).toBe('id: 1.5; expected an integer of at least 0');
    const split = (division: unknown) =>
      refusal(() => offload.splitMesh(at('mesh.db'), at('out'), division as offload.Division), {});
    expect((await split('part')).message).toBe(
      "division: 'part' is a string; expected an object whose by is one of part, solid, object, group, material, source, component, grid",
    );
    expect((await split({ by: 'grid' })).option).toBe('division.cells');
  });
});

describe('a query of the library', () => {
  it('yields rows as they come', () => {
    const db = offload.MeshDatabase.open(at('mesh.db'));
    try {
      const rows = db.select<{ id: number }>('SELECT id FROM vertices WHERE id < :most ORDER BY id', {
        most: 3,
      });
      expect(rows.next().value).toEqual({ id: 0 });
      expect([...db.select('SELECT ? + 1 AS two', [1])]).toEqual([{ two: 2 }]);
      expect([...rows]).toEqual([{ id: 1 }, { id: 2 }]);
    } finally {
      db.close();
    }
  });

  it.each([
    ['SELECT', [], /incomplete input/],
    ['SELECT 1; SELECT 2', [], /more than one statement/],
    ['SELECT ?', [], /^sql: no value for \?; expected one in the parameters$/],
    ['SELECT :n', [], /^sql: no value for :n; expected one in the parameters$/],
    ['SELECT :n', { m: 1 }, /^sql: no value for :n; expected one in the parameters$/],
    ['DELETE FROM vertices', [], /not a query; expected one SELECT/],
    ["ATTACH 'x.db' AS x", [], /not a query; expected one SELECT/],
    [5, [], /^sql: 5; expected a string/],
    ['SELECT ?', 5, /^parameters: 5; expected a list or an object/],
  ])('is refused: %s with %o', async (sql, parameters, message) => {
    const error = await refusal(() => {
      const db = offload.MeshDatabase.open(at('mesh.db'));
      try {
        return [...db.select(sql as string, parameters as never)];
      } finally {
        db.close();
      }
    }, {});
    expect(error.message).toMatch(message);
  });
});
