/** Covers: filter/grid-runs, filter/groups, pipeline/scan/find-bounds. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Division, exportMesh, importMesh, splitMesh } from '../../src/index.js';
import { safeName } from '../../src/io/output/output-folder.ts';
import { freshFolder } from '../support/files.js';
import { type Point, weldExactly } from '../support/reference.js';

/** A tetrahedron at a place. */
function tetrahedron(x: number, y: number): Point[][] {
  const [a, b, c, d]: Point[] = [
    [x, y, 0],
    [x + 1, y, 0],
    [x, y + 1, 0],
    [x, y, 1],
  ];
  return [
    [a!, c!, b!],
    [a!, b!, d!],
    [b!, c!, d!],
    [c!, a!, d!],
  ];
}

/** Three solids, two of one name, and one whose name is no file name. */
const SOLIDS: readonly (readonly [string, Point[][]])[] = [
  ['wheel', tetrahedron(0, 0)],
  ['../../etc/passwd', tetrahedron(10, 0)],
  ['wheel', tetrahedron(0, 10)],
];
const ALL = SOLIDS.flatMap(([, triangles]) => triangles);

async function setUp(solids = SOLIDS) {
  const folder = freshFolder();
  const input = join(folder, 'in.stl');
  const lines = solids.flatMap(([name, triangles]) => [
    `solid ${name}`,
    ...triangles.flatMap((points) => [
      'facet normal 0 0 0',
      'outer loop',
      ...points.map((point) => `vertex ${point.join(' ')}`),
      'endloop',
      'endfacet',
    ]),
    `endsolid ${name}`,
  ]);
  writeFileSync(input, `${lines.join('\n')}\n`);
  const database = join(folder, 'mesh.db');
  await importMesh(input, database);
  return { folder, database, output: join(folder, 'out') };
}

/** The positions of each triangle of an OFF, sorted so that files can be put together. */
function readTriangles(path: string): string[] {
  const [, counts, ...lines] = readFileSync(path, 'latin1').trimEnd().split('\n');
  const [vertices, faces] = counts!.split(' ').map(Number);
  expect(lines).toHaveLength(vertices! + faces!);
  const used = new Set<string>();
  const triangles = lines.slice(vertices).map((line) => {
    const corners = line.split(' ').slice(1);
    for (const corner of corners) used.add(corner);
    return corners.map((corner) => lines[Number(corner)]).join(', ');
  });
  expect(used.size).toBe(vertices);
  return triangles;
}

const textOf = (triangles: readonly Point[][]) =>
  triangles.map((points) => points.map((point) => point.join(' ')).join(', '));

describe('a split', () => {
  it('by part writes a file for each name', async () => {
    const { folder, database, output } = await setUp();
    const { files } = await splitMesh(database, output, { by: 'part' });
    expect(files.map(({ file, name, triangles, vertices }) => [file, name, triangles, vertices])).toEqual([
      ['0-wheel.off', 'wheel', 8, 8],
      ['1-etc_passwd.off', '../../etc/passwd', 4, 4],
    ]);
    expect(readdirSync(output).sort()).toEqual(['0-wheel.off', '1-etc_passwd.off', 'manifest.json']);
    expect(JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8'))).toEqual({
      database: 'mesh.db',
      split: 'part',
      files,
    });
    expect(readTriangles(join(output, '0-wheel.off'))).toEqual(textOf([...SOLIDS[0]![1], ...SOLIDS[2]![1]]));
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db', 'out']);
  });

  it.each<[Division, number]>([
    [{ by: 'component' }, 3],
    [{ by: 'grid', cells: [2, 2, 1] }, 3],
    [{ by: 'grid', cells: [1, 1, 1] }, 1],
    [{ by: 'grid', cells: [50, 1, 40] }, 6],
  ])('by %j neither loses nor duplicates triangles', async (division, count) => {
    const { database, output } = await setUp();
    const { files } = await splitMesh(database, output, division);
    expect(files).toHaveLength(count);
    expect(files.flatMap(({ file }) => readTriangles(join(output, file))).sort()).toEqual(textOf(ALL).sort());
    for (const { file, bytes } of files) expect(readFileSync(join(output, file))).toHaveLength(bytes);
  });

  it('applies filters, welds and transforms, and leaves empty groups out', async () => {
    const { database, output } = await setUp();
    const options = { filter: { where: ['min_x < 5'] }, weld: 1.1, transform: [], flip: true };
    const { files, selection } = await splitMesh(database, output, { by: 'component' }, options);
    expect(files).toEqual([]);
    expect(selection).toMatchObject({ collapsed: 8 });
    const { files: more } = await splitMesh(database, `${output}2`, { by: 'part' }, { filter: { limit: 5 } });
    expect(more.map(({ triangles }) => triangles)).toEqual([4, 1]);
  });

  it('writes triangles without a part to a file of their own', async () => {
    const { folder } = await setUp();
    const input = join(folder, 'in.obj');
    const database = join(folder, 'obj.db');
    const corners = weldExactly(ALL);
    const face = (k: number) => `f ${corners.triangles[k]!.map((id) => id + 1).join(' ')}`;
    const vertices = corners.vertices.map((point) => `v ${point.join(' ')}`);
    writeFileSync(
      input,
      [...vertices, face(0), face(1), 'o body', face(2), 'usemtl red', face(3), ''].join('\n'),
    );
    await importMesh(input, database);
    const { files } = await splitMesh(database, join(folder, 'parts'), { by: 'part' });
    expect(files.map(({ file, triangles }) => [file, triangles])).toEqual([
      ['0-body.off', 2],
      ['1-rest.off', 2],
    ]);
  });

  it.each<[Division, readonly string[]]>([
    [{ by: 'part' }, ['0-box.off']],
    [{ by: 'object' }, ['0-box.off']],
    [{ by: 'group' }, ['0-left.off', '1-right.off', '2-rest.off']],
    [{ by: 'material' }, ['0-red.off', '1-blue.off', '2-rest.off']],
  ])('by %j has a file for each of that kind', async (division, expected) => {
    const folder = freshFolder();
    const input = join(folder, 'in.obj');
    const vertices = 'v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n';
    const faces =
      'f 1 2 3\ng left\nusemtl red\nf 1 2 4\nusemtl blue\nf 1 3 4\ng right\nusemtl red\nf 2 3 4\n';
    writeFileSync(input, `${vertices}o box\n${faces}`);
    const database = join(folder, 'mesh.db');
    await importMesh(input, database);
    const { files } = await splitMesh(database, join(folder, 'out'), division);
    expect(files.map(({ file }) => file)).toEqual(expected);
    expect(files.reduce((sum, { triangles }) => sum + triangles, 0)).toBe(4);
    await expect(splitMesh(database, join(folder, 'none'), { by: 'solid' })).rejects.toThrow(/no solids/);
  });

  it('numbers files so that they sort in the order of the groups', async () => {
    const solids = Array.from({ length: 12 }, (_, k): [string, Point[][]] => [
      `part ${k}`,
      tetrahedron(10 * k, 0),
    ]);
    const { database, output } = await setUp(solids);
    const divisions: Division[] = [{ by: 'part' }, { by: 'component' }, { by: 'grid', cells: [12, 1, 1] }];
    for (const [k, division] of divisions.entries()) {
      const { files } = await splitMesh(database, `${output}${k}`, division);
      const names = files.map(({ file }) => file);
      expect(names).toHaveLength(12);
      expect([...names].sort()).toEqual(names);
      expect(names[2]).toBe(['02-part_2.off', 'component_02.off', 'cell_02_0_0.off'][k]);
      expect(files[2]!.name).toBe(['part 2', 'component 2', 'cell 2 0 0'][k]);
    }
  });

  it('counts only groups with selected triangles', async () => {
    const { database, output } = await setUp();
    const filter = { components: [{ kind: 'number', number: 2 } as const] };
    const { files } = await splitMesh(database, output, { by: 'component' }, { filter });
    expect(files.map(({ file }) => file)).toEqual(['component_2.off']);
  });

  it('replaces files of a split, and nothing else', async () => {
    const { database, output } = await setUp();
    await splitMesh(database, output, { by: 'part' });
    await expect(splitMesh(database, output, { by: 'component' })).rejects.toThrow(/already exists/);
    writeFileSync(join(output, 'mine.txt'), 'mine');
    await splitMesh(database, output, { by: 'grid', cells: [1, 1, 1] }, { force: true });
    expect(readdirSync(output).sort()).toEqual(['cell_0_0_0.off', 'manifest.json', 'mine.txt']);

    const other = `${output}-other`;
    mkdirSync(other);
    writeFileSync(join(other, 'precious.off'), 'OFF');
    await expect(splitMesh(database, other, { by: 'part' }, { force: true })).rejects.toThrow(
      /were not written by offload/,
    );
    expect(readdirSync(other)).toEqual(['precious.off']);
  });

  it.each<[what: string, files: unknown, message: RegExp]>([
    [
      'a path',
      [{ file: '../mesh.db', bytes: 1 }],
      /lists "\.\.\/mesh\.db", which is not a mesh in this folder/,
    ],
    ['a folder', [{ file: 'folder.off', bytes: 4096 }], /folder\.off: was changed .* is not a regular file$/],
    [
      'a file that is no OFF',
      [{ file: 'notes.txt', bytes: 5 }],
      /lists "notes\.txt", which is not a mesh in this folder/,
    ],
    ['a file of another size', [{ file: 'mine.off', bytes: 9 }], /has 5 bytes, but 9 were written$/],
    ['a file without its size', [{ file: 'mine.off' }], /lists mine\.off without its size; expected/],
    ['no files', 'all', /manifest\.json: lists no files; expected/],
    ['nothing', null, /manifest\.json: lists no files; expected/],
  ])('removes nothing by a manifest that lists %s', async (_, files, message) => {
    const { database, output } = await setUp();
    mkdirSync(join(output, 'folder.off'), { recursive: true });
    for (const name of ['folder.off/inner', 'notes.txt', 'mine.off'])
      writeFileSync(join(output, name), 'mine\n');
    writeFileSync(join(output, 'manifest.json'), JSON.stringify({ files }));
    const before = readdirSync(output, { recursive: true }).sort();
    await expect(splitMesh(database, output, { by: 'part' }, { force: true })).rejects.toThrow(message);
    expect(readdirSync(output, { recursive: true }).sort()).toEqual(before);
  });

  it('does not replace a file that no split has written, and leaves no trace', async () => {
    const { folder, database, output } = await setUp();
    await splitMesh(database, output, { by: 'grid', cells: [1, 1, 1] });
    writeFileSync(join(output, '0-wheel.off'), 'mine');
    const before = readdirSync(folder, { recursive: true }).sort();
    await expect(splitMesh(database, output, { by: 'part' }, { force: true })).rejects.toThrow(
      /0-wheel\.off: already exists and was not written by offload$/,
    );
    expect(readFileSync(join(output, '0-wheel.off'), 'utf8')).toBe('mine');
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
  });

  it('keeps its folder under another name if the name was taken meanwhile', async () => {
    const { folder, database, output } = await setUp();
    let message = '';
    await splitMesh(
      database,
      output,
      { by: 'part' },
      {
        onProgress: () => {
          mkdirSync(output, { recursive: true });
          writeFileSync(join(output, 'mine.txt'), 'mine');
        },
      },
    ).catch((error: Error) => {
      message = error.message;
    });
    const [, kept] = /out: was created by another program meanwhile; the complete output is (.*)$/.exec(
      message,
    )!;
    expect(readdirSync(kept!).sort()).toEqual(['0-wheel.off', '1-etc_passwd.off', 'manifest.json']);
    expect(readdirSync(output)).toEqual(['mine.txt']);
    expect(readdirSync(folder)).toHaveLength(4);
  });

  it('warns if nothing is left, or fails on request', async () => {
    const { folder, database, output } = await setUp();
    const filter = { where: ['min_x > 100'] };
    const empty = splitMesh(database, output, { by: 'part' }, { filter, failIfEmpty: true });
    await expect(empty).rejects.toThrow(/mesh\.db: no triangle is left; expected at least one$/);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
    const { files, warnings } = await splitMesh(database, output, { by: 'part' }, { filter });
    expect(files).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual(['no triangle is left: the folder has no OFF']);
  });

  it('gives each warning once for all of its files', async () => {
    const { database, output } = await setUp();
    const heard: string[] = [];
    const { warnings } = await splitMesh(
      database,
      output,
      { by: 'part' },
      {
        transform: [{ kind: 'scale', factors: [-1, 1, 1] }],
        onWarning: ({ kind }) => heard.push(kind),
      },
    );
    expect(heard).toEqual(['export-mirrored']);
    expect(warnings.map(({ kind, count }) => [kind, count])).toEqual([['export-mirrored', 2]]);
  });

  it.each(['pieces.off', 'pieces.stl', 'pieces.off.gz', 'pieces.db'])(
    'is refused under the name %s, which is one of a file',
    async (name) => {
      const { folder, database } = await setUp();
      const split = splitMesh(database, join(folder, name), { by: 'part' }, { force: true });
      await expect(split).rejects.toThrow(/, but the output is a folder; expected a name without it$/);
      expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
    },
  );

  it('is refused if it is impossible, and leaves nothing', async () => {
    const { folder, database, output } = await setUp();
    await expect(splitMesh(database, '-', { by: 'part' })).rejects.toThrow(/standard output/);
    await expect(splitMesh(database, output, { by: 'grid', cells: [0, 1, 1] })).rejects.toThrow(/cells/);
    await expect(
      splitMesh(database, output, { by: 'part' }, { filter: { where: ['nonsense'] } }),
    ).rejects.toThrow(/no such column/);
    writeFileSync(join(folder, 'some.raw'), '0 0 0 1 0 0 0 1 0\n');
    await importMesh(join(folder, 'some.raw'), join(folder, 'some.db'));
    writeFileSync(join(folder, 'some'), 'mine');
    symlinkSync('nowhere', join(folder, 'mesh'));
    await expect(splitMesh(join(folder, 'some.db'), output, { by: 'part' })).rejects.toThrow(/no parts/);
    for (const force of [false, true]) {
      const into = (name: string) => splitMesh(database, join(folder, name), { by: 'part' }, { force });
      await expect(into('mesh')).rejects.toThrow(/mesh: is a symbolic link to a file that does not exist$/);
      await expect(into('some')).rejects.toThrow(
        /some: is not a folder; expected a new one, or one written by offload/,
      );
    }
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh', 'mesh.db', 'some', 'some.db', 'some.raw']);
    await exportMesh(database, join(folder, 'still.off'));
  });
});

describe('parts of any name', () => {
  it('become files in the folder, with names that any system accepts', async () => {
    const names = [
      ...[
        '..',
        '.',
        '/',
        '\\',
        '../../etc/passwd',
        '/etc/passwd',
        'C:\\x',
        'CON',
        'con.off',
        'aux',
        'COM¹',
        '',
      ],
      ...[
        'a',
        'A',
        '\u00e9',
        'e\u0301',
        'E\u0301',
        '\u1e9e',
        'ss',
        'manifest.json',
        '-rf',
        '~',
        '$HOME',
        '%00',
      ],
      ...['x'.repeat(4096), 'ü'.repeat(2000), '\u{20000}'.repeat(1000), '\u{1f600}'.repeat(90)],
      ...['\x1b[31mred\x1b[0m', 'a\u202eb', 'a\0b', '\u200b', 'x\u2028y', 'ends in a dot.', '\x7f'],
    ];
    const { database, output } = await setUp(names.map((name, k) => [name, tetrahedron(10 * k, 0)]));
    const { files } = await splitMesh(database, output, { by: 'part' }, { compress: 'gzip' });
    expect(files).toHaveLength(names.length);
    const found = readdirSync(output);
    expect(found.sort()).toEqual(['manifest.json', ...files.map(({ file }) => file)].sort());
    for (const { file } of files) {
      expect(file).toMatch(/^\d+-[\p{L}\p{N}_][\p{L}\p{N}._-]*\.off\.gz$/u);
      // Until it is whole it has another ending.
      expect(Buffer.byteLength(file)).toBeLessThan(255 - '.01234567.partial'.length);
    }
    const folded = files.map(({ file }) => file.normalize('NFKC').toUpperCase());
    expect(new Set(folded).size).toBe(files.length);
  });
});

describe('a safe name', () => {
  it.each([
    ['con.off', '_con.off'],
    ['LPT³', '_LPT³'],
    ['console', 'console'],
    ['\u{20000}'.repeat(60), '\u{20000}'.repeat(45)],
    ['漢'.repeat(100), '漢'.repeat(60)],
    ['a\u202eb', 'a_b'],
    ['wheel left', 'wheel_left'],
    ['../x', 'x'],
    ['', '_'],
    ['...', '_'],
    ['CON', '_CON'],
    ['Rad größe', 'Rad_größe'],
    ['a/b\\c\0d\ne', 'a_b_c_d_e'],
    ['x'.repeat(500), 'x'.repeat(60)],
  ])('of %j is %j', (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });
});
