/** Writes the rows of an output in several threads and yields them in order: the same bytes as from one thread. */
import { describeOrder } from '../../database/pages/leaf-decoder.js';
import { TableReader } from '../../database/pages/table-reader.js';
import type { PagedRows } from '../../database/rows/selection.js';
import type {
  OutputChunk,
  RowWriter,
  SelectionFacts,
  SoupRowWriter,
  WriteOptions,
} from '../../formats/writer.js';
import type { WriterName } from '../../formats/writers.js';
import { type FormatOptions, type FormatReply, type FormatRequest, rowsBytes } from './roles/format-role.js';
import type { ThreadPool } from './thread.js';

/** Shared memory for the lines of one request, in bytes, unless a page needs more: hardly a tenth of it is ever touched. */
const TARGET_BYTES = 2 * 2 ** 20;
/** Requests queued for a thread: the current one and the next. */
const REQUESTS = 2;

/**
 * Yields the chunks of a selection whose rows are in pages; {@link OutputChunk} defines how long they are valid.
 * `cacheBytes` is for all threads together. Throws DatabaseError if the pages are damaged.
 */
export async function* formatInThreads(
  selection: SelectionFacts,
  paged: PagedRows,
  rowWriter: RowWriter | SoupRowWriter,
  { name, options }: { readonly name: WriterName; readonly options: WriteOptions },
  pool: ThreadPool,
  threads: number,
  cacheBytes: number,
): AsyncGenerator<OutputChunk> {
  const { file, map } = paged;
  const { header, rowBytes } = rowWriter;
  const isSoup = 'soup' in rowWriter;
  const vertexRange = map?.vertices?.range ?? selection.vertexCount;
  yield { bytes: header, rows: 0 };
  const writer = new LineWriter(
    pool,
    {
      file,
      map,
      vertexRange,
      vertexLeaves: isSoup ? paged.vertexLeaves() : undefined,
      writer: name,
      options,
      facts: factsOf(selection),
      cacheBytes: cacheBytes / threads,
    },
    rowBytes,
    threads,
  );
  let rows = 0;
  for (const table of isSoup ? (['triangles'] as const) : (['vertices', 'triangles'] as const)) {
    let next = 0;
    for await (const { bytes, reply, leaves } of writer.write(table, paged)) {
      const isDense = table === 'vertices' && map?.vertices === undefined;
      if (isDense ? reply.firstId !== next : reply.firstId < next) {
        throw TableReader.attach(paged.file).error(leaves[0]!, describeOrder(isDense, reply.firstId, next));
      }
      next = reply.nextId;
      rows += reply.rows;
      yield { bytes, rows };
    }
  }
}

/** Facts as plain data: the streams of a selection cannot be sent to a thread. */
function factsOf({ precision, vertexCount, triangleCount, ...content }: SelectionFacts): SelectionFacts {
  const { hasVertexColors, hasVertexNormals, hasTriangleColors, hasParts, attributeHeaders } = content;
  const counts = { precision, vertexCount, triangleCount };
  return { ...counts, hasVertexColors, hasVertexNormals, hasTriangleColors, hasParts, attributeHeaders };
}

/** Rows in transit. */
interface Piece {
  readonly leaves: readonly number[];
  readonly target: Uint8Array;
  readonly reply: Promise<FormatReply>;
}

class LineWriter {
  private readonly ask: (request: FormatRequest) => Promise<FormatReply>;
  /** The most requests pending at a time. */
  private readonly capacity: number;
  private readonly leavesAtOnce: number;
  /** Free memories for lines. */
  private readonly targets: Uint8Array[];
  /** The memories yielded last, which are still valid. */
  private readonly shown: Uint8Array[] = [];

  constructor(pool: ThreadPool, options: FormatOptions, rowBytes: number, threads: number) {
    this.ask = pool.play('format', options, threads);
    this.capacity = REQUESTS * threads;
    const leafBytes = rowsBytes(1, options.file.header.pageBytes, rowBytes);
    this.leavesAtOnce = Math.max(1, Math.floor(TARGET_BYTES / leafBytes));
    const targetBytes = Math.max(TARGET_BYTES, leafBytes);
    this.targets = Array.from(
      { length: this.capacity + 2 },
      () => new Uint8Array(new SharedArrayBuffer(targetBytes)),
    );
  }

  /** Yields the lines of a table in order. Each piece is valid until the second next one is requested. */
  async *write(
    table: FormatRequest['table'],
    paged: PagedRows,
  ): AsyncGenerator<{ bytes: Uint8Array; reply: FormatReply; leaves: readonly number[] }> {
    const waiting: Piece[] = [];
    const runs = paged.leaves(table, this.leavesAtOnce)[Symbol.iterator]();
    for (;;) {
      while (waiting.length < this.capacity) {
        const { value, done } = runs.next();
        if (done) break;
        const leaves = value.pages;
        const target = this.targets.pop()!;
        waiting.push({ leaves, target, reply: this.ask({ table, leaves, target }) });
      }
      const piece = waiting.shift();
      if (piece === undefined) return;
      const { target, leaves } = piece;
      const reply = await piece.reply;
      yield { bytes: target.subarray(0, reply.bytes), reply, leaves };
      this.shown.push(target);
      if (this.shown.length > 2) this.targets.push(this.shown.shift()!);
    }
  }
}
