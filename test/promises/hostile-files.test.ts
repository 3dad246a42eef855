/** Files that announce or repeat more than there is: refused or read at once, in little memory. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { threeMf } from '../../src/formats/3mf/3mf.js';
import { obj } from '../../src/formats/obj/obj.js';
import { FormatError, importMesh } from '../../src/index.js';
import { escapeControls } from '../../src/wording.js';
import { modelOf, objectOf, packThreeMf } from '../support/3mf.js';
import { freshFolder } from '../support/files.js';
import { toBinaryStl } from '../support/meshes.js';
import { openBytes, type ReadCase, readMesh } from '../support/sources.js';

const COUNTS = ['4294967295', '4294967296', '9007199254740991', '9007199254740992', '1e300', '9'.repeat(400)];
const [X, LIST] = [
  'property float x\nproperty float y\nproperty float z',
  'property list uint int vertex_indices',
];
const ply = (encoding: string, vertices: string, faces: string) =>
  `ply\nformat ${encoding} 1.0\nelement vertex ${vertices}\n${X}\nelement face ${faces}\n${LIST}\nend_header\n`;
const word = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Files by what they announce. */
const ANNOUNCED: Readonly<Record<string, (count: string) => Buffer | string>> = {
  'vertices of PLY': (count) => `${ply('ascii', count, '1')}0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n`,
  'faces of PLY': (count) => `${ply('ascii', '3', count)}0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n`,
  'vertices of binary PLY': (count) => `${ply('binary_little_endian', count, '1')}${'\0'.repeat(100)}`,
  'corners of a face in PLY': (count) => `${ply('ascii', '3', '1')}0 0 0\n1 0 0\n0 1 0\n${count} 0 1 2\n`,
  'vertices of OFF': (count) => `OFF\n${count} 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n`,
  'faces of OFF': (count) => `OFF\n3 ${count} 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n`,
  'corners of a face in OFF': (count) => `OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n${count} 0 1 2\n`,
};

/** Binary files whose counts are as large as they can be. */
const BINARY: Readonly<Record<string, Buffer>> = {
  'facets of STL': toBinaryStl([[0, 0, 0, 1, 0, 0, 0, 1, 0]], { count: 0xffffffff }).subarray(0, 120),
  'corners of a face in binary PLY': Buffer.concat([
    Buffer.from(ply('binary_big_endian', '0', '1')),
    word(0xffffffff),
    word(0),
  ]),
  'vertices of binary OFF': Buffer.concat([
    Buffer.from('OFF BINARY\n'),
    word(0x7fffffff),
    word(1),
    word(0),
    word(0),
  ]),
  'faces of binary OFF': Buffer.concat([
    Buffer.from('OFF BINARY\n'),
    word(0),
    word(0x7fffffff),
    word(0),
    word(3),
  ]),
};

/** What comes of a file within a second and 100 MB more than before; `undefined` for a mesh. */
async function refusalOf(content: Buffer | string, options: ReadCase = {}): Promise<FormatError | undefined> {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  const began = process.cpuUsage();
  const refusal = await readMesh(content, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  const { user, system } = process.cpuUsage(began);
  const after = process.memoryUsage();
  expect((user + system) / 1e6).toBeLessThan(2);
  expect(after.arrayBuffers + after.heapUsed - arrayBuffers - heapUsed).toBeLessThan(100e6);
  if (refusal !== undefined && !(refusal instanceof FormatError)) throw refusal;
  return refusal;
}

describe('a count in a header', () => {
  it.each(Object.keys(ANNOUNCED).flatMap((what) => COUNTS.map((count) => [what, count])))(
    'of %s is not trusted: %s',
    async (what, count) => {
      const content = ANNOUNCED[what!]!(count!);
      for (const options of [{}, { isStream: true }, { piece: 40 }]) {
        const refusal = await refusalOf(content, options);
        expect(refusal?.place).toBeDefined();
      }
      // What is whole is little, whatever has been announced.
      await refusalOf(content, { salvage: true });
    },
  );

  it.each(Object.entries(BINARY))('of %s is not trusted', async (_, content) => {
    expect((await refusalOf(content))?.place).toBeDefined();
    await refusalOf(content, { salvage: true, isStream: true });
  });
});

describe('endless repetition', () => {
  const vertices = 'v 0 0 0\nv 1 0 0\nv 0 1 0\n';
  const more = '\\\n'.repeat(500_000);

  it.each([
    ['continued lines in a face', `${vertices}f 1 ${more}2 3\n`, 1],
    ['continued lines in a vertex', `v ${more}0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n`, 1],
    ['continued lines in a name', `o a${more}b\n${vertices}f 1 2 3\n`, 1],
    ['continued lines in what is passed over', `${vertices}vt 1 ${more}2\nf 1 2 3\n`, 1],
    ['continued lines before all', `${more}${vertices}f 1 2 3\n`, 1],
    ['backslashes', `${vertices}# ${'\\'.repeat(1_000_000)}\nf 1 2 3\n`, 1],
    ['names of parts', `${vertices}f 1 2 3\n${'o x\n'.repeat(100_000)}f 1 2 3\n`, 2],
    ['faces that count back', `${vertices}${'f -1 -2 -3\n'.repeat(50_000)}`, 50_000],
  ])('of %s is read', async (_, content, triangles) => {
    const began = process.cpuUsage();
    const result = await readMesh(content, { format: obj });
    expect(result.triangles).toHaveLength(triangles);
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(5);
  });

  it.each([
    ['a line of STL', `solid x\nfacet normal 0 0 0\n${'vertex '.repeat(300_000)}`],
    ['a face of OFF', `OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2 ${'7 '.repeat(1_000_000)}`],
    ['a word of PLY', `${ply('ascii', '3', '1')}${'1'.repeat(2_000_000)}`],
    ['a line of raw triangles', `0 0 0 1 0 0 0 1 0\n${'1 '.repeat(1_000_000)}`],
  ])('of %s is refused at once, in chunks of any size', async (_, content) => {
    const refusal = await refusalOf(content, { piece: 200 });
    expect(refusal?.message).toMatch(/^line \d+: /);
  });

  const mesh = '<mesh><vertices/><triangles/></mesh>';
  it.each<[string, string, string | undefined]>([
    ['blanks', modelOf(`${' '.repeat(2e7)}${objectOf(1, mesh)}`), undefined],
    ['comments', modelOf(`${`<!--${'-'.repeat(1e5)}x-->`.repeat(200)}${objectOf(1, mesh)}`), undefined],
    ['other elements', modelOf(`${'<x:y xmlns:x="u"/>'.repeat(2e5)}${objectOf(1, mesh)}`), undefined],
    ['one tag', modelOf(`<object ${'a'.repeat(2e7)}/>`), 'an item longer than 1,048,576 bytes'],
    ['depth', modelOf('<basematerials>'.repeat(1e6)), 'elements more than 256 deep'],
    [
      'objects',
      modelOf(Array.from({ length: 3e5 }, (_, k) => objectOf(k + 1, mesh)).join('')),
      'of memory; expected fewer',
    ],
    [
      'components',
      modelOf(objectOf(1, `<components>${'<component objectid="1"/>'.repeat(3e5)}</components>`)),
      'of memory; expected fewer',
    ],
    [
      'metadata',
      modelOf('').replace('<resources>', `${'<metadata name="a">&b;</metadata>'.repeat(2e5)}<resources>`),
      'does not exist',
    ],
  ])('of %s in 3MF is read or refused in little memory', async (_, model, problem) => {
    const archive = packThreeMf(model);
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    const source = await openBytes(archive);
    const options = { batchTriangles: 256, salvage: false, warn: () => undefined, heldBytes: 32 * 2 ** 20 };
    const opened = await threeMf.open(source, options).then(
      () => undefined,
      (error: unknown) => error,
    );
    const after = process.memoryUsage();
    expect(after.arrayBuffers + after.heapUsed - arrayBuffers - heapUsed).toBeLessThan(100e6);
    if (problem === undefined) expect(opened).toBeUndefined();
    else expect(opened instanceof FormatError && opened.message).toContain(problem);
    await source.close();
  });

  it('of the corners of one face is triangulated at once', async () => {
    const folder = freshFolder();
    const input = join(folder, 'in.obj');
    writeFileSync(input, `${vertices}v 0 0 9\nf ${'1 2 3 4 '.repeat(2000)}\nf ${'1 3 2 '.repeat(80)}\n`);
    const began = process.cpuUsage();
    const { triangles } = await importMesh(input, join(folder, 'out.db'));
    expect(triangles).toBe(8000 - 2 + 240 - 2);
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(5);
  });
});

describe('text for a terminal', () => {
  it.each([
    ['\x1b]0;title\x07', '\\x1b]0;title\\x07'],
    ['a\x9b31m', 'a\\x9b31m'],
    ['gpj\u202eoff.exe', 'gpj\\x202eoff.exe'],
    ['\u2066\u2069\u200f', '\\x2066\\x2069\\x200f'],
    ['Größe 漢 é 😀', 'Größe 漢 é 😀'],
  ])('escapes %j', (text, safe) => {
    expect(escapeControls(text)).toBe(safe);
  });
});
