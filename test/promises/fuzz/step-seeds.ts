/** Whole files of each format for {@link STEPS}, each with normals or in a form that a good program writes. */
import { type Corners, makeTube, toAsciiStl, toBinaryStl, toOff, toRaw } from '../../support/meshes.js';
import { toObj } from '../../support/obj.js';
import { toBinaryOff, weld } from '../../support/off-files.js';
import { ENCODINGS, toElements, toIndexed, toPly } from '../../support/ply.js';
import type { StepSeed } from './steps.js';

const tubes = [
  [...makeTube(6, 7)],
  // Of whole numbers, whose bytes are mostly 0.
  [...makeTube(4, 5)].map((corners) => corners.map((value) => Math.round(2 * value))),
  // Larger than the head of a source.
  [...makeTube(40, 30)],
];

/** A binary STL with the normals of its facets. */
function toNormalStl(triangles: readonly Corners[]): Buffer {
  const file = toBinaryStl(triangles);
  for (const [k, [ax, ay, az, bx, by, bz, cx, cy, cz]] of triangles.entries()) {
    const [ux, uy, uz] = [bx! - ax!, by! - ay!, bz! - az!];
    const [vx, vy, vz] = [cx! - ax!, cy! - ay!, cz! - az!];
    const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const length = Math.hypot(...normal);
    for (const [axis, value] of normal.entries()) {
      file.writeFloatLE(length > 0 ? value / length : 0, 84 + 50 * k + 4 * axis);
    }
  }
  return file;
}

const seedsOf = (triangles: readonly Corners[], k: number): readonly StepSeed[] => {
  const { vertices, faces } = toIndexed(triangles);
  const plys = ENCODINGS.map(
    (encoding): StepSeed => ({
      name: `ply ${encoding} ${k}`,
      format: 'ply',
      isBinary: encoding !== 'ascii',
      content: toPly(encoding, toElements(vertices, faces)),
    }),
  );
  const texts = {
    stl: toAsciiStl(triangles),
    off: toOff(triangles),
    obj: toObj(triangles),
    raw: toRaw(triangles),
  };
  return [
    { name: `stl binary ${k}`, format: 'stl', isBinary: true, content: toNormalStl(triangles) },
    { name: `off binary ${k}`, format: 'off', isBinary: true, content: toBinaryOff(weld(triangles)) },
    ...plys,
    ...Object.entries(texts).map(
      ([format, text]): StepSeed => ({
        name: `${format} text ${k}`,
        format: format as StepSeed['format'],
        isBinary: false,
        content: Buffer.from(text),
      }),
    ),
  ];
};

export const STEP_SEEDS: readonly StepSeed[] = tubes.flatMap(seedsOf);
