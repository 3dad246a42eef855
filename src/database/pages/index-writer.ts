/**
 * Writes the entries of an index on three coordinates as finished b-tree pages, in ascending order, at the end of the file.
 * An entry is a cell of a leaf: the size of its record, and the record.
 *
 * After sqlite.org/fileformat2.html, section 1.6: an interior page has an entry between each two of its children, which
 * is in no leaf. When a page is full, its last entry moves up, so no page stays empty.
 */
import { KernelMemory } from '../../kernels/kernels.js';
import { INDEX_INTERIOR, INDEX_LEAF, INTERIOR_HEADER, LEAF_HEADER, RIGHT_CHILD } from './page-format.js';
import { type PageAppender, sealPage } from './page-tree.js';
import { LeafMemory } from './table-memory.js';

/** Values of an entry as it comes: three coordinates and an id. */
const ENTRY_VALUES = 4;
/** Entries that are staged at a time. */
const STAGE_ENTRIES = 4096;
/** Bytes of the page number before the entry of an interior page. */
const CHILD_BYTES = 4;

export class IndexWriter {
  private readonly memory: KernelMemory;
  private readonly leaf: LeafMemory;
  private readonly view: DataView;
  private readonly stageAt: number;
  /** The last entry, and those that follow it. */
  private readonly stage: Float64Array;
  private parent: Level | undefined;

  /** Made by `TableLoad.index`. */
  constructor(private readonly pages: PageAppender) {
    const stageBytes = 8 * ENTRY_VALUES * (1 + STAGE_ENTRIES);
    this.memory = new KernelMemory([stageBytes, ...LeafMemory.sizes(pages.pageBytes)]);
    this.stageAt = this.memory.allocate(stageBytes);
    this.stage = new Float64Array(this.memory.buffer, this.stageAt, stageBytes / 8).fill(-Infinity, 0, 3);
    this.leaf = new LeafMemory(this.memory, pages.pageBytes);
    const { page } = this.leaf;
    this.view = new DataView(page.buffer, page.byteOffset, page.length);
  }

  /**
   * Appends `count` entries of three finite coordinates and an id. Returns how many: all, or those before the first that is
   * not greater than the one before it.
   */
  append(entries: Float64Array, count: number): number {
    const { kernels } = this.memory;
    const { stage, stageAt, leaf } = this;
    const entryBytes = 8 * ENTRY_VALUES;
    for (let first = 0, some = 0; first < count; first += some) {
      some = Math.min(STAGE_ENTRIES, count - first);
      stage.set(entries.subarray(ENTRY_VALUES * first, ENTRY_VALUES * (first + some)), ENTRY_VALUES);
      const ascending = kernels.countAscending(stageAt, some);
      for (let done = 0; ; this.placeLeaf()) {
        done += kernels.appendEntries(leaf.address, stageAt + entryBytes * (1 + done), ascending - done);
        if (done === ascending) break;
      }
      if (ascending < some) return first + ascending;
      stage.copyWithin(0, ENTRY_VALUES * some, ENTRY_VALUES * (some + 1));
    }
    return count;
  }

  /** Places unfinished pages, and returns the page at the top of the tree, which becomes the root. */
  finish(): Uint8Array {
    const { leaf, view, parent, pages } = this;
    sealPage(view, INDEX_LEAF, leaf.cells, leaf.content);
    return parent === undefined ? leaf.page : parent.finish(pages.place(leaf.page));
  }

  /** Places the full leaf without its last entry, which moves up. */
  private placeLeaf(): void {
    const { leaf, view, pages } = this;
    const { page, content } = leaf;
    const size = 1 + page[content]!;
    // A slice of a Buffer would share its memory.
    const entry = Uint8Array.from(page.subarray(content, content + size));
    leaf.cells--;
    leaf.content += size;
    view.setUint16(LEAF_HEADER + 2 * leaf.cells, 0);
    page.fill(0, content, leaf.content);
    sealPage(view, INDEX_LEAF, leaf.cells, leaf.content);
    this.parent ??= new Level(pages);
    this.parent.add(entry, pages.place(page));
    page.fill(0);
    leaf.cells = 0;
    leaf.content = page.length;
  }
}

/** The right edge of one level of interior pages. */
class Level {
  private readonly page: Uint8Array;
  private readonly view: DataView;
  private cells = 0;
  private content: number;
  private lastBytes = 0;
  private parent: Level | undefined;

  constructor(private readonly pages: PageAppender) {
    this.page = new Uint8Array(pages.pageBytes);
    this.view = new DataView(this.page.buffer);
    this.content = pages.pageBytes;
  }

  /** Appends an entry, and before it the child with the entries below. */
  add(entry: Uint8Array, child: number): void {
    const { page, view } = this;
    const size = CHILD_BYTES + entry.length;
    if (this.content - size < INTERIOR_HEADER + 2 * this.cells + 2) this.place();
    this.content -= size;
    view.setUint16(INTERIOR_HEADER + 2 * this.cells, this.content);
    view.setUint32(this.content, child);
    page.set(entry, this.content + CHILD_BYTES);
    this.lastBytes = entry.length;
    this.cells++;
  }

  /** Places the rest, here and above; `child` is the last. Returns the top page. */
  finish(child: number): Uint8Array {
    const { parent } = this;
    this.seal(child);
    if (parent === undefined) return this.page;
    return parent.finish(this.pages.place(this.page));
  }

  /** Places the full page without its last entry, which moves up; its child is the last of the page. */
  private place(): void {
    const { page, view, pages, lastBytes } = this;
    const at = this.content;
    const child = view.getUint32(at);
    this.content = at + CHILD_BYTES + lastBytes;
    const entry = page.slice(at + CHILD_BYTES, this.content);
    this.cells--;
    view.setUint16(INTERIOR_HEADER + 2 * this.cells, 0);
    page.fill(0, at, this.content);
    this.seal(child);
    const number = pages.place(page);
    page.fill(0);
    this.cells = 0;
    this.content = page.length;
    this.parent ??= new Level(pages);
    this.parent.add(entry, number);
  }

  private seal(child: number): void {
    this.view.setUint32(RIGHT_CHILD, child);
    sealPage(this.view, INDEX_INTERIOR, this.cells, this.content);
  }
}
