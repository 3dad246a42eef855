/**
 * The tree above the leaves of a table that is written from left to right. Pages get their numbers at the end of the
 * file, and each level of interior pages keeps only its right edge.
 *
 * After sqlite.org/fileformat2.html, section 1.6. Leaves and rows are table-writer's.
 */
import { DatabaseError } from '../../errors.js';
import type { RandomAccessFile } from '../../io/random-access-file.js';
import {
  CELL_COUNT,
  CONTENT_START,
  INTERIOR_HEADER,
  lockPage,
  PAGES_MAX,
  RIGHT_CHILD,
  TABLE_INTERIOR,
  varintWidth,
  writeVarint,
} from './page-format.js';

/** Bytes written at a time. */
const BUFFER_BYTES = 2 ** 20;

/** The end of the file, where finished pages get their numbers; all tables of a load share it. */
export class PageAppender {
  private readonly buffer: Uint8Array;
  private buffered = 0;

  constructor(
    private readonly file: RandomAccessFile,
    readonly pageBytes: number,
    /** Pages of the file, including those in the buffer. */
    public count: number,
  ) {
    this.buffer = new Uint8Array(Math.max(pageBytes, BUFFER_BYTES));
  }

  /** Appends a copy of a finished page to the file; returns its number, from 1. */
  place(page: Uint8Array): number {
    if (this.count + 1 === lockPage(this.pageBytes)) this.append(new Uint8Array(this.pageBytes));
    return this.append(page);
  }

  /** Overwrites a page that existed before the load. */
  replace(number: number, page: Uint8Array): void {
    this.file.write(page, this.pageBytes * (number - 1));
  }

  /** Writes the buffer to the file. */
  flush(): void {
    this.file.write(this.buffer.subarray(0, this.buffered), this.pageBytes * this.count - this.buffered);
    this.buffered = 0;
  }

  private append(page: Uint8Array): number {
    if (this.count >= PAGES_MAX)
      throw new DatabaseError(`${this.file.path}: full, it has ${PAGES_MAX} pages`);
    if (this.buffered === this.buffer.length) this.flush();
    this.buffer.set(page, this.buffered);
    this.buffered += this.pageBytes;
    this.count++;
    return this.count;
  }
}

/** A finished page and the largest id in or below it. */
interface Child {
  readonly page: number;
  readonly lastId: number;
}

/** The saved state of a level and those above. Plain data. */
export interface SavedLevel {
  readonly children: readonly Child[];
  readonly full: number;
  readonly bytes: number;
  readonly parent?: SavedLevel | undefined;
}

/**
 * The right edge of one level of interior pages. A page has a cell (child, its largest id) for each child except the
 * last, which its header names, and SQLite accepts no page without a cell. So when a page is full, one more child
 * waits: if another follows, the two begin the next page; if none does, the full page gives up its last child.
 */
export class InteriorLevel {
  /** The children of the current page and, beyond `full`, the one that waits. */
  private readonly children: Child[] = [];
  /** Children of the page when it is full, 0 before. */
  private full = 0;
  private bytes = INTERIOR_HEADER;
  private parent: InteriorLevel | undefined;

  constructor(
    private readonly pages: PageAppender,
    saved?: SavedLevel,
  ) {
    if (saved === undefined) return;
    this.children.push(...saved.children);
    this.full = saved.full;
    this.bytes = saved.bytes;
    if (saved.parent !== undefined) this.parent = new InteriorLevel(pages, saved.parent);
  }

  /** Returns the current right edge of this level and those above. */
  save(): SavedLevel {
    const { children, full, bytes, parent } = this;
    return { children: [...children], full, bytes, parent: parent?.save() };
  }

  get isEmpty(): boolean {
    return this.children.length === 0;
  }

  add(child: Child): void {
    if (this.full > 0) this.placeFirst(this.full);
    const last = this.children.at(-1);
    if (last !== undefined) {
      const size = interiorCellBytes(last) + 2;
      if (this.bytes + size > this.pages.pageBytes) this.full = this.children.length;
      else this.bytes += size;
    }
    this.children.push(child);
  }

  /** Places the rest, here and above, and returns the top page. */
  finish(): Uint8Array {
    if (this.full > 0) this.placeFirst(this.full - 1);
    if (this.parent === undefined) return this.encode(this.children);
    this.placeFirst(this.children.length);
    return this.parent.finish();
  }

  private placeFirst(count: number): void {
    const children = this.children.splice(0, count);
    const page = this.pages.place(this.encode(children));
    this.parent ??= new InteriorLevel(this.pages);
    this.parent.add({ page, lastId: children.at(-1)!.lastId });
    this.full = 0;
    this.bytes = INTERIOR_HEADER;
  }

  private encode(children: readonly Child[]): Uint8Array {
    const page = new Uint8Array(this.pages.pageBytes);
    const view = new DataView(page.buffer);
    const cells = children.length - 1;
    let content = page.length;
    for (let k = 0; k < cells; k++) {
      const child = children[k]!;
      content -= interiorCellBytes(child);
      view.setUint16(INTERIOR_HEADER + 2 * k, content);
      view.setUint32(content, child.page);
      writeVarint(page, content + 4, child.lastId, varintWidth(child.lastId));
    }
    view.setUint32(RIGHT_CHILD, children[cells]!.page);
    sealPage(view, TABLE_INTERIOR, cells, content);
    return page;
  }
}

function interiorCellBytes(child: Child): number {
  return 4 + varintWidth(child.lastId);
}

/** Writes the header of a page whose cells are in place. */
export function sealPage(view: DataView, type: number, cells: number, content: number): void {
  view.setUint8(0, type);
  view.setUint16(CELL_COUNT, cells);
  // 65,536, the content start of an empty page of that size, does not fit and is written as 0.
  view.setUint16(CONTENT_START, content);
}
