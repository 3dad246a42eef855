/** Reads the JSON of a glTF file with checks: nothing in it is trusted, and no count is allocated from. */
import { FormatError } from '../../errors.js';
import { escapeControls } from '../../wording.js';
import type {
  AccessorJson,
  BufferJson,
  MeshJson,
  NodeJson,
  PrimitiveJson,
  RootJson,
  ViewJson,
} from './schema.js';

/** Extensions that change nothing that is read here, or that are read. */
const KNOWN =
  /^(KHR_(mesh_quantization|materials_\w+|texture_\w+|lights_punctual|xmp\w*|animation_pointer)|EXT_(texture|lights)_\w+|MSFT_texture_\w+)$/;
/** Compressed meshes, and how to obtain uncompressed ones. */
const COMPRESSION = /^(KHR|EXT)_(draco_mesh|meshopt)_compression$/;

export class GltfDocument {
  private readonly root: RootJson;
  /** The used extensions that compress meshes. */
  private readonly compression: string | undefined;

  /** `offset` is where the JSON begins in the source. Throws FormatError for another version or an unknown extension. */
  constructor(
    json: unknown,
    readonly offset: number,
  ) {
    this.root = this.object<RootJson>(json, 'the JSON');
    const { version } = this.object<{ version?: unknown }>(this.root.asset, 'asset');
    if (!/^2\.\d+$/.test(String(version))) {
      throw this.bad(`glTF of version ${show(version)}`, 'version 2.0', 'convert it to glTF 2.0');
    }
    const used = this.list(this.root.extensionsUsed, 'extensionsUsed').map(String);
    this.compression = used.find((name) => COMPRESSION.test(name));
    for (const name of this.list(this.root.extensionsRequired, 'extensionsRequired').map(String)) {
      if (COMPRESSION.test(name)) throw this.refuseCompression(name);
      if (!KNOWN.test(name)) {
        throw this.bad(
          `requires the extension ${show(name)}, which is not read`,
          'plain glTF 2.0',
          'export it again without that extension',
        );
      }
    }
  }

  get nodes(): readonly NodeJson[] {
    return this.list(this.root.nodes, 'nodes') as readonly NodeJson[];
  }

  get hasMaterials(): boolean {
    return this.list(this.root.materials, 'materials').length > 0;
  }

  node(id: number): NodeJson {
    return this.entry<NodeJson>(this.root.nodes, 'nodes', id);
  }

  mesh(id: number): MeshJson {
    return this.entry<MeshJson>(this.root.meshes, 'meshes', id);
  }

  primitives(mesh: number): readonly PrimitiveJson[] {
    const what = `meshes[${mesh}].primitives`;
    return this.list(this.mesh(mesh).primitives, what).map((value) =>
      this.object<PrimitiveJson>(value, what),
    );
  }

  accessor(id: number): AccessorJson {
    return this.entry<AccessorJson>(this.root.accessors, 'accessors', id);
  }

  view(id: number): ViewJson {
    return this.entry<ViewJson>(this.root.bufferViews, 'bufferViews', id);
  }

  buffer(id: number): BufferJson {
    return this.entry<BufferJson>(this.root.buffers, 'buffers', id);
  }

  /** Returns the name of a material, '' if it has none. */
  materialName(id: number): string {
    return nameOf(this.entry<{ name?: unknown }>(this.root.materials, 'materials', id).name);
  }

  /** Returns the roots of the default scene or the first one, or all nodes without a parent if there is no scene. */
  roots(): number[] {
    if (this.root.scenes !== undefined) {
      const id = this.whole(this.root.scene ?? 0, 'scene');
      return this.children(
        this.entry<{ nodes?: unknown }>(this.root.scenes, 'scenes', id).nodes,
        'the scene',
      );
    }
    const { nodes } = this;
    const children = new Set(nodes.flatMap((_, id) => this.children(this.node(id).children, `nodes[${id}]`)));
    return [...nodes.keys()].filter((id) => !children.has(id));
  }

  /** Returns a list of node numbers. */
  children(value: unknown, of: string): number[] {
    return this.list(value, `the nodes of ${of}`).map((id) => this.whole(id, `a node of ${of}`));
  }

  /** Checks that a value is a whole number of at least 0. */
  whole(value: unknown, what: string): number {
    if (!Number.isSafeInteger(value) || (value as number) < 0) {
      throw this.bad(`${what} is ${show(value)}`, 'a whole number');
    }
    return value as number;
  }

  list(value: unknown, what: string): readonly unknown[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.bad(`${what} is ${show(value)}`, 'a list');
    return value;
  }

  object<T extends object>(value: unknown, what: string): T {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.bad(`${what} is ${value === undefined ? 'missing' : show(value)}`, 'an object');
    }
    return value as T;
  }

  /** Creates the error for something in the JSON. */
  bad(found: string, expected: string, hint?: string): FormatError {
    return new FormatError(`${found}; expected ${expected}`, { place: { offset: this.offset }, hint });
  }

  /** Creates the error for data that is missing, which compression may explain. */
  refuseMissing(found: string, expected: string): FormatError {
    return this.compression === undefined
      ? this.bad(found, expected)
      : this.refuseCompression(this.compression);
  }

  refuseCompression(name: string): FormatError {
    const kind = /draco/.test(name) ? 'Draco' : 'meshopt';
    return this.bad(
      `the mesh is compressed with ${kind} (${name})`,
      'uncompressed glTF',
      `export it again without ${kind} compression`,
    );
  }

  private entry<T extends object>(list: unknown, key: string, id: number): T {
    const entries = this.list(list, key);
    if (id >= entries.length)
      throw this.bad(`${key}[${id}] is missing`, `one of ${entries.length} in '${key}'`);
    return this.object<T>(entries[id], `${key}[${id}]`);
  }
}

/** Returns a name without blanks around it, '' if it is not text. */
export function nameOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** Shows a value in a message. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return escapeControls(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
