/** Random objects and components give the triangles that follow from the specification, however they are nested. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meshOf, modelOf, objectOf, packThreeMf } from '../../support/3mf.js';
import { readMesh } from '../../support/sources.js';

type Matrix = number[];

interface Reference {
  readonly to: number;
  readonly transform: Matrix | undefined;
}
type Object3 =
  | { readonly vertices: number[][]; readonly faces: number[][] }
  | { readonly components: Reference[] };

const whole = fc.integer({ min: -3, max: 3 });
const transform = fc.option(fc.array(whole, { minLength: 12, maxLength: 12 }), { nil: undefined });
const mesh = fc.array(fc.tuple(whole, whole, whole), { minLength: 1, maxLength: 6 }).chain((vertices) =>
  fc.record({
    vertices: fc.constant(vertices),
    faces: fc.array(fc.array(fc.nat(vertices.length - 1), { minLength: 3, maxLength: 3 }), { maxLength: 5 }),
  }),
);
const reference = (end: number) => fc.record({ to: fc.nat(end - 1), transform });

/** Objects whose components are among those before; then a build of any of them. */
const scene = fc
  .array(fc.tuple(fc.boolean(), mesh, fc.array(fc.tuple(fc.nat(), transform), { maxLength: 3 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((rows) =>
    rows.map(([isMesh, given, references], k): Object3 => {
      if (isMesh || k === 0) return given;
      return { components: references.map(([to, its]) => ({ to: to % k, transform: its })) };
    }),
  )
  .chain((objects) =>
    fc.record({
      objects: fc.constant(objects),
      build: fc.array(reference(objects.length), { maxLength: 4 }),
    }),
  );

const attribute = ({ to, transform: matrix }: Reference) =>
  `objectid="${to + 1}"${matrix === undefined ? '' : ` transform="${matrix.join(' ')}"`}`;

/** Moves a position by the transforms from the inside out. */
function move(position: number[], transforms: (Matrix | undefined)[]): number[] {
  return transforms.reduce<number[]>((p, m) => {
    if (m === undefined) return p;
    return [0, 1, 2].map((k) => p[0]! * m[k]! + p[1]! * m[3 + k]! + p[2]! * m[6 + k]! + m[9 + k]!);
  }, position);
}

function determinant(m: Matrix | undefined): number {
  if (m === undefined) return 1;
  const [a, b, c, d, e, f, g, h, i] = m as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

function expand(
  objects: Object3[],
  { to, transform: own }: Reference,
  above: (Matrix | undefined)[],
): number[][] {
  const object = objects[to]!;
  const transforms = [own, ...above];
  if ('components' in object) return object.components.flatMap((each) => expand(objects, each, transforms));
  const isMirrored = transforms.reduce((product, each) => product * determinant(each), 1) < 0;
  return object.faces.map(([a, b, c]) =>
    [a!, isMirrored ? c! : b!, isMirrored ? b! : c!].flatMap((id) => move(object.vertices[id]!, transforms)),
  );
}

describe('any build', () => {
  it('has the triangles of its objects, moved', async () => {
    await fc.assert(
      fc.asyncProperty(scene, fc.constantFrom(1, 3, 256), async ({ objects, build }, batchTriangles) => {
        const resources = objects.map((object, k) =>
          objectOf(
            k + 1,
            'components' in object
              ? `<components>${object.components.map((each) => `<component ${attribute(each)}/>`).join('')}</components>`
              : meshOf(object.vertices, object.faces),
          ),
        );
        const model = modelOf(resources.join(''), build.map((each) => `<item ${attribute(each)}/>`).join(''));
        const { triangles } = await readMesh(packThreeMf(model), { batchTriangles });
        const expected = build.flatMap((each) => expand(objects, each, []));
        expect(triangles.map((row) => row.map((x) => x + 0))).toEqual(
          expected.map((row) => row.map((x) => x + 0)),
        );
      }),
      { numRuns: 200 },
    );
  });
});
