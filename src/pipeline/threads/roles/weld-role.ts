/** A thread that welds: it receives batches and sends rows, as defined by the welders. */

import { BATCH_TRIANGLES } from '../../../memory.js';
import type { SourceScales } from '../../../weld/color-scales.js';
import type { Positions } from '../../../weld/positions.js';
import type { IndexedRecord, KnownRowKind, MeshSink } from '../../../weld/sinks.js';
import { type Batch, type SavedWelding, type WeldingOptions, weldDirectly } from '../../../weld/welding.js';
import type { Home, Work } from './protocol.js';

export type WeldRequest =
  | { readonly batch: Batch }
  | { readonly remember: Positions }
  | { readonly rows: KnownRowKind; readonly values: Float64Array }
  | { readonly finish: readonly SourceScales[] }
  | 'save';

/** The state of the welder, with the rows since its last reply. */
export interface WeldReply {
  readonly rows: WeldedRows | undefined;
  /** Batches processed. */
  readonly batches: number;
  readonly vertices: number;
  readonly isExact: boolean;
  /** The progress of finishing, from 0 to 1, and whether this is the last reply. */
  readonly share: number;
  readonly isDone: boolean;
  readonly record: IndexedRecord | undefined;
  /** The answer to `save`. */
  readonly saved: SavedWelding | undefined;
}

/** WeldedRows of each table, in shared memory; to be acknowledged when they have been taken. */
export type WeldedRows = Partial<Record<RowKind, { readonly values: Positions; readonly count: number }>>;

/** Values per row of each kind; colors, normals and appearances begin with their id. */
export const ROW_VALUES = {
  vertices: 3,
  triangles: 3,
  vertexColors: 5,
  vertexNormals: 4,
  triangleColors: 5,
  appearances: 2,
};
export type RowKind = keyof typeof ROW_VALUES;

/** The most messages with rows in transit. */
const TURNS = 3;
/** The most rows of a kind in a message: the most that a soup batch yields. */
const ROWS_MAX = { vertices: 3 * BATCH_TRIANGLES, others: BATCH_TRIANGLES };

export function begin(options: WeldingOptions, home: Home<WeldReply>): Work<WeldRequest> {
  let batches = 0;
  let share = 0;
  let isDone = false;
  let saved: WeldReply['saved'];
  const sender = new RowSender(options.bytesPerValue, home, (rows) => {
    const { vertices, isExact, record } = welding;
    home.send({ rows, batches, vertices, isExact, share, isDone, record, saved });
  });
  const welding = weldDirectly(sender, options);
  return {
    handle(request) {
      if (request === 'save') {
        saved = welding.save();
        sender.flush();
        saved = undefined;
        return;
      }
      if (!('finish' in request)) {
        if ('batch' in request) welding.add(request.batch);
        else if ('rows' in request) welding.rememberRows(request.rows, request.values);
        else welding.remember(request.remember, request.remember.length / 3);
        batches++;
        sender.flush();
        return;
      }
      for (share of welding.finish(request.finish)) {
        home.checkStop();
        sender.flush();
      }
      isDone = true;
      sender.flush();
    },
    close: () => welding.close(),
  };
}

/** Collects rows in shared memory and sends them when the memory is full or on {@link flush}. */
class RowSender implements MeshSink {
  private readonly memories: Partial<Record<RowKind, Positions>>[] = Array.from(
    { length: TURNS },
    () => ({}),
  );
  private counts: Partial<Record<RowKind, number>> = {};
  private sent = 0;

  constructor(
    private readonly bytesPerValue: 4 | 8,
    private readonly home: Home<WeldReply>,
    private readonly send: (rows: WeldedRows | undefined) => void,
  ) {}

  addVertices(positions: Positions, count: number): void {
    this.add('vertices', positions, count);
  }

  addTriangles(corners: Float64Array, count: number): void {
    this.add('triangles', corners, count);
  }

  addVertexColor(id: number, color: Float64Array): void {
    this.add('vertexColors', Float64Array.of(id, ...color), 1);
  }

  addVertexNormal(id: number, normal: Float64Array): void {
    this.add('vertexNormals', Float64Array.of(id, ...normal), 1);
  }

  addTriangleColor(triangle: number, color: Float64Array): void {
    this.add('triangleColors', Float64Array.of(triangle, ...color), 1);
  }

  addAppearance(id: number, number: number): void {
    this.add('appearances', Float64Array.of(id, number), 1);
  }

  /** Sends the collected rows, or a message without rows. */
  flush(): void {
    const memory = this.memories[this.sent % TURNS]!;
    const kinds = Object.entries(this.counts) as [RowKind, number][];
    if (kinds.length === 0) {
      this.send(undefined);
      return;
    }
    this.send(Object.fromEntries(kinds.map(([kind, count]) => [kind, { values: memory[kind]!, count }])));
    this.sent++;
    this.counts = {};
  }

  private add(kind: RowKind, values: Positions, count: number): void {
    const width = ROW_VALUES[kind];
    const max = kind === 'vertices' ? ROWS_MAX.vertices : ROWS_MAX.others;
    for (let done = 0; done < count; ) {
      if (this.counts[kind] === max) this.flush();
      // The rows that last used this memory must have been taken.
      this.home.awaitTaken(this.sent - TURNS + 1);
      const filled = this.counts[kind] ?? 0;
      const some = Math.min(count - done, max - filled);
      const target = this.memoryOf(kind, max);
      target.set(values.subarray(width * done, width * (done + some)), width * filled);
      this.counts[kind] = filled + some;
      done += some;
    }
  }

  private memoryOf(kind: RowKind, max: number): Positions {
    const memory = this.memories[this.sent % TURNS]!;
    const isNarrow = kind === 'vertices' && this.bytesPerValue === 4;
    const buffer = () => new SharedArrayBuffer((isNarrow ? 4 : 8) * ROW_VALUES[kind] * max);
    memory[kind] ??= isNarrow ? new Float32Array(buffer()) : new Float64Array(buffer());
    return memory[kind];
  }
}
