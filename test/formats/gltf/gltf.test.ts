/**
 * Covers: formats/gltf/accessor, formats/gltf/block-cache, formats/gltf/buffers, formats/gltf/container, formats/gltf/document,
 * formats/gltf/json-text, formats/gltf/matrix, formats/gltf/mesh-plan, formats/gltf/scene,
 * formats/gltf/sniff, formats/gltf/read/dissect, formats/gltf/read/face-reader, formats/gltf/read/records,
 * formats/gltf/read/row-reader, formats/gltf/read/scene-reader, formats/gltf/read/vertex-reader,
 * formats/gltf/read/warnings.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gltf } from '../../../src/formats/gltf/gltf.js';
import { ByteSource } from '../../../src/io/input/byte-source.js';
import type { MeshItem } from '../../../src/mesh.js';
import { freshFolder } from '../../support/files.js';
import {
  BYTE,
  buildMesh,
  FLOAT,
  GltfBuilder,
  packGlb,
  SHORT,
  UBYTE,
  UINT,
  USHORT,
} from '../../support/gltf.js';
import { makeTube } from '../../support/meshes.js';
import { toIndexed } from '../../support/ply.js';
import { openBytes, readMesh, refuseMesh } from '../../support/sources.js';

const CORNERS = [
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
  [1, 1, 0],
  [0, 2, 0],
];
const OPTIONS = { batchTriangles: 10, salvage: false, warn: () => undefined };

async function readFile(path: string): Promise<MeshItem[]> {
  const source = await ByteSource.open(path);
  try {
    const items: MeshItem[] = [];
    for await (const item of (await gltf.open(source, OPTIONS)).items()) {
      items.push('count' in item ? structuredClone(item) : item);
    }
    return items;
  } finally {
    await source.close();
  }
}

/** Builds one primitive of the corners. */
function buildPrimitive(extra: Record<string, unknown>, indices?: readonly number[]): GltfBuilder {
  const builder = new GltfBuilder();
  const attributes = { POSITION: builder.accessor(CORNERS.flat()) };
  const its = indices === undefined ? {} : { indices: builder.indices(indices, UBYTE) };
  builder.node({ mesh: builder.mesh([{ attributes, ...its, ...extra }]) });
  return builder;
}

/** Builds two triangles whose JSON can be changed. */
function buildChanged(change: (builder: GltfBuilder) => void): Buffer {
  const builder = buildMesh(CORNERS, [
    [0, 1, 2],
    [1, 3, 2],
  ]);
  change(builder);
  return builder.toGlb();
}

describe('triangles of glTF', () => {
  it.each([
    ['lists', 4, [0, 1, 2, 1, 3, 2], ['012', '132']],
    ['lists without indices', 4, undefined, ['012']],
    ['strips', 5, [0, 1, 2, 3, 4], ['012', '132', '234']],
    ['strips without indices', 5, undefined, ['012', '132', '234']],
    ['fans', 6, [4, 0, 1, 3], ['014', '134']],
    ['fans without indices', 6, undefined, ['120', '230', '340']],
  ])('are read from %s', async (_, mode, indices, expected) => {
    for (const batchTriangles of [1, 2, 100]) {
      const { faces } = await readMesh(buildPrimitive({ mode }, indices).toGlb(), { batchTriangles });
      expect(faces.map((face) => face.join(''))).toEqual(expected);
    }
  });

  it('are skipped if they are points or lines, with one warning for each mesh', async () => {
    const builder = buildPrimitive({ mode: 1 });
    builder.meshes[0]!.primitives = [0, 1, 2, 3, 4].map((mode) => ({ mode, attributes: { POSITION: 0 } }));
    builder.node({ mesh: 0 });
    const { triangles, warnings } = await readMesh(builder.toGlb());
    expect(triangles).toHaveLength(2);
    const message = 'meshes[0]: 4 primitives of points or lines are skipped';
    const leftOver = 'meshes[0]: corners left over in 1 primitive are ignored; expected three a triangle';
    expect(warnings).toEqual([
      ['gltf-not-triangles', message],
      ['gltf-left-over', leftOver],
      ['gltf-not-triangles', message],
      ['gltf-left-over', leftOver],
    ]);
  });

  it('are placed by the transforms of their nodes, and keep their winding if these mirror', async () => {
    const builder = buildPrimitive({}, [0, 1, 2]);
    builder.nodes[0] = { children: [1, 2], translation: [10, 0, 0] };
    builder.node({ mesh: 0, rotation: [0, 0, Math.SQRT1_2, Math.SQRT1_2], scale: [2, 1, 1] });
    builder.node({ mesh: 0, matrix: [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 5, 1] });
    builder.extra.scenes = [{ nodes: [0] }];
    const { triangles } = await readMesh(builder.toGlb());
    expect(triangles.map((row) => row.map((value) => Math.round(1e6 * value) / 1e6 + 0))).toEqual([
      [10, 0, 0, 10, 2, 0, 9, 0, 0],
      [10, 0, 5, 10, 1, 5, 9, 0, 5],
    ]);
  });

  it('come from the default scene, the first one, or all roots', async () => {
    const make = (extra: object) => {
      const builder = buildPrimitive({}, [0, 1, 2]);
      builder.node({ mesh: 0, translation: [1, 0, 0] });
      builder.node({ children: [1] });
      Object.assign(builder.extra, extra);
      return readMesh(builder.toGlb());
    };
    const scenes = [{ nodes: [0] }, { nodes: [2] }, {}];
    expect((await make({ scenes })).triangles.map(([x]) => x)).toEqual([0]);
    expect((await make({ scenes, scene: 1 })).triangles.map(([x]) => x)).toEqual([1]);
    expect((await make({ scenes, scene: 2 })).triangles).toEqual([]);
    expect((await make({})).triangles.map(([x]) => x)).toEqual([0, 1]);
  });

  it('share the vertices that primitives of a mesh share', async () => {
    const builder = buildPrimitive({}, [0, 1, 2]);
    const indices = builder.indices([1, 3, 2], USHORT);
    const other = builder.accessor(CORNERS.flat());
    builder.meshes[0]!.primitives = [
      { attributes: { POSITION: 0 }, indices: 1 },
      { attributes: { POSITION: other }, indices },
      { attributes: { POSITION: 0 }, indices },
    ];
    builder.node({ mesh: 0 });
    const { vertices, faces } = await readMesh(builder.toGlb());
    expect(vertices).toHaveLength(20);
    expect(faces).toEqual([
      [0, 1, 2],
      [6, 8, 7],
      [1, 3, 2],
      [10, 11, 12],
      [16, 18, 17],
      [11, 13, 12],
    ]);
  });

  it('have parts with names of limited length', async () => {
    const builder = buildPrimitive({}, [0, 1, 2]);
    builder.nodes[0]!.name = `${'x'.repeat(4095)}\u00e9 and so on`;
    const { parts, warnings } = await readMesh(builder.toGlb());
    expect(parts).toEqual([['x'.repeat(4095), 0]]);
    expect(warnings).toEqual([['name-cut', 'the name of an object is cut to 4096 bytes']]);
  });

  it('have parts for nodes and materials', async () => {
    const builder = buildPrimitive({}, [0, 1, 2]);
    builder.meshes[0] = {
      name: ' mesh ',
      primitives: [0, 0, 1, undefined].map((material) => ({
        attributes: { POSITION: 0 },
        indices: 1,
        material,
      })),
    };
    builder.node({ mesh: 0, name: 'node' });
    builder.extra.materials = [{ name: 'red' }, {}];
    const source = await openBytes(builder.toGlb());
    const parts: string[] = [];
    let triangles = 0;
    for await (const item of (await gltf.open(source, OPTIONS)).items()) {
      if (item.kind === 'part') parts.push(`${triangles} ${item.partKind} '${item.name}'`);
      if (item.kind === 'faces') triangles += item.count;
    }
    expect(parts).toEqual([
      "0 object 'mesh'",
      "0 material 'red'",
      "2 material ''",
      "4 object 'node'",
      "4 material 'red'",
      "6 material ''",
    ]);
  });
});

describe('numbers of glTF', () => {
  const positions = async (values: readonly number[], options: object): Promise<number[][]> => {
    const builder = new GltfBuilder();
    builder.node({ mesh: builder.mesh([{ attributes: { POSITION: builder.accessor(values, options) } }]) });
    for (const piece of [undefined, 50])
      await readMesh(builder.toGlb(), piece === undefined ? {} : { piece });
    return (await readMesh(builder.toGlb(), { batchTriangles: 2 })).vertices;
  };

  it('may be quantized', async () => {
    const rows = [0, 1, -1, 100, -100, 7, 127, -127, -128];
    expect((await positions(rows, { componentType: BYTE })).flat()).toEqual(rows);
    expect((await positions(rows, { componentType: SHORT, stride: 8 })).flat()).toEqual(rows);
    const fractions = rows.map((value) => Math.max(value / 127, -1));
    expect((await positions(rows, { componentType: BYTE, normalized: true })).flat()).toEqual(fractions);
    const wide = [0, 65_535, 32_768, 1, 2, 3, 4, 5, 6];
    expect((await positions(wide, { componentType: USHORT })).flat()).toEqual(wide);
    expect((await positions(wide, { componentType: USHORT, normalized: true }))[0]).toEqual([
      0,
      1,
      32_768 / 65_535,
    ]);
  });

  it('may be sparse, over data or over zeros', async () => {
    const rows = Array.from({ length: 30_000 }, (_, k) => k);
    const indices = Array.from({ length: 3000 }, (_, k) => 3 * k + 1);
    const values = indices.flatMap((k) => [-k, 0, 0.5]);
    const sparse = { indices, values };
    const expected = Array.from({ length: 10_000 }, (_, k) => [3 * k, 3 * k + 1, 3 * k + 2]);
    for (const k of indices) expected[k] = [-k, 0, 0.5];
    const make = (options: object) => {
      const builder = new GltfBuilder();
      builder.node({ mesh: builder.mesh([{ attributes: { POSITION: builder.accessor(rows, options) } }]) });
      return builder.toGlb();
    };
    for (const batchTriangles of [7, 16_384]) {
      expect((await readMesh(make({ sparse }), { batchTriangles })).vertices).toEqual(expected);
    }
    const zeros = expected.map((row, k) => (k % 3 === 1 && k < 9000 ? row : [0, 0, 0]));
    expect((await readMesh(make({ sparse, count: 10_000 }))).vertices).toEqual(zeros);
    for (const wrong of [
      [1, 1],
      [2, 1],
      [1, 10_000],
    ]) {
      const { message } = await refuseMesh(make({ sparse: { indices: wrong, values: [0, 0, 0, 0, 0, 0] } }));
      expect(message).toContain(`a sparse row of accessors[0] replaces row ${wrong[1]}`);
    }
  });

  it('are float32 if nothing transforms them', async () => {
    const precision = async (builder: GltfBuilder) =>
      (await gltf.open(await openBytes(builder.toGlb()), OPTIONS)).precision;
    const plain = () => buildPrimitive({}, [0, 1, 2]);
    expect(await precision(plain())).toBe('float32');
    for (const [node, expected] of [
      [{ mesh: 0, scale: [1, 1, 1], rotation: [0, 0, 0, 1] }, 'float32'],
      [{ mesh: 0, translation: [0.5, 0, 0] }, 'float64'],
    ] as const) {
      const builder = plain();
      builder.nodes[0] = node;
      expect(await precision(builder)).toBe(expected);
    }
    const builder = plain();
    builder.accessors[0]!.componentType = USHORT;
    builder.accessors[0]!.normalized = true;
    expect(await precision(builder)).toBe('float64');
  });

  it('include colors and normals', async () => {
    const builder = new GltfBuilder();
    const attributes = {
      POSITION: builder.accessor([0, 0, 0, 1, 0, 0, 0, 1, 0]),
      NORMAL: builder.accessor([0, 0, 1, 0, 1, 0, 1, 0, 0]),
      COLOR_0: builder.accessor([255, 0, 51, 255, 0, 255, 0, 0, 0, 0, 255, 102], {
        type: 'VEC4',
        componentType: UBYTE,
        normalized: true,
      }),
    };
    builder.node({ mesh: builder.mesh([{ attributes }]), scale: [-2, 1, 1], translation: [3, 0, 0] });
    const mesh = await readMesh(builder.toGlb());
    expect(mesh.vertexColors).toEqual([
      [1, 0, 0.2, 1],
      [0, 1, 0, 0],
      [0, 0, 1, 0.4],
    ]);
    expect(mesh.vertexNormals.map((row) => row.map((value) => value + 0))).toEqual([
      [0, 0, 1],
      [0, 1, 0],
      [-1, 0, 0],
    ]);
    expect(mesh.triangles).toEqual([[3, 0, 0, 3, 1, 0, 1, 0, 0]]);
    const plain = builder.accessor([0.25, 0.5, 1, 0, 0, 0, 1, 1, 1]);
    builder.meshes[0]!.primitives = [{ attributes: { ...attributes, COLOR_0: plain } }];
    expect((await readMesh(builder.toGlb())).vertexColors[0]).toEqual([0.25, 0.5, 1, Number.NaN]);
  });
});

describe('buffers of glTF', () => {
  const tube = toIndexed([...makeTube(20, 10)]);
  const builder = buildMesh(tube.vertices, tube.faces);

  it('may be in the file, in its JSON, or beside it', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'data'));
    const expected = await readMesh(builder.toGlb());
    const { text, bin } = builder.toFiles('data/the%20buffer.bin');
    writeFileSync(join(folder, 'a.glb'), builder.toGlb());
    writeFileSync(join(folder, 'b.gltf'), `\ufeff ${builder.toText()}\n`);
    writeFileSync(join(folder, 'c.gltf'), text);
    writeFileSync(join(folder, 'd.gltf.gz'), gzipSync(text));
    writeFileSync(join(folder, 'data', 'the buffer.bin'), bin);
    const all = await Promise.all(
      ['a.glb', 'b.gltf', 'c.gltf', 'd.gltf.gz'].map((name) => readFile(join(folder, name))),
    );
    for (const items of all) {
      const faces = items.flatMap((item) =>
        item.kind === 'faces' ? [...item.corners.subarray(0, 3 * item.count)] : [],
      );
      expect(faces).toEqual(expected.faces.flat());
      const rows = items.flatMap((item) =>
        item.kind === 'vertices' ? [...item.positions.subarray(0, 3 * item.count)] : [],
      );
      expect(rows).toEqual(expected.vertices.flat());
      expect(items.slice(1).every((item) => 'places' in item && item.places.length > 0)).toBe(
        items === all[0] || items === all[1],
      );
    }
  });

  it('are refused elsewhere', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'secret'), Buffer.alloc(100_000));
    mkdirSync(join(folder, 'in'));
    const refusal = async (uri: string) => {
      const path = join(folder, 'in', 'a.gltf');
      writeFileSync(path, builder.toFiles(uri).text);
      return readFile(path).then(
        () => 'none',
        (error: Error) => error.message,
      );
    };
    expect(await refusal('../secret')).toContain('expected one in its own folder');
    expect(await refusal('%2e%2e/secret')).toContain('expected one in its own folder');
    expect(await refusal(join(folder, 'secret'))).toContain('expected one in its own folder');
    expect(await refusal('http://localhost/a.bin')).toContain('expected a file in the same folder');
    expect(await refusal('file:///etc/passwd')).toContain('expected a file in the same folder');
    expect(await refusal('none.bin')).toContain('which does not exist');
    writeFileSync(join(folder, 'in', 'short.bin'), 'abc');
    expect(await refusal('short.bin')).toContain('the file "short.bin" of buffers[0] has 3 bytes');
    const { message } = await refuseMesh(builder.toFiles('a.bin').text);
    expect(message).toContain('buffers[0] is in the file "a.bin", which is unknown here');
  });

  it('must be plain base64 if they are text', async () => {
    const text = builder.toText();
    const [, data] = /base64,([^"]*)/.exec(text)!;
    const change = (other: string) => refuseMesh(text.replace(data!, other));
    for (const other of [
      data!.replace('A', '\\u0041'),
      `${data!.slice(0, 8)}-${data!.slice(9)}`,
      `=${data}`,
    ]) {
      expect((await change(other)).message).toContain('is not plain base64');
    }
    expect((await change(data!.slice(0, 400))).message).toContain('buffers[0] has 300 bytes');
    expect((await refuseMesh(text.slice(0, -20))).code).toBe('FORMAT_TRUNCATED');
    expect((await refuseMesh(text.slice(0, 500))).code).toBe('FORMAT_TRUNCATED');
    // Other strings may have any data.
    const images = [{ uri: 'data:image/svg+xml,<svg x=\\"1\\"/>' }, { uri: 'data:' }, { uri: 'data:x' }];
    const mixed = text.replace('{', `{"images":${JSON.stringify(images)},"extras":"\\u0064ata:0\\\\",`);
    expect((await readMesh(mixed)).faces).toEqual(tube.faces);
  });
});

describe('damaged and hostile glTF', () => {
  const plain = buildChanged(() => undefined);

  it.each<[string, (builder: GltfBuilder) => void]>([
    [
      'nodes[0] is its own ancestor or has two parents',
      ({ nodes, extra }) => {
        nodes[0] = { children: [1], mesh: 0 };
        nodes[1] = { children: [0] };
        extra.scenes = [{ nodes: [0] }];
      },
    ],
    [
      'nodes[1] is its own ancestor or has two parents',
      ({ nodes, extra }) => {
        nodes[0] = { children: [1, 1] };
        nodes[1] = { mesh: 0 };
        extra.scenes = [{ nodes: [0] }];
      },
    ],
    [
      'nodes[7] is missing; expected one of 1',
      ({ extra }) => {
        extra.scenes = [{ nodes: [7] }];
      },
    ],
    [
      'nodes[0].matrix is not a list of numbers',
      ({ nodes }) => {
        nodes[0]!.matrix = [1, 2];
      },
    ],
    [
      'nodes[0].scale is not a list of numbers',
      ({ nodes }) => {
        nodes[0]!.scale = [1, null, 1];
      },
    ],
    [
      'nodes[0].mesh is -1',
      ({ nodes }) => {
        nodes[0]!.mesh = -1;
      },
    ],
    [
      'accessors[9] is missing',
      ({ meshes }) => {
        meshes[0]!.primitives = [{ attributes: { POSITION: 9 } }];
      },
    ],
    [
      'expected an object',
      ({ meshes }) => {
        meshes[0]!.primitives = [5];
      },
    ],
    [
      'accessors[0] takes',
      ({ accessors }) => {
        accessors[0]!.count = 4e9;
      },
    ],
    [
      'accessors[0].count is 1e+300',
      ({ accessors }) => {
        accessors[0]!.count = 1e300;
      },
    ],
    [
      'accessors[0] has no data',
      ({ accessors }) => {
        delete accessors[0]!.bufferView;
      },
    ],
    [
      'accessors[0] has rows 253 bytes apart',
      ({ bufferViews }) => {
        bufferViews[0]!.byteStride = 253;
      },
    ],
    [
      'accessors[0] has rows 4 bytes apart',
      ({ bufferViews }) => {
        bufferViews[0]!.byteStride = 4;
      },
    ],
    [
      'bufferViews[0] ends at byte',
      ({ bufferViews }) => {
        bufferViews[0]!.byteOffset = 1e6;
      },
    ],
    [
      'accessors[0] has the type VEC3 of 5125',
      ({ accessors }) => {
        accessors[0]!.componentType = UINT;
      },
    ],
    [
      'accessors[1] has the type SCALAR of 5126',
      ({ accessors }) => {
        accessors[1]!.componentType = FLOAT;
      },
    ],
    [
      'has the mode 7',
      ({ meshes }) => {
        (meshes[0]!.primitives as { mode: number }[])[0]!.mode = 7;
      },
    ],
    [
      'glTF of version "1.0"',
      ({ extra }) => {
        extra.asset = { version: '1.0' };
      },
    ],
    [
      'compressed with Draco (KHR_draco_mesh_compression)',
      ({ extra }) => {
        extra.extensionsRequired = ['KHR_draco_mesh_compression'];
      },
    ],
    [
      'compressed with meshopt (EXT_meshopt_compression)',
      ({ extra }) => {
        extra.extensionsRequired = ['KHR_mesh_quantization', 'EXT_meshopt_compression'];
      },
    ],
    [
      'compressed with Draco',
      ({ extra, accessors }) => {
        extra.extensionsUsed = ['KHR_draco_mesh_compression'];
        delete accessors[0]!.bufferView;
      },
    ],
    [
      'requires the extension "X\\u0007"',
      ({ extra }) => {
        extra.extensionsRequired = ['X\u0007'];
      },
    ],
    [
      'buffers[0] has 84 bytes',
      ({ extra }) => {
        extra.buffers = [{ byteLength: 1000 }];
      },
    ],
  ])('is refused: %s', async (expected, change) => {
    const error = await refuseMesh(buildChanged(change));
    expect(error.message.replaceAll('\\\\', '\\')).toContain(expected);
  });

  it('is refused if an index is no vertex, with its place', async () => {
    const builder = buildMesh(CORNERS, [
      [0, 1, 2],
      [1, 5, 2],
    ]);
    const bytes = builder.toGlb();
    const { message, place } = await refuseMesh(bytes);
    expect(message).toContain(
      'row 4 of accessors[1] refers to vertex 5; expected less than 5, the count of accessors[0]',
    );
    expect(bytes.readUInt32LE((place as { offset: number }).offset)).toBe(5);
    for (const mode of [5, 6]) {
      const strip = buildPrimitive({ mode }, mode === 5 ? [0, 1, 2, 9] : [9, 0, 1, 2]);
      expect((await refuseMesh(strip.toGlb())).message).toContain('refers to vertex 9');
    }
  });

  it('is refused if its scene shows too much', async () => {
    const nodes = 2000;
    const builder = buildMesh(CORNERS, [[0, 1, 2]]);
    builder.meshes[0]!.primitives = Array.from({ length: 6000 }, () => ({
      attributes: { POSITION: 0 },
      mode: 4,
    }));
    for (let k = 1; k < nodes; k++) builder.node({ mesh: 0 });
    const { message } = await refuseMesh(builder.toGlb());
    expect(message).toContain('expected at most 1,000,000,000,000 in 10,000,000');
    const zeros = new GltfBuilder();
    const sparse = { indices: [0], values: [1, 1, 1] };
    zeros.node({
      mesh: zeros.mesh([{ attributes: { POSITION: zeros.accessor([], { count: 1e13, sparse }) } }]),
    });
    expect((await refuseMesh(zeros.toGlb())).message).toContain('expected at most 1,000,000,000,000');
  });

  it('takes no more memory for JSON than it may', async () => {
    const bytes = packGlb(`{"asset":{"version":"2.0"},"extras":[${'{},'.repeat(400_000)}0]}`);
    await expect(
      (async () => gltf.open(await openBytes(bytes), { ...OPTIONS, heldBytes: 40e6 }))(),
    ).rejects.toThrow('the JSON takes more than 40.0 MB of memory');
    const deep = packGlb(`{"asset":{"version":"2.0"},"extras":${'['.repeat(300_000)}${']'.repeat(300_000)}}`);
    expect((await readMesh(deep)).triangles).toEqual([]);
  });

  it('is refused if it is truncated anywhere, and salvaged as far as it goes', async () => {
    const tube = toIndexed([...makeTube(8, 4)]);
    const whole = buildMesh(tube.vertices, tube.faces).toGlb();
    const { faces } = await readMesh(whole);
    for (let end = 12; end < whole.length; end += 37) {
      for (const isStream of [false, true]) {
        expect((await refuseMesh(whole.subarray(0, end), { isStream })).code, `${end}`).toBe(
          'FORMAT_TRUNCATED',
        );
      }
    }
    const indexBytes = 12 * faces.length;
    for (const lost of [1, 100, indexBytes - 1, indexBytes, indexBytes + 50]) {
      const rest = await readMesh(whole.subarray(0, whole.length - lost), {
        salvage: true,
        isStream: lost > 100,
      });
      expect(rest.faces).toEqual(faces.slice(0, Math.max(0, faces.length - Math.ceil(lost / 12))));
      expect(rest.warnings[0]![0]).toBe('salvaged');
    }
    const extra = await readMesh(Buffer.concat([whole, Buffer.from('more')]));
    expect(extra.warnings).toEqual([
      ['trailing-bytes', `byte ${whole.length}: bytes after the announced end are ignored`],
    ]);
  });

  it('leaves out vertices that are not finite if no face uses them', async () => {
    const make = (face: number[]) => buildMesh([...CORNERS, [0, Number.NaN, 0]], [face]).toGlb();
    const good = await readMesh(make([0, 1, 2]));
    expect(good.triangles).toHaveLength(1);
    expect(good.warnings[0]![1]).toContain('y of row 5 of accessors[0] is NaN');
    expect((await refuseMesh(make([0, 1, 5]))).message).toContain('y of row 5 of accessors[0] is NaN');
    expect((await readMesh(make([0, 1, 5]), { salvage: true })).triangles).toEqual([]);
  });

  it('is refused if its chunks are wrong', async () => {
    const change = (at: number, value: number) => {
      const bytes = Buffer.from(plain);
      bytes.writeUInt32LE(value, at);
      return refuseMesh(bytes);
    };
    expect((await change(4, 1)).message).toContain('binary glTF of version 1');
    expect((await change(12, 2 ** 32 - 1)).message).toContain('a JSON chunk that ends at byte 4294967315');
    expect((await change(16, 7)).message).toContain('the first chunk is not JSON');
    expect((await change(20, 7)).message).toContain('the JSON is not valid');
    const bin = 20 + plain.readUInt32LE(12);
    expect((await change(bin, 1e9)).message).toContain('a binary chunk that ends at byte');
    expect((await change(bin + 4, 1)).message).toContain('buffers[0] has no data');
  });
});
