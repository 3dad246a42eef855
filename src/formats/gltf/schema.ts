/** The properties of glTF JSON that are read, none of which has been checked. Types only. */

export interface RootJson {
  readonly asset?: unknown;
  readonly extensionsUsed?: unknown;
  readonly extensionsRequired?: unknown;
  readonly scene?: unknown;
  readonly scenes?: unknown;
  readonly nodes?: unknown;
  readonly meshes?: unknown;
  readonly materials?: unknown;
  readonly accessors?: unknown;
  readonly bufferViews?: unknown;
  readonly buffers?: unknown;
}

export interface NodeJson {
  readonly name?: unknown;
  readonly mesh?: unknown;
  readonly skin?: unknown;
  readonly children?: unknown;
  readonly matrix?: unknown;
  readonly translation?: unknown;
  readonly rotation?: unknown;
  readonly scale?: unknown;
  readonly weights?: unknown;
  readonly extensions?: unknown;
}

export interface MeshJson {
  readonly name?: unknown;
  readonly primitives?: unknown;
  readonly weights?: unknown;
}

export interface PrimitiveJson {
  readonly attributes?: unknown;
  readonly indices?: unknown;
  readonly mode?: unknown;
  readonly material?: unknown;
}

export interface AttributesJson {
  readonly POSITION?: unknown;
  readonly NORMAL?: unknown;
  readonly COLOR_0?: unknown;
}

export interface AccessorJson {
  readonly bufferView?: unknown;
  readonly byteOffset?: unknown;
  readonly componentType?: unknown;
  readonly normalized?: unknown;
  readonly count?: unknown;
  readonly type?: unknown;
  readonly sparse?: unknown;
}

export interface SparseJson {
  readonly count?: unknown;
  readonly indices?: unknown;
  readonly values?: unknown;
}

export interface ViewJson {
  readonly buffer?: unknown;
  readonly byteOffset?: unknown;
  readonly byteLength?: unknown;
  readonly byteStride?: unknown;
}

export interface BufferJson {
  readonly uri?: unknown;
  readonly byteLength?: unknown;
}
