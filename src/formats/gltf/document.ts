/** Reads the JSON of a glTF file with checks: nothing in it is trusted, and no count is allocated from. */
import { FormatError } from '../../errors.js';
import { compose, IDENTITY, type Matrix, multiply } from './matrix.js';

type Json = Readonly<Record<string, unknown>>;

/** Bytes of a component by its type. */
const WIDTHS: Readonly<Record<number, number>> = { 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 };
const COMPONENTS: Readonly<Record<string, number>> = { SCALAR: 1, VEC3: 3, VEC4: 4 };
/** Extensions that change nothing that is read here, or that are read. */
const KNOWN = /^KHR_(mesh_quantization|materials_\w+|texture_\w+|lights_punctual)$/;

/** Rows of numbers in the binary chunk, checked against its buffer view. */
export interface Accessor {
  readonly id: number;
  readonly type: number;
  readonly width: number;
  readonly components: number;
  readonly normalized: boolean;
  readonly count: number;
  /** In bytes of the source. */
  readonly offset: number;
  readonly stride: number;
}

/** A mesh at a node. */
export interface MeshInstance {
  readonly mesh: number;
  readonly matrix: Matrix;
  readonly name: string;
}

export class GltfDocument {
  private readonly root: Json;

  /** `binOffset` is where the binary chunk begins in the source. */
  constructor(
    json: unknown,
    private readonly binOffset: number,
  ) {
    this.root = asObject(json, 'the JSON');
    for (const name of this.list(this.root['extensionsRequired'], 'extensionsRequired')) {
      if (KNOWN.test(String(name))) continue;
      throw new FormatError(`requires the extension '${String(name)}'; expected uncompressed glTF 2.0`, {
        hint: 'export it again without that extension',
      });
    }
  }

  primitives(mesh: number): readonly Json[] {
    const { primitives } = this.entry('meshes', mesh);
    return this.list(primitives, `meshes[${mesh}].primitives`).map((value) => asObject(value, 'a primitive'));
  }

  accessor(id: unknown): Accessor {
    const number = asWhole(id, 'an accessor');
    const what = `accessors[${number}]`;
    const json = this.entry('accessors', number);
    if (json['sparse'] !== undefined) throw bad(`${what} is sparse`, 'an accessor without `sparse`');
    const type = asWhole(json['componentType'], `${what}.componentType`);
    const width = WIDTHS[type];
    const components = COMPONENTS[String(json['type'])];
    if (width === undefined || components === undefined)
      throw bad(`${what} of an unsupported type`, 'numbers');
    const count = asWhole(json['count'], `${what}.count`);
    if (json['bufferView'] === undefined) throw bad(`${what} without a buffer view`, 'one');
    const view = this.entry('bufferViews', asWhole(json['bufferView'], `${what}.bufferView`));
    const buffer = asWhole(view['buffer'], 'buffer');
    if (buffer !== 0 || this.entry('buffers', 0)['uri'] !== undefined) {
      throw bad(`${what} is in another file`, 'the binary chunk of this one');
    }
    const rowBytes = width * components;
    const stride = view['byteStride'] === undefined ? rowBytes : asWhole(view['byteStride'], 'byteStride');
    if (stride < rowBytes || stride > 252) throw bad(`a stride of ${stride} bytes`, `${rowBytes} to 252`);
    const inView = asWhole(json['byteOffset'] ?? 0, `${what}.byteOffset`);
    const viewOffset = asWhole(view['byteOffset'] ?? 0, 'byteOffset');
    const viewBytes = asWhole(view['byteLength'], 'byteLength');
    const bufferBytes = asWhole(this.entry('buffers', 0)['byteLength'], 'byteLength');
    const needed = count === 0 ? 0 : inView + (count - 1) * stride + rowBytes;
    if (needed > viewBytes || viewOffset + viewBytes > bufferBytes) {
      throw bad(`${what} goes beyond its buffer view`, `at most ${viewBytes} bytes`);
    }
    const normalized = json['normalized'] === true;
    const offset = this.binOffset + viewOffset + inView;
    return { id: number, type, width, components, normalized, count, offset, stride };
  }

  /** Yields the meshes of the default scene, or of all nodes without a parent if there is no scene. */
  *instances(): Generator<MeshInstance> {
    const nodes = this.list(this.root['nodes'], 'nodes').map((value) => asObject(value, 'a node'));
    const stack = this.roots(nodes)
      .reverse()
      .map((id) => ({ id, above: IDENTITY }));
    const seen = new Set<number>();
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { id } = next;
      const node = nodes[id];
      if (node === undefined) throw bad(`node ${id}`, `one of ${nodes.length} nodes`);
      if (seen.has(id)) throw bad(`node ${id} is in a cycle or has two parents`, 'a tree of nodes');
      seen.add(id);
      const matrix = multiply(next.above, this.transform(node, id));
      if (node['mesh'] !== undefined) {
        const mesh = asWhole(node['mesh'], `nodes[${id}].mesh`);
        const name = node['name'] ?? this.entry('meshes', mesh)['name'] ?? '';
        yield { mesh, matrix, name: String(name).trim() };
      }
      const children = this.list(node['children'], 'children').map((child) => asWhole(child, 'a child'));
      for (const child of children.reverse()) stack.push({ id: child, above: matrix });
    }
  }

  private roots(nodes: readonly Json[]): number[] {
    if (this.root['scenes'] !== undefined) {
      const scene = this.entry('scenes', asWhole(this.root['scene'] ?? 0, 'scene'));
      return this.list(scene['nodes'], 'nodes').map((id) => asWhole(id, 'a node'));
    }
    const children = new Set(nodes.flatMap((node) => this.list(node['children'], 'children')));
    return [...nodes.keys()].filter((id) => !children.has(id));
  }

  private transform(node: Json, id: number): Matrix {
    const numbers = (key: string, size: number, otherwise: readonly number[]): number[] => {
      const values = node[key] === undefined ? otherwise : this.list(node[key], key);
      const isGood = values.length === size && values.every((value) => Number.isFinite(value));
      if (!isGood) throw bad(`nodes[${id}].${key} is no list of ${size} numbers`, `${size} numbers`);
      return values as number[];
    };
    if (node['matrix'] !== undefined) return numbers('matrix', 16, IDENTITY);
    return compose(
      numbers('translation', 3, [0, 0, 0]),
      numbers('rotation', 4, [0, 0, 0, 1]) as [number, number, number, number],
      numbers('scale', 3, [1, 1, 1]) as [number, number, number],
    );
  }

  private entry(key: string, at: number): Json {
    return asObject(this.list(this.root[key], key)[at], `${key}[${at}]`);
  }

  private list(value: unknown, what: string): readonly unknown[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw bad(`${what} is not a list`, 'a list');
    return value;
  }
}

function asObject(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null) throw bad(`${what} is missing`, 'an object');
  return value as Json;
}

function asWhole(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw bad(`${what} is not a count`, 'a whole number');
  return value as number;
}

function bad(found: string, expected: string): FormatError {
  return new FormatError(`${found}; expected ${expected}`, { place: { offset: 20 } });
}
