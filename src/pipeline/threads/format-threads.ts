/** Writes the rows of an output in several threads and yields them in order: the same bytes as from one thread. */
import { describeOrder, rowsMax } from '../../database/pages/leaf-decoder.js';
import { type Leaves, TableReader } from '../../database/pages/table-reader.js';
import type { PagedRows } from '../../database/rows/selection.js';
import type {
  OutputChunk,
  RowWriter,
  SelectionFacts,
  SoupRowWriter,
  WriteOptions,
} from '../../formats/writer.js';
import type { WriterName } from '../../formats/writers.js';
import type { FilePlace } from '../../io/output/output.js';
import type { FormatOptions, FormatOrder, FormatReply, FormatRequest } from './roles/format-role.js';
import type { ThreadPool } from './thread.js';

/** The rows of a request, in bytes, as far as the last ones predict them. */
const PIECE_BYTES = 2 ** 20;
/** Shared memory for the rows of one request, in bytes, unless a page needs more. */
const TARGET_BYTES = 2 * PIECE_BYTES;
/** Requests queued for a thread: the current one and the next. */
const REQUESTS = 2;
/** Memories for each thread: of its requests, and of rows that are being written. */
const TARGETS = REQUESTS + 1;
/** Leaves that are requested together at least. */
const LEAVES_AT_LEAST = 16;

/** A chunk that the thread which made it can write by itself. */
export interface ThreadChunk extends OutputChunk {
  /** Writes the bytes to a file, later; then they stay valid until that is done. Errors are thrown with a later chunk. */
  writeAt?(place: FilePlace): void;
}

/**
 * Yields the chunks of a selection whose rows are in pages; {@link OutputChunk} defines how long they are valid.
 * `cacheBytes` is for all threads together. All writes of threads are done at the end, also after an error. Throws
 * DatabaseError if the pages are damaged.
 */
export async function* formatInThreads(
  selection: SelectionFacts,
  paged: PagedRows,
  rowWriter: RowWriter | SoupRowWriter,
  { name, options }: { readonly name: WriterName; readonly options: WriteOptions },
  pool: ThreadPool,
  threads: number,
  cacheBytes: number,
): AsyncGenerator<ThreadChunk> {
  const { file, map } = paged;
  const { header, rowBytes } = rowWriter;
  const isSoup = 'soup' in rowWriter;
  const vertexRange = map?.vertices?.range ?? selection.vertexCount;
  yield { bytes: header, rows: 0 };
  const leafBytes = rowBytes * rowsMax(file.header.pageBytes);
  const targetBytes = Math.max(TARGET_BYTES, leafBytes);
  const targets = Array.from(
    { length: TARGETS * threads + SHOWN },
    () => new Uint8Array(new SharedArrayBuffer(targetBytes)),
  );
  const formatting: FormatOptions = {
    file,
    map,
    vertexRange,
    vertexLeaves: isSoup ? paged.vertexLeaves() : undefined,
    writer: name,
    options,
    facts: factsOf(selection),
    cacheBytes: cacheBytes / threads,
    targets,
  };
  const formatter = new Formatter(pool.play('format', formatting, threads), targets, threads);
  let rows = 0;
  try {
    for (const table of isSoup ? (['triangles'] as const) : (['vertices', 'triangles'] as const)) {
      let next = 0;
      for await (const { bytes, reply, leaves, writeAt } of formatter.format(table, paged)) {
        const isDense = table === 'vertices' && map?.vertices === undefined;
        if (isDense ? reply.firstId !== next : reply.firstId < next) {
          throw TableReader.attach(file).error(leaves[0]!, describeOrder(isDense, reply.firstId, next));
        }
        next = reply.nextId;
        rows += reply.rows;
        yield { bytes, rows, writeAt };
      }
    }
    await formatter.finish();
  } finally {
    await formatter.settle();
  }
}

/** Facts as plain data: the streams of a selection cannot be sent to a thread. */
function factsOf({ precision, vertexCount, triangleCount, ...content }: SelectionFacts): SelectionFacts {
  const { hasVertexColors, hasVertexNormals, hasTriangleColors, hasParts, attributeHeaders } = content;
  const counts = { precision, vertexCount, triangleCount };
  return { ...counts, hasVertexColors, hasVertexNormals, hasTriangleColors, hasParts, attributeHeaders };
}

/** The pieces that stay valid after they have been yielded. */
const SHOWN = 2;

/** Rows in transit. */
interface Piece {
  readonly leaves: readonly number[];
  readonly target: number;
  readonly thread: number;
  readonly reply: Promise<FormatReply>;
}

interface Formatted {
  readonly bytes: Uint8Array;
  readonly reply: FormatReply;
  readonly leaves: readonly number[];
  writeAt(place: FilePlace): void;
}

/** Divides pages among threads and returns what they make of them in order. */
class Formatter {
  /** Numbers of free memories. */
  private readonly free: number[];
  /** Memories that were yielded last, with the writes of their threads. */
  private readonly shown: { readonly target: number; written?: Promise<FormatReply> }[] = [];
  private turn = 0;
  /** Leaves in the next request. */
  private leavesAtOnce = LEAVES_AT_LEAST;

  constructor(
    private readonly ask: (request: FormatRequest, thread: number) => Promise<FormatReply>,
    private readonly targets: readonly Uint8Array[],
    private readonly threads: number,
  ) {
    this.free = Array.from(targets.keys());
  }

  /** Yields the rows of a table in order. Each piece is valid until the second next one is requested. */
  async *format(table: FormatOrder['table'], paged: PagedRows): AsyncGenerator<Formatted> {
    const { targets } = this;
    const waiting: Piece[] = [];
    const runs = joinLeaves(paged.leaves(table, LEAVES_AT_LEAST));
    for (;;) {
      while (waiting.length < REQUESTS * this.threads) {
        const leaves = runs.next(this.leavesAtOnce);
        if (leaves === undefined) break;
        waiting.push(await this.request(table, leaves));
      }
      let piece = waiting.shift();
      if (piece === undefined) return;
      for (let left = piece.leaves; left.length > 0; ) {
        piece ??= await this.request(table, left);
        const { target, thread } = piece;
        const reply = await piece.reply;
        const show: Formatter['shown'][number] = { target };
        this.shown.push(show);
        yield {
          bytes: targets[target]!.subarray(0, reply.bytes),
          reply,
          leaves: left,
          writeAt: (place) => {
            show.written = this.ask({ target, bytes: reply.bytes, place }, thread);
          },
        };
        const leafBytes = Math.max(1, reply.bytes / reply.leaves);
        this.leavesAtOnce = Math.floor(PIECE_BYTES / leafBytes);
        left = left.slice(reply.leaves);
        piece = undefined;
      }
    }
  }

  /** Waits for all writes. Throws their errors. */
  async finish(): Promise<void> {
    for (const { written } of this.shown) await written;
  }

  /** Waits for all writes, whatever becomes of them. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.shown.map(({ written }) => written));
  }

  private async request(table: FormatOrder['table'], leaves: readonly number[]): Promise<Piece> {
    const target = await this.takeTarget();
    const thread = this.turn++ % this.threads;
    return { leaves, target, thread, reply: this.ask({ table, leaves, target }, thread) };
  }

  /** Returns a free memory, after waiting for one to be written if necessary. */
  private async takeTarget(): Promise<number> {
    if (this.free.length === 0) {
      const { target, written } = this.shown[0]!;
      await written;
      this.shown.shift();
      this.free.push(target);
    }
    return this.free.pop()!;
  }
}

/** Joins lists of leaves to longer ones. */
function joinLeaves(lists: Iterable<Leaves>): { next(count: number): number[] | undefined } {
  const rest = lists[Symbol.iterator]();
  return {
    next(count) {
      let joined: number[] | undefined;
      do {
        const { value, done } = rest.next();
        if (done) break;
        joined = joined === undefined ? value.pages : joined.concat(value.pages);
      } while (joined.length + LEAVES_AT_LEAST <= count);
      return joined;
    },
  };
}
