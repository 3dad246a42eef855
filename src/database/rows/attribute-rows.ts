/**
 * Attributes of vertices and triangles, read from the leaf pages of their tables: colors, normals, and the words of binary
 * STL. A row may have none.
 */
import type { RowSource } from '../../collections/row-cache.js';
import type { AttributeDecoder } from '../../mesh.js';
import { type LeafDecoder, ROW_KINDS } from '../pages/leaf-decoder.js';
import type { TableReader } from '../pages/table-reader.js';
import { findLeaf, type TableLeaves } from './table-leaves.js';

/** A table of attributes: what it holds, and its leaves. Plain data and shared memory, to pass to threads. */
export interface AttributeTable {
  readonly kind: 'colors' | 'normals' | 'words';
  readonly leaves: TableLeaves;
}

/** Reads attributes by id; NaN for a row without one. Ascending ids read each page once. */
export class PagedAttributes implements RowSource {
  readonly width: number;
  readonly count: number;
  private readonly leaves: TableLeaves;
  private readonly decoder: LeafDecoder;
  private readonly page: Uint8Array;
  /** The index of the leaf that is decoded, and the first of its rows not before the last request. */
  private leaf = -1;
  private row = 0;

  constructor(
    private readonly tableReader: TableReader,
    { kind, leaves }: AttributeTable,
  ) {
    this.leaves = leaves;
    this.width = ROW_KINDS[kind].width;
    this.count = leaves.count;
    this.decoder = tableReader.decoder(ROW_KINDS[kind]);
    this.page = new Uint8Array(tableReader.pageBytes);
  }

  load(first: number, count: number, target: Float64Array): void {
    const { width, leaves, decoder } = this;
    const end = first + count;
    target.fill(Number.NaN, 0, width * count);
    for (let leaf = this.find(first); leaf < leaves.pages.length; leaf++) {
      this.open(leaf);
      const { ids, values } = decoder;
      let row = this.row > 0 && ids[this.row - 1]! < first ? this.row : 0;
      while (row < decoder.count && ids[row]! < first) row++;
      for (; row < decoder.count && ids[row]! < end; row++) {
        const from = width * row;
        const to = width * (ids[row]! - first);
        for (let d = 0; d < width; d++) target[to + d] = values[from + d]!;
      }
      this.row = row;
      if (leaves.lastIds[leaf]! >= end - 1) return;
    }
  }

  /** Returns the first leaf that may have a row not before `id`; mostly the one that is open. */
  private find(id: number): number {
    const { leaf } = this;
    const { lastIds } = this.leaves;
    if (leaf >= 0 && id <= lastIds[leaf]! && (leaf === 0 || id > lastIds[leaf - 1]!)) return leaf;
    return findLeaf(this.leaves, id);
  }

  /** Decodes a leaf, unless it is the last one decoded. */
  private open(leaf: number): void {
    if (leaf === this.leaf) return;
    const { decoder, page } = this;
    const number = this.leaves.pages[leaf]!;
    this.leaf = -1;
    this.row = 0;
    this.tableReader.readPage(number, page);
    decoder.count = 0;
    decoder.expectAny();
    decoder.decode(number, page);
    this.leaf = leaf;
  }
}

/** Finds the attributes of batches of rows. */
export class AttributeColumn {
  private values = new Float64Array(0);

  constructor(private readonly source: RowSource) {}

  /** Returns the attributes of `count` rows, whose ids ascend; NaN for none. Valid until the next call. */
  find(ids: Float64Array, count: number): Float64Array {
    const { source } = this;
    const { width } = source;
    if (this.values.length < width * count) this.values = new Float64Array(width * count);
    const { values } = this;
    for (let k = 0; k < count; ) {
      let end = k + 1;
      while (end < count && ids[end] === ids[end - 1]! + 1) end++;
      source.load(ids[k]!, end - k, values.subarray(width * k, width * end));
      k = end;
    }
    return values;
  }
}

/** Finds the colors of triangles, some of which may be attribute words. */
export class TriangleColorColumn {
  private readonly column: AttributeColumn;
  private readonly isWord: boolean;
  private colors = new Float64Array(0);

  constructor(
    source: RowSource,
    private readonly decode: AttributeDecoder,
  ) {
    this.column = new AttributeColumn(source);
    this.isWord = source.width === 1;
  }

  /** Returns colors like {@link AttributeColumn.find}. */
  find(ids: Float64Array, count: number): Float64Array {
    const found = this.column.find(ids, count);
    if (!this.isWord) return found;
    if (this.colors.length < 4 * count) this.colors = new Float64Array(4 * count);
    const { colors } = this;
    for (let k = 0; k < count; k++) this.decode(found[k]! || 0, colors, 4 * k, ids[k]!);
    return colors;
  }
}

/** Finds the attribute words of triangles. */
export class WordColumn {
  private readonly column: AttributeColumn;

  constructor(source: RowSource) {
    this.column = new AttributeColumn(source);
  }

  /** Returns the words of `count` triangles, whose ids ascend; 0 for those without one. */
  find(ids: Float64Array, count: number): Uint16Array {
    // A conversion to 16 bits turns NaN into 0.
    return Uint16Array.from(this.column.find(ids, count).subarray(0, count));
  }
}
