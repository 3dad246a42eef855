/** Small whole files of each format and variant: what changes are made to. */
import { meshOf, modelOf, objectOf, PRODUCTION, packThreeMf, toThreeMf } from '../../support/3mf.js';
import { PACK } from '../../support/compressed.js';
import { buildMesh, type GltfBuilder, toGlb, UBYTE, USHORT } from '../../support/gltf.js';
import { makeTube, toAsciiStl, toBinaryStl, toOff, toRaw } from '../../support/meshes.js';
import { toObj, toObjSoup } from '../../support/obj.js';
import { attributed, grid, type OffMesh, toBinaryOff, weld } from '../../support/off-files.js';
import { type Element, ENCODINGS, type Encoding, toElements, toIndexed, toPly } from '../../support/ply.js';

export interface FuzzSeed {
  readonly name: string;
  readonly content: Buffer;
}

const tube = [...makeTube(1, 3)];
const { vertices, faces } = toIndexed(tube);

/** Everything that PLY may hold and a reader has to keep or to pass over. */
const PLY_ELEMENTS: readonly Element[] = [
  {
    name: 'camera',
    properties: [
      { name: 'view', type: 'float' },
      { name: 'tags', type: 'short', countType: 'uchar' },
    ],
    rows: [[1.5, [1, 2, 3]]],
  },
  {
    name: 'face',
    properties: [
      { name: 'flags', type: 'uchar' },
      { name: 'vertex_indices', type: 'uint', countType: 'uchar' },
      { name: 'texcoord', type: 'float', countType: 'ushort' },
      ...['red', 'green', 'blue'].map((name) => ({ name, type: 'uchar' as const })),
    ],
    rows: [
      [0, [0, 1, 2], [0, 0.5], 255, 0, 7],
      [1, [3, 2, 1, 0], [], 1, 2, 3],
      [2, [0, 1], [0.25], 0, 0, 0],
    ],
  },
  {
    name: 'vertex',
    properties: [
      ...['x', 'y', 'z'].map((name) => ({ name, type: 'double' as const })),
      ...['nx', 'ny', 'nz', 'quality'].map((name) => ({ name, type: 'float' as const })),
      ...['red', 'green', 'blue', 'alpha'].map((name) => ({ name, type: 'uchar' as const })),
    ],
    rows: vertices.map((row, k) => [...row, 0, 0, 1, k / 8, 255, k, 0, 200]),
  },
  {
    name: 'tristrips',
    properties: [{ name: 'vertex_indices', type: 'int', countType: 'int' }],
    rows: [[[0, 1, 2, 3, 4, -1, 2, 1, 0]], [[]]],
  },
];

const OBJ = `# a comment
mtllib all.mtl
o first object
v 0 0 0
v 1 0 0 1.0
v 1 1 0 0.5 0.25 1
v 0 1 0 1 1 1 0.5
v 0.5 0.5 2e-1
vt 0 0
vn 0 0 1
vp 0.5
g one two
usemtl red
s off
f 1 2 3
f 1/1 2/1/1 3//1 4
f -1 -2 -3
f 1 2 \\
  5
usemtl blue \\
and white
l 1 2
p 1
f 4 3 2 1 5
f 6 7 1
v 9 9 9
v 9 8 9
curv 0 1 1 2
f 1 2
`;

const SOLIDS = `solid first
  facet normal 0 0 1
    outer loop
      vertex 0 0 0
      vertex 1 0 0
      vertex 0 1e0 0
    endloop
  endfacet
endsolid first
SOLID second one
# a comment
FACET NORMAL nan 0 0
OUTER LOOP
VERTEX .5 -0 +1.25e+2
VERTEX 16.6480e-001 0000 7
VERTEX 1 2 3
ENDLOOP extra
ENDFACET
END SOLID
solid
facet normal 1 0 0 outer loop vertex 1 2 3 vertex 4 5 6 vertex 7 8 9 endloop endfacet
endsolid
`;

const RAW = `# nine numbers a line
0 0 0 1 0 0 0 1 0
0,0,0, 1,0,0, 0,1,0
1\t2\t3\t4\t5\t6\t7\t8\t9

1e-3 -2 +3 4. .5 6 7 8 9 # said of it
`;

const OFFS: Readonly<Record<string, string>> = {
  plain: toOff(tube),
  'with comments and polygons':
    '# first\nOFF # keyword\n5 2 0\n0 0 0 # here\n1 0 0\n1 1 0\n0 1\n0\n\n0.5 0.5 2\n4 0 1 2 3 255 0 0\n3\n0 1 4 0.5 0.25 1\n',
  'on one line': 'OFF8 1 0 0 0 0 1 0 0 1 1 0 0 1 0 0 0 1 1 0 1 1 1 1 0 1 1 3 0 1 2\n',
  'without a keyword': '4 1 0\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n3 0 1 2\n',
  'with all letters': toTextOff(attributed),
};

function toTextOff(mesh: OffMesh): string {
  const rows = mesh.vertices.map((row, k) =>
    [...row, ...mesh.normals![k]!, ...mesh.colors![k]!, ...mesh.textures![k]!].join(' '),
  );
  const lines = mesh.faces.map((face, k) => [3, ...face, ...mesh.faceColors![k]!].join(' '));
  return `${['STCNOFF', `${rows.length} ${lines.length} 0`, ...rows, ...lines].join('\n')}\n`;
}

/** A scene with a mirrored copy, a strip, sparse positions, colors and normals. */
function makeScene(): GltfBuilder {
  const builder = buildMesh(vertices, faces);
  const rows = vertices.slice(0, 6);
  const sparse = { indices: [1, 3], values: [5, 6, 7, 8, 9, 10] };
  const attributes = {
    POSITION: builder.accessor(rows.flat(), { sparse, stride: 16 }),
    NORMAL: builder.accessor(rows.flat()),
    COLOR_0: builder.accessor(Array(4 * rows.length).fill(7), {
      type: 'VEC4',
      componentType: UBYTE,
      normalized: true,
    }),
  };
  const strip = { mode: 5, attributes, indices: builder.indices([0, 1, 2, 3, 4, 5], USHORT), material: 0 };
  builder.node({ name: 'strip', mesh: builder.mesh([strip, { mode: 6, attributes }]), scale: [-1, 2, 1] });
  builder.node({ children: [0, 1], translation: [1, 2, 3] });
  builder.node({ mesh: 0 });
  Object.assign(builder.extra, { scene: 0, scenes: [{ nodes: [2, 3] }], materials: [{ name: 'red' }] });
  return builder;
}

/** Components with transforms over two parts, stored rather than deflated, so that changes reach the XML. */
function makeBuild(): Buffer {
  const mesh = meshOf(vertices, faces);
  const extra = modelOf(objectOf(4, mesh, ' name="far"'), '');
  const components = `<components><component objectid="1" transform="-1 0 0 0 1 0 0 0 1 1 2 3"/><component p:path="/3D/far.model" objectid="4"/></components>`;
  const model = modelOf(
    objectOf(1, mesh) + objectOf(2, components, ' name="both"'),
    '<item objectid="2"/><item objectid="1" transform="2 0 0 0 2 0 0 0 2 0 0 0"/>',
    ` xmlns:p="${PRODUCTION}" unit="inch"`,
  );
  return packThreeMf(model, { '3D/far.model': extra }, { isStored: true });
}

function seedsOf(format: string, contents: Readonly<Record<string, Buffer | string>>): readonly FuzzSeed[] {
  return Object.entries(contents).map(([name, content]) => ({
    name: `${format}: ${name}`,
    content: Buffer.from(content),
  }));
}

const inEachEncoding = (write: (encoding: Encoding) => Buffer): Record<string, Buffer> =>
  Object.fromEntries(ENCODINGS.map((encoding) => [encoding, write(encoding)]));

/** Whole files by format. */
export const SEEDS = {
  stl: seedsOf('stl', {
    binary: toBinaryStl(tube, { attribute: (k) => 0x8000 + k }),
    'binary with colors': toBinaryStl(tube.slice(0, 3), {
      header: 'COLOR=\x10\x20\x30\xff',
      attribute: (k) => k,
    }),
    'binary that begins with solid': toBinaryStl(tube.slice(0, 2), { header: 'solid binary' }),
    solids: SOLIDS,
    tube: toAsciiStl(tube),
    'old line ends': toAsciiStl(tube.slice(0, 2)).replaceAll('\n', '\r'),
  }),
  gltf: seedsOf('gltf', {
    binary: toGlb(vertices, faces),
    'scene, binary': makeScene().toGlb(),
    'scene, text': makeScene().toText(),
  }),
  '3mf': seedsOf('3mf', {
    tube: toThreeMf(vertices, faces),
    'build of components': makeBuild(),
  }),
  raw: seedsOf('raw', { forms: RAW, tube: toRaw(tube) }),
  ply: seedsOf('ply', {
    ...inEachEncoding((encoding) => toPly(encoding, PLY_ELEMENTS)),
    ...Object.fromEntries(
      Object.entries(inEachEncoding((encoding) => toPly(encoding, toElements(vertices, faces), '\r\n'))).map(
        ([name, content]) => [`${name}, plain`, content],
      ),
    ),
  }),
  obj: seedsOf('obj', { statements: OBJ, soup: toObjSoup(tube.slice(0, 4)), tube: toObj(tube) }),
  off: seedsOf('off', {
    ...OFFS,
    binary: toBinaryOff(weld(tube)),
    'binary with all letters': toBinaryOff(attributed),
    'binary without color counts': toBinaryOff(grid, { isBare: true }),
    'binary of the other byte order': toBinaryOff(weld(tube), { isBare: true, isLittleEndian: true }),
  }),
} as const;

/** How a file is packed, after it has been changed; what is packed may be changed once more. */
export const PACKINGS = [undefined, PACK.gzip, PACK.zstd] as const;
