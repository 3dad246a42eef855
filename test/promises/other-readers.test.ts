/**
 * Other programs open what offload writes, and find the same triangles.
 *
 * The programs are optional: trimesh and meshio for the Python that PYTHON names (default: python3), and admesh on the
 * path. A test of a missing one is skipped, and its name says so.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/formats/index.js';
import { convertMesh } from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { makeTube } from '../support/meshes.js';
import { toIndexed } from '../support/ply.js';
import { readMesh } from '../support/sources.js';

const PYTHON = process.env.PYTHON ?? 'python3';

function run(command: string, args: readonly string[]): { readonly ok: boolean; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  return { ok: status === 0, output: status === 0 ? stdout : stderr };
}

/** Python that prints the nine coordinates of each triangle, and the colors of the vertices if there are any. */
const READERS = {
  trimesh: `
import json, sys, trimesh
mesh = trimesh.load(sys.argv[1], process=False, force='mesh', maintain_order=True)
has_colors = mesh.visual.kind == 'vertex'
print(json.dumps({
  'triangles': mesh.triangles.reshape(-1, 9).tolist(),
  'colors': mesh.visual.vertex_colors[mesh.faces].reshape(-1, 3, 4)[:, :, :3].tolist() if has_colors else None}))`,
  meshio: `
import json, sys, meshio
mesh = meshio.read(sys.argv[1])
triangles = [mesh.points[:, :3][cells.data].reshape(-1, 9).tolist() for cells in mesh.cells if cells.type == 'triangle']
print(json.dumps({'triangles': sum(triangles, []), 'colors': None}))`,
};

/** Outputs by name, with the options that they are written with. */
const OUTPUTS = {
  'plain.off': {},
  'soup.off': { off: { soup: true } },
  'binary.ply': {},
  'ascii.ply': { ply: { ascii: true } },
  'colors.ply': { ply: { colors: true, normals: true } },
  'soup.ply': { ply: { soup: true } },
  'binary.stl': {},
  'ascii.stl': { stl: { ascii: true } },
  'parts.obj': {},
  'colors.obj': { obj: { colors: true, normals: true } },
} as const;

const { vertices, faces } = toIndexed([...makeTube(8, 6)]);
const channel = (k: number) => (k % 256) / 255;
/** An OBJ of float32 numbers with colors and two objects. */
const SOURCE = [
  ...vertices.map((position, k) => `v ${[...position, channel(7 * k), channel(11 * k), 1].join(' ')}`),
  ...faces.map(
    (face, k) => `${k % 40 === 0 ? `o part${k}\n` : ''}f ${face.map((corner) => corner + 1).join(' ')}`,
  ),
].join('\n');

async function writeAll() {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in.obj'), SOURCE);
  for (const [name, options] of Object.entries(OUTPUTS)) await convertMesh(at('in.obj'), at(name), options);
  return at;
}

/** The triangles that offload reads, as float32, in one order. */
const sorted = (triangles: readonly (readonly number[])[]) =>
  triangles.map((triangle) => triangle.map(Math.fround).join(' ')).sort();

describe.each(Object.entries(READERS))('%s', (name, script) => {
  const isThere = run(PYTHON, ['-c', `import ${name}`]).ok;

  it.skipIf(!isThere)(
    `reads the same triangles${isThere ? '' : ` (skipped: ${PYTHON} has no ${name})`}`,
    async () => {
      const at = await writeAll();
      const expected = sorted(
        (await readMesh(SOURCE, { format: FORMATS.find(({ id }) => id === 'obj')! })).triangles,
      );
      for (const output of Object.keys(OUTPUTS)) {
        const { ok, output: printed } = run(PYTHON, ['-c', script, at(output)]);
        expect(ok, `${output}: ${printed}`).toBe(true);
        const { triangles, colors } = JSON.parse(printed) as {
          triangles: number[][];
          colors: number[][][] | null;
        };
        expect(sorted(triangles), output).toEqual(expected);
        if (colors === null) continue;
        expect(output).toMatch(/^colors/);
        const byPosition = new Map(
          vertices.map((position, k) => [
            position.map(Math.fround).join(' '),
            [(7 * k) % 256, (11 * k) % 256, 255],
          ]),
        );
        for (const [k, triangle] of triangles.entries()) {
          for (let c = 0; c < 3; c++) {
            const position = triangle
              .slice(3 * c, 3 * c + 3)
              .map(Math.fround)
              .join(' ');
            expect(colors[k]![c], output).toEqual(byPosition.get(position));
          }
        }
      }
    },
    60_000,
  );
});

describe('admesh', () => {
  const isThere = run('admesh', ['--version']).ok;

  it.skipIf(!isThere)(
    `counts the same facets${isThere ? '' : ' (skipped: it is not on the path)'}`,
    async () => {
      const at = await writeAll();
      // It reads only one solid of an ASCII STL.
      await convertMesh(at('plain.off'), at('one.stl'), { stl: { ascii: true } });
      for (const output of ['binary.stl', 'one.stl']) {
        const { ok, output: printed } = run('admesh', [at(output)]);
        expect(ok, printed).toBe(true);
        expect(printed).toMatch(new RegExp(`Number of facets +: +${faces.length} `));
        expect(printed).toMatch(/Facets reversed +: +0\n/);
        expect(printed).toMatch(/Normals fixed +: +0\n/);
      }
    },
  );
});
