/** A welder in a separate thread: batches are copied to it, and rows return to the sink while others are welded. */

import type { SourceScales } from '../../weld/color-scales.js';
import type { Positions } from '../../weld/positions.js';
import type { IndexedRecord, KnownRowKind, MeshSink } from '../../weld/sinks.js';
import type { Batch, SavedWelding, Welding, WeldingOptions } from '../../weld/welding.js';
import {
  ROW_VALUES,
  type RowKind,
  type WeldedRows,
  type WeldReply,
  type WeldRequest,
} from './roles/weld-role.js';
import { SharedBatches } from './shared-batches.js';
import { Thread } from './thread.js';

/** The most batches waiting for the thread. */
const BATCHES = 3;

export class WeldThread implements Welding {
  vertices = 0;
  isExact = true;
  record: IndexedRecord | undefined;
  private posted = 0;
  private dealtWith = 0;
  private share = 0;
  private answers = 0;
  private isDone = false;
  private saved: SavedWelding | undefined;
  private readonly memory = new SharedBatches(BATCHES);
  private readonly thread: Thread<WeldRequest, WeldReply>;

  constructor(
    private readonly sink: MeshSink,
    options: WeldingOptions,
  ) {
    this.thread = new Thread('weld', options, (reply) => this.receive(reply));
  }

  async add(batch: Batch): Promise<void> {
    await this.thread.until(() => this.posted - this.dealtWith < BATCHES);
    this.thread.post({ batch: this.memory.copy(batch) });
    this.posted++;
  }

  async save(): Promise<SavedWelding> {
    this.saved = undefined;
    this.thread.post('save');
    await this.thread.until(() => this.saved !== undefined);
    return this.saved!;
  }

  async remember(positions: Positions, count: number): Promise<void> {
    await this.thread.until(() => this.posted - this.dealtWith < BATCHES);
    this.thread.post({ remember: positions.subarray(0, 3 * count) });
    this.posted++;
  }

  async rememberRows(kind: KnownRowKind, values: Float64Array): Promise<void> {
    await this.thread.until(() => this.posted - this.dealtWith < BATCHES);
    this.thread.post({ rows: kind, values });
    this.posted++;
  }

  async *finish(scales: readonly SourceScales[]): AsyncGenerator<number> {
    this.thread.post({ finish: scales });
    // Yields with each answer, even if the share has not grown, so that the caller can check for signals.
    for (let heard = this.answers; !this.isDone; heard = this.answers) {
      await this.thread.until(() => this.answers > heard);
      yield this.share;
    }
  }

  async close(): Promise<void> {
    await this.thread.stop();
  }

  private receive({ rows, batches, vertices, isExact, share, isDone, record, saved }: WeldReply): void {
    this.dealtWith = batches;
    this.answers++;
    this.vertices = vertices;
    this.isExact = isExact;
    this.share = share;
    this.isDone = isDone;
    this.record = record;
    this.saved = saved;
    if (rows === undefined) return;
    this.take(rows);
    this.thread.acknowledge();
  }

  private take({ vertices, triangles, ...attributes }: WeldedRows): void {
    const { sink } = this;
    if (vertices !== undefined) sink.addVertices(vertices.values, vertices.count);
    if (triangles !== undefined) sink.addTriangles(triangles.values as Float64Array, triangles.count);
    for (const [kind, { values, count }] of Object.entries(attributes)) {
      const width = ROW_VALUES[kind as RowKind];
      for (let at = 0; at < width * count; at += width) {
        const row = values.subarray(at + 1, at + width) as Float64Array;
        if (kind === 'vertexColors') sink.addVertexColor(values[at]!, row);
        else if (kind === 'vertexNormals') sink.addVertexNormal(values[at]!, row);
        else if (kind === 'appearances') sink.addAppearance?.(values[at]!, row[0]!);
        else sink.addTriangleColor(values[at]!, row);
      }
    }
  }
}
