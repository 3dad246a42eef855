/** Any scene has the triangles that its nodes, transforms and primitives say, computed here on their own. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BYTE, FLOAT, GltfBuilder, SHORT, UBYTE, UINT, USHORT } from '../../support/gltf.js';
import { readMesh } from '../../support/sources.js';

const RANGES: Readonly<Record<number, readonly [number, number]>> = {
  [BYTE]: [-128, 127],
  [UBYTE]: [0, 255],
  [SHORT]: [-32_768, 32_767],
  [USHORT]: [0, 65_535],
};
const rowsOf = (value: fc.Arbitrary<number>, min: number, max: number) =>
  fc.array(fc.tuple(value, value, value), { minLength: min, maxLength: max });

const accessor = fc.constantFrom(FLOAT, BYTE, UBYTE, SHORT, USHORT).chain((componentType) => {
  const [min, max] = RANGES[componentType] ?? [-1000, 1000];
  const value = fc.integer({ min, max });
  return fc.record({
    componentType: fc.constant(componentType),
    normalized: fc.boolean(),
    rows: rowsOf(value, 3, 20),
    replaced: rowsOf(value, 0, 3),
    padding: fc.constantFrom(undefined, 4),
  });
});

const primitive = fc.record({
  accessor,
  mode: fc.constantFrom(4, 5, 6, 1),
  indices: fc.option(fc.array(fc.nat(1000), { minLength: 3, maxLength: 30 })),
  indexType: fc.constantFrom(UBYTE, USHORT, UINT),
});

const part = fc.integer({ min: -3, max: 3 });
/** Not 0: whether a scale to nothing mirrors depends on how its determinant is rounded. */
const factor = part.filter((value) => value !== 0);
const node = fc.record({
  mesh: fc.option(fc.nat(2)),
  parent: fc.nat(3),
  translation: fc.tuple(part, part, part),
  scale: fc.tuple(factor, factor, factor),
  /** A turn by a right angle about this axis. */
  axis: fc.option(fc.nat(2)),
  isMatrix: fc.boolean(),
});
const scene = fc.record({
  meshes: fc.array(fc.array(primitive, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 3 }),
  nodes: fc.array(node, { minLength: 1, maxLength: 5 }),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;
type Node = Scene['nodes'][number];
type Point = readonly number[];

/** Applies scale, then the turn, then the translation. */
function place({ scale, axis, translation }: Node, point: Point): number[] {
  const scaled = point.map((value, k) => value * scale[k]!);
  const turned = [...scaled];
  if (axis !== null) {
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    turned[u] = -scaled[v]!;
    turned[v] = scaled[u]!;
  }
  return turned.map((value, k) => value + translation[k]!);
}

/** The triangles of a mesh as points, by the formulas of the specification. */
function trianglesOf(mesh: Scene['meshes'][number]): Point[][] {
  return mesh.flatMap(({ accessor: { rows, replaced, componentType, normalized }, mode, indices }) => {
    const most = (RANGES[componentType] ?? [0, 1])[1];
    const isFraction = normalized && componentType !== FLOAT;
    const points = rows.map((row, k) =>
      (replaced[k] ?? row).map((value) => (isFraction ? Math.max(value / most, -1) : value)),
    );
    const p = indices === null ? points : indices.map((index) => points[index % points.length]!);
    const count = mode === 4 ? Math.floor(p.length / 3) : mode === 1 ? 0 : p.length - 2;
    return Array.from({ length: count }, (_, i) => {
      if (mode === 4) return [p[3 * i]!, p[3 * i + 1]!, p[3 * i + 2]!];
      if (mode === 5) return [p[i]!, p[i + (1 + (i % 2))]!, p[i + (2 - (i % 2))]!];
      return [p[i + 1]!, p[i + 2]!, p[0]!];
    });
  });
}

/** The ancestors of a node, itself first; a parent has a smaller number. */
const pathOf = (nodes: readonly Node[], k: number): Node[] => {
  const parent = nodes[k]!.parent;
  return [nodes[k]!, ...(parent < k ? pathOf(nodes, parent) : [])];
};

function expectTriangles({ meshes, nodes }: Scene): string[] {
  const triangles = nodes.flatMap(({ mesh }, k) => {
    if (mesh === null) return [];
    const path = pathOf(nodes, k);
    const isMirror = path.flatMap(({ scale }) => scale).reduce((product, value) => product * value, 1) < 0;
    return trianglesOf(meshes[mesh]!).map((corners) => {
      const [a, b, c] = corners.map((point) => path.reduce((at: Point, one) => place(one, at), point));
      return isMirror ? [a!, c!, b!] : [a!, b!, c!];
    });
  });
  return triangles.map((corners) => show(corners.flat())).sort();
}

/** Rounded, as turns are not exact. */
const show = (values: readonly number[]) =>
  values.map((value) => (Math.round(value * 1e4) / 1e4 + 0).toString()).join(' ');

function matrixOf(node: Node): number[] {
  const origin = place(node, [0, 0, 0]);
  const columns = [0, 1, 2].map((axis) =>
    place(
      node,
      [0, 1, 2].map((k) => (k === axis ? 1 : 0)),
    ),
  );
  return [...columns.flatMap((column) => [...column.map((value, k) => value - origin[k]!), 0]), ...origin, 1];
}

function build({ meshes, nodes }: Scene): GltfBuilder {
  const builder = new GltfBuilder();
  for (const mesh of meshes) {
    const primitives = mesh.map(
      ({ accessor: { rows, replaced, componentType, normalized, padding }, ...rest }) => {
        const { mode, indices, indexType } = rest;
        const width = { [FLOAT]: 12, [BYTE]: 4, [UBYTE]: 4, [SHORT]: 8, [USHORT]: 8 }[componentType]!;
        const sparse = { indices: replaced.map((_, k) => k), values: replaced.flat() };
        const POSITION = builder.accessor(rows.flat(), {
          componentType,
          normalized,
          ...(padding === undefined ? {} : { stride: width + padding }),
          ...(replaced.length === 0 ? {} : { sparse }),
        });
        const numbers = indices?.map((index) => index % rows.length);
        return {
          attributes: { POSITION },
          mode,
          ...(numbers && { indices: builder.indices(numbers, indexType) }),
        };
      },
    );
    builder.mesh(primitives);
  }
  for (const [k, one] of nodes.entries()) {
    const { mesh, axis, translation, scale, isMatrix } = one;
    const rotation = [0, 1, 2].map((other) => (other === axis ? Math.SQRT1_2 : 0));
    const children = nodes.flatMap(({ parent }, child) => (parent === k && child > k ? [child] : []));
    builder.node({
      ...(mesh === null ? {} : { mesh }),
      ...(children.length === 0 ? {} : { children }),
      ...(isMatrix
        ? { matrix: matrixOf(one) }
        : { translation, scale, rotation: axis === null ? [0, 0, 0, 1] : [...rotation, Math.SQRT1_2] }),
    });
  }
  return builder;
}

it('any scene is read as it says', async () => {
  await fc.assert(
    fc.asyncProperty(scene, fc.integer({ min: 1, max: 9 }), async (any, batchTriangles) => {
      const builder = build(any);
      const expected = expectTriangles(any);
      for (const content of [builder.toGlb(), builder.toText()]) {
        const { triangles } = await readMesh(content, { batchTriangles });
        expect(triangles.map(show).sort()).toEqual(expected);
      }
    }),
    { numRuns: 200 },
  );
});
