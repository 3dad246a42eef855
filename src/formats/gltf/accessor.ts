/** Resolves accessors: where their rows of numbers are, checked against their buffer views and buffers. */
import { formatCount } from '../../wording.js';
import type { GltfDocument } from './document.js';
import type { SparseJson } from './schema.js';

/** Bytes of a component by its type. */
const WIDTHS: Readonly<Record<number, number>> = { 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 };
const COMPONENTS: Readonly<Record<string, number>> = { SCALAR: 1, VEC3: 3, VEC4: 4 };
/** The type of 32-bit floats. */
export const FLOAT = 5126;
const UNSIGNED = [5121, 5123, 5125];

/** The uses of an accessor, with the types of components that each may have. */
const USES = {
  POSITION: { components: [3], types: [5120, 5121, 5122, 5123, FLOAT] },
  NORMAL: { components: [3], types: [5120, 5122, FLOAT] },
  COLOR_0: { components: [3, 4], types: [5121, 5123, FLOAT] },
  indices: { components: [1], types: UNSIGNED },
} as const;

/** The longest distance between two rows, in bytes. */
const STRIDE_MAX = 252;

/** Rows of numbers in a buffer. */
export interface Rows {
  readonly buffer: number;
  /** Of the first row, in bytes of the buffer. */
  readonly offset: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly rowBytes: number;
  readonly count: number;
  readonly components: number;
  /** The type of component as glTF numbers it. */
  readonly type: number;
  /** Whether integers stand for fractions from 0 or -1 to 1. */
  readonly normalized: boolean;
}

/** Rows that replace some others. */
export interface Sparse {
  /** The numbers of the replaced rows, ascending. */
  readonly indices: Rows;
  readonly values: Rows;
}

export interface Accessor {
  readonly id: number;
  readonly count: number;
  readonly components: number;
  /** Undefined if all rows are 0 but sparse ones. */
  readonly base: Rows | undefined;
  readonly sparse: Sparse | undefined;
  /** Whether all its values are exact in 32-bit floats. */
  readonly isFloat32: boolean;
}

/** Resolves accessor `id`. Throws FormatError. */
export function resolveAccessor(document: GltfDocument, id: number, use: keyof typeof USES): Accessor {
  const what = `accessors[${id}]`;
  const json = document.accessor(id);
  const { components: allowed, types } = USES[use];
  const components = COMPONENTS[String(json.type)] ?? 0;
  const type = document.whole(json.componentType, `${what}.componentType`);
  const isAllowed =
    (allowed as readonly number[]).includes(components) && (types as readonly number[]).includes(type);
  if (!isAllowed) {
    const found = `${what} has the type ${String(json.type)} of ${type}`;
    throw document.bad(
      `${found}, but is used as ${use}`,
      `${allowed.join(' or ')} numbers of ${types.join(', ')}`,
    );
  }
  const count = document.whole(json.count, `${what}.count`);
  const normalized = json.normalized === true && type !== FLOAT;
  const shape = { count, components, type, normalized };
  const base =
    json.bufferView === undefined
      ? undefined
      : resolveRows(document, what, json.bufferView, json.byteOffset, shape);
  if (base === undefined && json.sparse === undefined && count > 0) {
    throw document.refuseMissing(`${what} has no data`, 'a buffer view');
  }
  const sparse = json.sparse === undefined ? undefined : resolveSparse(document, what, json.sparse, shape);
  return { id, count, components, base, sparse, isFloat32: !normalized };
}

type Shape = Pick<Rows, 'count' | 'components' | 'type' | 'normalized'>;

function resolveSparse(document: GltfDocument, what: string, json: unknown, shape: Shape): Sparse {
  const sparse = document.object<SparseJson>(json, `${what}.sparse`);
  const count = document.whole(sparse.count, `${what}.sparse.count`);
  if (count > shape.count) throw document.bad(`${what} has ${count} sparse rows`, `at most ${shape.count}`);
  const rowsOf = (key: 'indices' | 'values', its: (type: unknown) => Shape): Rows => {
    const name = `${what}.sparse.${key}`;
    const { bufferView, byteOffset, componentType } = document.object<{
      bufferView?: unknown;
      byteOffset?: unknown;
      componentType?: unknown;
    }>(sparse[key], name);
    return resolveRows(document, name, bufferView, byteOffset, its(componentType));
  };
  const indices = rowsOf('indices', (value) => {
    const type = document.whole(value, `${what}.sparse.indices.componentType`);
    if (!UNSIGNED.includes(type))
      throw document.bad(`${what}.sparse.indices of type ${type}`, UNSIGNED.join(', '));
    return { count, components: 1, type, normalized: false };
  });
  return { indices, values: rowsOf('values', () => ({ ...shape, count })) };
}

function resolveRows(
  document: GltfDocument,
  what: string,
  bufferView: unknown,
  byteOffset: unknown,
  { count, components, type, normalized }: Shape,
): Rows {
  const id = document.whole(bufferView, `${what}.bufferView`);
  const view = document.view(id);
  const buffer = document.whole(view.buffer, `bufferViews[${id}].buffer`);
  const rowBytes = WIDTHS[type]! * components;
  const stride =
    view.byteStride === undefined
      ? rowBytes
      : document.whole(view.byteStride, `bufferViews[${id}].byteStride`);
  if (stride < rowBytes || stride > STRIDE_MAX) {
    throw document.bad(`${what} has rows ${stride} bytes apart`, `${rowBytes} to ${STRIDE_MAX}`);
  }
  const inView = document.whole(byteOffset ?? 0, `${what}.byteOffset`);
  const viewOffset = document.whole(view.byteOffset ?? 0, `bufferViews[${id}].byteOffset`);
  const viewBytes = document.whole(view.byteLength, `bufferViews[${id}].byteLength`);
  const bufferBytes = document.whole(document.buffer(buffer).byteLength, `buffers[${buffer}].byteLength`);
  const needed = count === 0 ? 0 : inView + (count - 1) * stride + rowBytes;
  if (needed > viewBytes) {
    throw document.bad(
      `${what} takes ${formatCount(needed)} bytes of bufferViews[${id}]`,
      `at most ${formatCount(viewBytes)}, its length`,
    );
  }
  if (viewOffset + viewBytes > bufferBytes) {
    throw document.bad(
      `bufferViews[${id}] ends at byte ${viewOffset + viewBytes} of buffers[${buffer}]`,
      `at most ${formatCount(bufferBytes)}, its length`,
    );
  }
  return { buffer, offset: viewOffset + inView, stride, rowBytes, count, components, type, normalized };
}
