/** Covers: collections/label-stream, pipeline/shells/find-shells. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpillFiles } from '../../../src/collections/spill-file.js';
import { MeshDatabase } from '../../../src/database/mesh-database.js';
import { checkMesh, type ExportOptions, exportMesh, importMesh, splitMesh } from '../../../src/index.js';
import { orientShells } from '../../../src/pipeline/shells/orient-shells.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toBinaryStl } from '../../support/meshes.js';
import {
  makeBoxShell,
  makeOctahedron,
  makeTetrahedron,
  type Triangle,
  turnShell,
} from '../../support/shells.js';

const MIB = 2 ** 20;
const cube = (low: number, high: number, x = 0) => makeBoxShell([x + low, low, low], [x + high, high, high]);
const hole = (low: number, high: number, x = 0) => turnShell(cube(low, high, x));

/** Imports triangles as STL or raw lines, and exports them as often as wanted. */
async function setUp(triangles: readonly Triangle[], folder = freshFolder()) {
  const input = join(folder, 'in.raw');
  writeFileSync(input, triangles.map((corners) => `${corners.flat().join(' ')}\n`).join(''));
  const database = join(folder, 'mesh.db');
  await importMesh(input, database, { force: true });
  const output = join(folder, 'out.off');
  const write = async (options: ExportOptions = {}) => {
    const { selection } = await exportMesh(database, output, { ...options, force: true });
    return { ...readOff(output), oriented: selection.oriented };
  };
  return { folder, database, output, write };
}

function readOff(path: string) {
  const [, counts, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const vertices = Number(counts!.split(' ')[0]);
  return { vertices: lines.slice(0, vertices), faces: lines.slice(vertices) };
}

const turnFace = (face: string) => face.replace(/^3 (\d+) (\d+) (\d+)$/, '3 $1 $3 $2');
const NONE = { nestedWrongly: 0, crossing: 0, flat: 0, unjudged: 0 };

describe('an export that orients', () => {
  it('flips bodies that are inside out, and changes nothing else', async () => {
    const { write, database } = await setUp([...cube(0, 1), ...hole(0, 1, 10), ...hole(0, 1, 20)]);
    const plain = await write();
    const { oriented, ...turned } = await write({ orient: 'outward' });
    expect(oriented).toEqual({ turnedShells: 2, turnedTriangles: 24, left: NONE, leftOpen: 0 });
    expect(turned.vertices).toEqual(plain.vertices);
    expect(turned.faces).toEqual(plain.faces.map((face, id) => (id < 12 ? face : turnFace(face))));
    expect(plain.oriented).toBeUndefined();
    expect(readdirSync(join(database, '..')).sort()).toEqual(['in.raw', 'mesh.db', 'out.off']);
  });

  it('flips a hollow body with a body in it, or only its outer shell', async () => {
    const whole = await setUp([...hole(0, 9), ...cube(1, 8), ...hole(2, 7)]);
    expect((await whole.write({ orient: 'outward' })).oriented).toMatchObject({ turnedShells: 3 });
    const outside = await setUp([...hole(1, 8), ...hole(0, 9), ...cube(2, 7)]);
    const plain = await outside.write();
    const { oriented, faces } = await outside.write({ orient: 'outward' });
    expect(oriented).toMatchObject({ turnedShells: 1, turnedTriangles: 12 });
    expect(faces).toEqual(plain.faces.map((face, id) => (id >= 12 && id < 24 ? turnFace(face) : face)));
  });

  it('leaves and counts shells that are open, inconsistent or nested wrongly', async () => {
    const misoriented = hole(0, 1, 30).map((triangle, k) => (k === 0 ? turnShell([triangle])[0]! : triangle));
    const { write } = await setUp([
      ...cube(0, 9),
      ...cube(1, 8),
      ...hole(0, 1, 20).slice(1),
      ...misoriented,
      ...hole(0, 1, 40),
    ]);
    const plain = await write();
    const { oriented, faces } = await write({ orient: 'outward' });
    expect(oriented).toEqual({
      turnedShells: 1,
      turnedTriangles: 12,
      left: { ...NONE, nestedWrongly: 1 },
      leftOpen: 2,
    });
    const first = plain.faces.length - 12;
    expect(faces).toEqual(plain.faces.map((face, id) => (id < first ? face : turnFace(face))));
  });

  it('judges the stored mesh before the filter, and flips afterwards', async () => {
    const { write, folder, database } = await setUp([...hole(0, 1), ...cube(0, 1, 10)]);
    const options = { filter: { where: ['id % 5 < 3'] }, weld: 0.001 };
    const plain = await write(options);
    const expected = plain.faces.map((face, k) => (k < 8 ? turnFace(face) : face));
    expect((await write({ ...options, orient: 'outward' })).faces).toEqual(expected);
    const flipped = await write({ ...options, orient: 'outward', flip: true });
    expect(flipped.faces).toEqual(expected.map(turnFace));
    const { selection, files } = await splitMesh(
      database,
      join(folder, 'split'),
      { by: 'component' },
      { orient: 'outward' },
    );
    expect(selection.oriented).toMatchObject({ turnedShells: 1 });
    const whole = await write({ orient: 'outward' });
    expect(readOff(join(folder, 'split', files[0]!.file)).faces).toEqual(whole.faces.slice(0, 12));
  });

  it('flips the normals of the vertices of flipped triangles', async () => {
    const folder = freshFolder();
    const input = join(folder, 'in.off');
    const tips = ['1 0 0', '0 1 0', '0 0 1', '0 0 0'];
    const lines = [0, 5].flatMap((x) => tips.map((tip) => `${tip.replace(/^\d/, (d) => `${+d + x}`)} 0 0 1`));
    const faces = ['0 2 1', '0 1 3', '1 2 3', '2 0 3', '4 5 6', '4 7 5', '5 7 6', '6 7 4'];
    writeFileSync(input, `NOFF\n8 8 0\n${[...lines, ...faces.map((face) => `3 ${face}`)].join('\n')}\n`);
    const database = join(folder, 'mesh.db');
    await importMesh(input, database);
    await exportMesh(database, join(folder, 'out.off'), { orient: 'outward', off: { normals: true } });
    const { vertices } = readOff(join(folder, 'out.off'));
    expect(vertices.map((line) => Number(line.split(' ')[5]))).toEqual([-1, -1, -1, -1, 1, 1, 1, 1]);
  });

  it('has the same bytes with any number of threads and any memory', async () => {
    const folder = freshFolder();
    const tube = [...makeTube(60, 50)].map((t) => [...t.slice(0, 3), ...t.slice(6), ...t.slice(3, 6)]);
    const inner = makeOctahedron([0, 0, 0], 1).map((triangle) => triangle.flat());
    writeFileSync(join(folder, 'in.stl'), toBinaryStl([...tube, ...inner]));
    const database = join(folder, 'mesh.db');
    await importMesh(join(folder, 'in.stl'), database);
    const write = async (options: ExportOptions) => {
      const output = join(folder, 'out.off');
      const { selection } = await exportMesh(database, output, {
        orient: 'outward',
        force: true,
        ...options,
      });
      expect(selection.oriented).toMatchObject({ turnedShells: 2, turnedTriangles: tube.length + 8 });
      return readFileSync(output, 'utf8');
    };
    for (const options of [{}, { filter: { where: ['id % 3 > 0'] } }]) {
      const one = await write({ ...options, threads: 1 });
      const two = await write({ ...options, threads: 2, memoryBytes: 192 * MIB });
      expect(two === one).toBe(true);
    }
  });

  it('is refused if shells do not fit in memory', async () => {
    const tips = [...Array(100).keys()].flatMap((k) =>
      makeTetrahedron([
        [2 * k, 0, 0],
        [2 * k, 1, 0],
        [2 * k + 1, 0, 0],
        [2 * k, 0, 1],
      ]),
    );
    const { database, folder } = await setUp(tips);
    const db = MeshDatabase.open(database);
    const files = new SpillFiles(join(folder, 'spill'));
    const orient = (bytes: number) => orientShells(db.rows(), files, bytes, {});
    await expect(orient(20_000)).rejects.toThrow('100 closed shells cannot be judged with this much memory');
    expect((await orient(200_000)).report).toMatchObject({ turnedShells: 100, turnedTriangles: 400 });
    db.close();
    files.remove();
  });

  it('leaves nothing inside out, and keeps all other verdicts', async () => {
    const folder = freshFolder();
    // Nested boxes in each cell of a row, so that they neither cross nor touch.
    const stack = fc.array(fc.boolean(), { minLength: 0, maxLength: 5 });
    let turned = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(stack, { minLength: 1, maxLength: 4 }), fc.nat(), async (stacks, seed) => {
        const shells = stacks.flatMap((sides, cell) =>
          sides.map((isTurned, k) => (isTurned ? hole : cube)(k, 20 - k, 30 * cell)),
        );
        fc.pre(shells.length > 0);
        const first = seed % shells.length;
        const triangles = [...shells.slice(first), ...shells.slice(0, first)].flat();
        const { write, database, output } = await setUp(triangles, folder);
        const before = await checkMesh(database);
        const { oriented } = await write({ orient: 'outward' });
        await importMesh(output, database, { force: true });
        const after = await checkMesh(database);
        expect(oriented!.turnedShells).toBe(before.shellVerdicts!.insideOut);
        expect(after.shellVerdicts).toMatchObject({
          insideOut: 0,
          nestedWrongly: before.shellVerdicts!.nestedWrongly,
        });
        expect(after.shellList.map(({ first, depth }) => [first, depth]).sort()).toEqual(
          before.shellList.map(({ first, depth }) => [first, depth]).sort(),
        );
        turned += oriented!.turnedShells;
      }),
      { numRuns: 8, seed: 44 },
    );
    expect(turned).toBeGreaterThan(3);
  });
});
