/**
 * Writes the entries of an index as finished b-tree pages, in ascending order, at the end of the file. An entry is a cell
 * of a leaf: the size of its record as a varint, and the record, which must fit into a page.
 *
 * After sqlite.org/fileformat2.html, section 1.6: an interior page has an entry between each two of its children, which
 * is in no leaf. When a page is full, its last entry moves up, so no page stays empty.
 */
import { INDEX_INTERIOR, INDEX_LEAF, INTERIOR_HEADER, LEAF_HEADER, RIGHT_CHILD } from './page-format.js';
import { type PageAppender, sealPage } from './page-tree.js';

/** Bytes of the page number before the entry of an interior page. */
const CHILD_BYTES = 4;

export class IndexWriter {
  private readonly leaves: Level;

  /** Made by `TableLoad.index`. */
  constructor(pages: PageAppender) {
    this.leaves = new Level(pages, true);
  }

  /** Appends the entry of `size` bytes at `from`, which must be greater than all before. */
  add(bytes: Uint8Array, from: number, size: number): void {
    this.leaves.add(bytes, from, size, 0);
  }

  /** Places unfinished pages, and returns the page at the top of the tree, which becomes the root. */
  finish(): Uint8Array {
    return this.leaves.finish(0);
  }
}

/** The right edge of one level. */
class Level {
  private readonly page: Uint8Array;
  private readonly view: DataView;
  private readonly header: number;
  private readonly extra: number;
  private cells = 0;
  private content: number;
  private lastBytes = 0;
  private parent: Level | undefined;

  constructor(
    private readonly pages: PageAppender,
    private readonly isLeaf: boolean,
  ) {
    this.page = new Uint8Array(pages.pageBytes);
    this.view = new DataView(this.page.buffer);
    this.header = isLeaf ? LEAF_HEADER : INTERIOR_HEADER;
    this.extra = isLeaf ? 0 : CHILD_BYTES;
    this.content = pages.pageBytes;
  }

  /** Appends an entry, and before it, in an interior page, the child with the entries below. */
  add(bytes: Uint8Array, from: number, size: number, child: number): void {
    const { page, view, header, extra } = this;
    if (this.content - size - extra < header + 2 * this.cells + 2) this.place();
    const at = this.content - size - extra;
    view.setUint16(header + 2 * this.cells, at);
    if (extra > 0) view.setUint32(at, child);
    // Faster than set() for a few bytes.
    for (let k = 0, to = at + extra; k < size; k++) page[to++] = bytes[from + k]!;
    this.content = at;
    this.lastBytes = size;
    this.cells++;
  }

  /** Places the rest, here and above; `child` is the last of an interior page. Returns the top page. */
  finish(child: number): Uint8Array {
    const { parent } = this;
    this.seal(child);
    if (parent === undefined) return this.page;
    return parent.finish(this.pages.place(this.page));
  }

  /** Places the full page without its last entry, which moves up. */
  private place(): void {
    const { page, view, header, extra, pages, lastBytes } = this;
    const at = this.content;
    const child = extra > 0 ? view.getUint32(at) : 0;
    const entry = page.slice(at + extra, at + extra + lastBytes);
    this.cells--;
    view.setUint16(header + 2 * this.cells, 0);
    page.fill(0, at, at + extra + lastBytes);
    this.content = at + extra + lastBytes;
    this.seal(child);
    const number = pages.place(page);
    page.fill(0);
    this.cells = 0;
    this.content = page.length;
    this.parent ??= new Level(pages, false);
    this.parent.add(entry, 0, lastBytes, number);
  }

  private seal(child: number): void {
    const { view, isLeaf, cells, content } = this;
    if (!isLeaf) view.setUint32(RIGHT_CHILD, child);
    sealPage(view, isLeaf ? INDEX_LEAF : INDEX_INTERIOR, cells, content);
  }
}
