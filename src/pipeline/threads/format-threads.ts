/** Writes the rows of an output in several threads and yields them in order: the same bytes as from one thread. */
import { describeOrder, rowsMax } from '../../database/pages/leaf-decoder.js';
import { type Leaves, TableReader } from '../../database/pages/table-reader.js';
import type { PagedRows, StoredSelection } from '../../database/rows/selection.js';
import { textsOf } from '../../formats/shared/rows.js';
import type {
  AnyRowWriter,
  OutputChunk,
  RowWriter,
  SelectionFacts,
  SoupRowWriter,
  Tally,
  WriteOptions,
} from '../../formats/writer.js';
import type { WriterName } from '../../formats/writers.js';
import type { FilePlace } from '../../io/output/output.js';
import type { FormatOptions, FormatOrder, FormatReply, FormatRequest, IdTexts } from './roles/format-role.js';
import { dropTexts, TextQueue } from './text-queue.js';
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
  selection: StoredSelection,
  paged: PagedRows,
  rowWriter: RowWriter | SoupRowWriter,
  { name, options }: { readonly name: WriterName; readonly options: WriteOptions },
  pool: ThreadPool,
  threads: number,
  cacheBytes: number,
): AsyncGenerator<ThreadChunk> {
  const { file, map } = paged;
  const isSoup = 'soup' in rowWriter;
  yield { bytes: rowWriter.header, rows: 0 };
  const formatting: FormatOptions = {
    file,
    map,
    vertexRange: map?.vertices?.range ?? selection.vertexCount,
    vertexLeaves: isSoup ? paged.vertexLeaves() : undefined,
    writer: name,
    options,
    facts: factsOf(selection),
    attributes: paged.attributes(),
    words: isSoup && rowWriter.hasWords ? paged.words() : undefined,
    cacheBytes: cacheBytes / threads,
  };
  const leafBytes = rowWriter.rowBytes * rowsMax(file.header.pageBytes);
  const formatter = new Formatter(pool.play('format', formatting, threads), leafBytes, threads);
  let rows = 0;
  try {
    for (const table of isSoup ? (['triangles'] as const) : (['vertices', 'triangles'] as const)) {
      const texts = new TextQueue(table === 'vertices' ? [] : textsOf(selection, rowWriter));
      const pieces = new PieceQueue(paged.leaves(table, rowWriter.texts ? 1 : LEAVES_AT_LEAST), texts);
      let next = 0;
      for await (const { reply, leaves, ...chunk } of formatter.format(table, pieces)) {
        const isDense = table === 'vertices' && map?.vertices === undefined;
        if (isDense ? reply.firstId !== next : reply.firstId < next) {
          throw TableReader.attach(file).error(leaves[0]!, describeOrder(isDense, reply.firstId, next));
        }
        next = reply.nextId;
        rows += reply.rows;
        addTally(rowWriter, reply.tally);
        yield { ...chunk, rows };
      }
      for (let rest = texts.take(); rest !== undefined; rest = texts.take())
        yield { bytes: rest.bytes, rows };
    }
    await formatter.finish();
  } finally {
    await formatter.settle();
  }
}

function addTally({ tally = {} }: AnyRowWriter, more: Tally): void {
  for (const name of Object.keys(more) as (keyof Tally)[]) tally[name] = (tally[name] ?? 0) + more[name]!;
}

/** Facts as plain data: the streams of a selection cannot be sent to a thread. */
function factsOf({ precision, vertexCount, triangleCount, ...content }: SelectionFacts): SelectionFacts {
  const { hasVertexColors, hasVertexNormals, hasTriangleColors, hasParts, attributeHeaders } = content;
  const counts = { precision, vertexCount, triangleCount };
  return { ...counts, hasVertexColors, hasVertexNormals, hasTriangleColors, hasParts, attributeHeaders };
}

/** The pieces that stay valid after they have been yielded. */
const SHOWN = 2;

/** Pages, and the texts between their rows. */
interface Piece {
  readonly leaves: readonly number[];
  readonly texts: IdTexts | undefined;
}

/** A piece in transit. */
interface Asked extends Piece {
  readonly target: Uint8Array;
  readonly thread: number;
  readonly reply: Promise<FormatReply>;
}

interface Formatted extends Piece {
  readonly bytes: Uint8Array;
  readonly reply: FormatReply;
  writeAt(place: FilePlace): void;
}

/** Divides pages among threads and returns what they make of them in order. */
class Formatter {
  /** Free memories. */
  private readonly free: Uint8Array[];
  private readonly targetBytes: number;
  /** Memories that were yielded last, with the writes of their threads. */
  private readonly shown: { readonly target: Uint8Array; written?: Promise<FormatReply> }[] = [];
  private turn = 0;
  /** Leaves in the next request. */
  private leavesAtOnce = LEAVES_AT_LEAST;

  constructor(
    private readonly ask: (request: FormatRequest, thread: number) => Promise<FormatReply>,
    /** The most bytes of the rows of a leaf. */
    private readonly leafBytes: number,
    private readonly threads: number,
  ) {
    this.targetBytes = Math.max(TARGET_BYTES, leafBytes);
    this.free = Array.from({ length: TARGETS * threads + SHOWN }, () => makeTarget(this.targetBytes));
  }

  /** Yields the rows of a table in order. Each piece is valid until the second next one is requested. */
  async *format(table: FormatOrder['table'], pieces: PieceQueue): AsyncGenerator<Formatted> {
    const waiting: Asked[] = [];
    for (;;) {
      while (waiting.length < REQUESTS * this.threads) {
        const piece = pieces.next(this.leavesAtOnce);
        if (piece === undefined) break;
        waiting.push(await this.request(table, piece));
      }
      let asked = waiting.shift();
      if (asked === undefined) return;
      for (;;) {
        const { target, thread, leaves, texts } = asked;
        const reply = await asked.reply;
        const bytes = target.subarray(0, reply.bytes);
        const show: Formatter['shown'][number] = { target };
        this.shown.push(show);
        const writeAt = (place: FilePlace) => {
          show.written = this.ask({ bytes, place }, thread);
        };
        yield { leaves, texts, bytes, reply, writeAt };
        this.leavesAtOnce = Math.floor(PIECE_BYTES / Math.max(1, reply.bytes / reply.leaves));
        if (reply.leaves === leaves.length) break;
        asked = await this.request(table, {
          leaves: leaves.slice(reply.leaves),
          texts: texts && dropTexts(texts, reply.texts),
        });
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

  private async request(table: FormatOrder['table'], piece: Piece): Promise<Asked> {
    const textBytes = piece.texts?.bytes.length ?? 0;
    const target = await this.takeTarget(this.leafBytes + textBytes);
    const thread = this.turn++ % this.threads;
    return { ...piece, target, thread, reply: this.ask({ table, ...piece, target }, thread) };
  }

  /** Returns a free memory, after waiting for one to be written if necessary. */
  private async takeTarget(leastBytes: number): Promise<Uint8Array> {
    if (this.free.length === 0) {
      const { target, written } = this.shown[0]!;
      await written;
      this.shown.shift();
      this.free.push(target);
    }
    const target = this.free.pop()!;
    // Many texts need more, for once.
    return target.length >= leastBytes ? target : makeTarget(Math.max(leastBytes, this.targetBytes));
  }
}

function makeTarget(bytes: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(bytes));
}

/** Makes pieces of lists of leaves and texts. */
class PieceQueue {
  private readonly lists: Iterator<Leaves>;

  constructor(
    lists: Iterable<Leaves>,
    private readonly texts: TextQueue,
  ) {
    this.lists = lists[Symbol.iterator]();
  }

  /** Returns the next piece, of about `count` leaves; undefined if there is none. */
  next(count: number): Piece | undefined {
    const { texts } = this;
    const leaves: number[] = [];
    let step = 0;
    do {
      const { value, done } = this.lists.next();
      if (done) break;
      step = value.pages.length;
      leaves.push(...value.pages);
      texts.collect(value.lastIds.at(-1)!);
    } while (leaves.length + step <= count && texts.size < PIECE_BYTES);
    return leaves.length === 0 ? undefined : { leaves, texts: texts.takeCollected() };
  }
}
