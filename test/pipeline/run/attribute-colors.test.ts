import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportMesh, importMesh, splitMesh } from '../../../src/index.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toBinaryStl } from '../../support/meshes.js';

const facets = [...makeTube(3, 4)];
const RED = 31;

interface Source {
  readonly header?: string;
  /** The words of its two triangles; an OFF without them. */
  readonly words?: readonly [number, number];
}

/** Imports sources of two triangles each. */
async function setUp(sources: readonly Source[]) {
  const folder = freshFolder();
  const inputs = sources.map(({ header, words }, k) => {
    const input = join(folder, `${k}.${words === undefined ? 'off' : 'stl'}`);
    const two = facets.slice(2 * k, 2 * k + 2);
    writeFileSync(
      input,
      words === undefined
        ? `OFF\n6 2 0\n${two.flatMap((corners) => [0, 3, 6].map((at) => corners.slice(at, at + 3).join(' '))).join('\n')}\n3 0 1 2\n3 3 4 5\n`
        : toBinaryStl(two, { header: header ?? '', attribute: (at: number) => words[at]! }),
    );
    return input;
  });
  const database = join(folder, 'mesh.db');
  await importMesh(inputs, database);
  return { folder, database };
}

/** The colors of exported faces; undefined for those without one. */
async function readColors(database: string) {
  const output = `${database}.off`;
  const notes: string[] = [];
  await exportMesh(database, output, {
    off: { colors: true },
    force: true,
    onNote: (note) => notes.push(note),
  });
  const [, counts, ...lines] = readFileSync(output, 'latin1').trimEnd().split('\n');
  const faces = lines.slice(Number(counts!.split(' ')[0]));
  return { notes, colors: faces.map((line) => line.split(' ').slice(4).map(Number)) };
}

const MAGICS = 'COLOR=\x00\xff\x00\xff,';
const ALSO_MAGICS = 'COLOR=\x00\x00\xff\xff,';

describe('attribute words of several sources', () => {
  it('have the colors that the header of their source gives them', async () => {
    const { database } = await setUp([
      { words: [0x8000 | (RED << 10), RED] },
      {},
      { header: MAGICS, words: [RED, 0x8000] },
      { header: ALSO_MAGICS, words: [0, 0x8000] },
    ]);
    const { notes, colors } = await readColors(database);
    expect(notes).toEqual(['attribute words are read as colors in the form of VisCAM and Magics']);
    expect(colors).toEqual([
      [1, 0, 0, 1],
      [],
      [],
      [],
      [1, 0, 0, 1],
      [0, 1, 0, 1],
      [0, 0, 0, 1],
      [0, 0, 1, 1],
    ]);
  });

  it('do not color a source without words, whatever its header', async () => {
    const { database } = await setUp([{ header: MAGICS, words: [0, 0] }, { words: [0, 0x8000 | RED] }]);
    expect((await readColors(database)).colors).toEqual([[], [], [], [0, 0, 1, 1]]);
  });
});

describe('binary STL from several sources', () => {
  const headerOf = (path: string) => readFileSync(path).toString('latin1', 0, 11);
  const wordsOf = (path: string) => {
    const bytes = readFileSync(path);
    return Array.from({ length: bytes.readUInt32LE(80) }, (_, k) => bytes.readUInt16LE(84 + 50 * k + 48));
  };

  it.each<readonly [string, readonly Source[], string, readonly string[]]>([
    [
      'has their header if it means the same',
      [
        { header: MAGICS, words: [1, 2] },
        { header: `${MAGICS}x`, words: [3, 4] },
      ],
      MAGICS,
      [],
    ],
    [
      'has it beside sources without words',
      [{}, { header: MAGICS, words: [3, 4] }, { words: [0, 0] }],
      MAGICS,
      [],
    ],
    [
      'has its own header if none means Magics',
      [
        { header: 'a', words: [1, 2] },
        { header: 'b', words: [3, 4] },
      ],
      'binary STL ',
      [],
    ],
    [
      'has its own header if they disagree',
      [{ words: [1, 2] }, { header: MAGICS, words: [3, 4] }],
      'binary STL ',
      ['stl-colors-disagree'],
    ],
    [
      'has its own header for different colors',
      [
        { header: MAGICS, words: [1, 2] },
        { header: ALSO_MAGICS, words: [3, 4] },
      ],
      'binary STL ',
      ['stl-colors-disagree'],
    ],
  ])('%s', async (_, sources, header, kinds) => {
    const { database } = await setUp(sources);
    const output = `${database}.stl`;
    const { warnings } = await exportMesh(database, output);
    expect(headerOf(output)).toBe(header.padEnd(11));
    expect(wordsOf(output)).toEqual(sources.flatMap(({ words = [0, 0] }) => words));
    expect(warnings.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('has the header of the selected source, also in a split', async () => {
    const { database, folder } = await setUp([
      { words: [1, 2] },
      { header: MAGICS, words: [3, 4] },
      { header: ALSO_MAGICS, words: [5, 6] },
    ]);
    const output = join(folder, 'one.stl');
    const { warnings } = await exportMesh(database, output, { filter: { sources: ['1.stl'] } });
    expect([headerOf(output), wordsOf(output), warnings]).toEqual([MAGICS, [3, 4], []]);
    const split = await splitMesh(database, join(folder, 'all'), { by: 'source' }, { to: 'stl' });
    expect(split.warnings).toEqual([]);
    const files = split.files.map(({ file }) => join(folder, 'all', file));
    expect(files.map(headerOf)).toEqual(['binary STL ', MAGICS, ALSO_MAGICS]);
    expect(files.map(wordsOf)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });
});
