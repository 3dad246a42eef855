/** Writes glTF files in tests: binary, or JSON with base64 or with a file beside it. */

export const BYTE = 5120;
export const UBYTE = 5121;
export const SHORT = 5122;
export const USHORT = 5123;
export const UINT = 5125;
export const FLOAT = 5126;

const WIDTHS: Readonly<Record<number, number>> = {
  [BYTE]: 1,
  [UBYTE]: 1,
  [SHORT]: 2,
  [USHORT]: 2,
  [UINT]: 4,
  [FLOAT]: 4,
};
const COMPONENTS: Readonly<Record<string, number>> = { SCALAR: 1, VEC3: 3, VEC4: 4 };

type Json = Record<string, unknown>;

export interface AccessorCase {
  readonly type?: 'SCALAR' | 'VEC3' | 'VEC4';
  readonly componentType?: number;
  readonly normalized?: boolean;
  /** Bytes from row to row. */
  readonly stride?: number;
  readonly sparse?: { readonly indices: readonly number[]; readonly values: readonly number[] };
  /** Leave out the buffer view, so that all rows are 0 but sparse ones; `count` rows. */
  readonly count?: number;
}

/** Collects the parts of a file; its JSON may be changed before it is written. */
export class GltfBuilder {
  readonly accessors: Json[] = [];
  readonly bufferViews: Json[] = [];
  readonly meshes: Json[] = [];
  readonly nodes: Json[] = [];
  /** Other properties of the JSON. */
  readonly extra: Json = {};
  private bin = Buffer.alloc(0);

  /** Adds numbers as an accessor; returns its number. */
  accessor(values: readonly number[], options: AccessorCase = {}): number {
    const { type = 'VEC3', componentType = FLOAT, normalized, stride, sparse, count } = options;
    const components = COMPONENTS[type]!;
    const accessor: Json = { componentType, type, count: count ?? values.length / components };
    if (count === undefined)
      accessor.bufferView = this.view(encode(values, componentType, components, stride), stride);
    if (normalized) accessor.normalized = true;
    if (sparse !== undefined) {
      accessor.sparse = {
        count: sparse.indices.length,
        indices: { bufferView: this.view(encode(sparse.indices, UINT, 1)), componentType: UINT },
        values: { bufferView: this.view(encode(sparse.values, componentType, components)) },
      };
    }
    return this.accessors.push(accessor) - 1;
  }

  view(bytes: Buffer, byteStride?: number): number {
    const byteOffset = Math.ceil(this.bin.length / 4) * 4;
    this.bin = Buffer.concat([this.bin, Buffer.alloc(byteOffset - this.bin.length), bytes]);
    const view: Json = { buffer: 0, byteOffset, byteLength: bytes.length };
    if (byteStride !== undefined) view.byteStride = byteStride;
    return this.bufferViews.push(view) - 1;
  }

  indices(values: readonly number[], componentType = UINT): number {
    return this.accessor(values, { type: 'SCALAR', componentType });
  }

  mesh(primitives: readonly Json[], extra: Json = {}): number {
    return this.meshes.push({ primitives, ...extra }) - 1;
  }

  node(json: Json): number {
    return this.nodes.push(json) - 1;
  }

  /** Returns the file as GLB. */
  toGlb(): Buffer {
    return packGlb(JSON.stringify(this.json({ byteLength: this.bin.length })), this.bin);
  }

  /** Returns JSON with base64. */
  toText(): string {
    const uri = `data:application/octet-stream;base64,${this.bin.toString('base64')}`;
    return JSON.stringify(this.json({ byteLength: this.bin.length, uri }));
  }

  /** Returns JSON that refers to a file, and the content of the file. */
  toFiles(uri: string): { readonly text: string; readonly bin: Buffer } {
    return { text: JSON.stringify(this.json({ byteLength: this.bin.length, uri })), bin: this.bin };
  }

  private json(buffer: Json): Json {
    const { accessors, bufferViews, meshes, nodes, extra } = this;
    const asset = { version: '2.0' };
    return { asset, buffers: [buffer], bufferViews, accessors, meshes, nodes, ...extra };
  }
}

/** Packs JSON and data as GLB. */
export function packGlb(text: string, bin?: Buffer): Buffer {
  const json = pad(Buffer.from(text), 0x20);
  const chunks = [chunk(0x4e4f534a, json), ...(bin === undefined ? [] : [chunk(0x004e4942, pad(bin, 0))])];
  const header = Buffer.alloc(12);
  header.write('glTF');
  header.writeUInt32LE(2, 4);
  header.writeUInt32LE(12 + chunks.reduce((sum, { length }) => sum + length, 0), 8);
  return Buffer.concat([header, ...chunks]);
}

/** Returns indexed triangles as GLB. */
export function toGlb(
  vertices: readonly (readonly number[])[],
  faces: readonly (readonly number[])[],
): Buffer {
  return buildMesh(vertices, faces).toGlb();
}

/** Builds a scene of one node with one mesh. */
export function buildMesh(
  vertices: readonly (readonly number[])[],
  faces: readonly (readonly number[])[],
): GltfBuilder {
  const builder = new GltfBuilder();
  const attributes = { POSITION: builder.accessor(vertices.flat()) };
  builder.node({ mesh: builder.mesh([{ attributes, indices: builder.indices(faces.flat()) }]) });
  return builder;
}

function chunk(type: number, data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(data.length, 0);
  header.writeUInt32LE(type, 4);
  return Buffer.concat([header, data]);
}

function pad(bytes: Buffer, fill: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3, fill)]);
}

function encode(values: readonly number[], type: number, components: number, stride?: number): Buffer {
  const width = WIDTHS[type]!;
  const step = stride ?? width * components;
  const rows = values.length / components;
  const bytes = Buffer.alloc(rows === 0 ? 0 : (rows - 1) * step + width * components);
  for (const [k, value] of values.entries()) {
    const at = Math.floor(k / components) * step + (k % components) * width;
    if (type === FLOAT) bytes.writeFloatLE(value, at);
    else if (type === BYTE || type === SHORT) bytes.writeIntLE(value, at, width);
    else bytes.writeUIntLE(value, at, width);
  }
  return bytes;
}
