/**
 * Merges small batches before they are welded: a source of many parts has a batch for each, and a message to the weld
 * thread takes as long for one triangle as for thousands.
 */
import { FACE_CORNERS_MAX } from '../../memory.js';
import type { Batch, Welding } from '../../weld/welding.js';
import { countCorners } from './batch-counts.js';

/** Batches of at least this share of a full one are passed on unchanged. */
const LARGE = 0.5;

type Values = Float32Array | Float64Array | Int32Array;
type Field = 'positions' | 'colors' | 'normals' | 'corners' | 'sizes';

/** Values per item by field; the corners of faces vary and are not listed. */
const WIDTHS: Readonly<Record<Batch['kind'], readonly (readonly [Field, number])[]>> = {
  soup: [['positions', 9]],
  vertices: [
    ['positions', 3],
    ['colors', 4],
    ['normals', 3],
  ],
  faces: [
    ['colors', 4],
    ['sizes', 1],
  ],
};

export class BatchMerger {
  private kind: Batch['kind'] = 'soup';
  private count = 0;
  private corners = 0;
  /** Fields of the merged batch, each as long as the largest batch needs. */
  private readonly fields: Readonly<Record<Batch['kind'], Map<Field, Values>>> = {
    soup: new Map(),
    vertices: new Map(),
    faces: new Map(),
  };
  private present = new Set<Field>();

  /** Merges batches of up to `capacity` items before `welding` takes them. */
  constructor(
    private readonly welding: Pick<Welding, 'add'>,
    private readonly capacity: number,
  ) {}

  /** Adds a batch, which is lent until the call returns or its promise resolves. Merged batches have no places. */
  add(batch: Batch): void | Promise<void> {
    // Avoids a promise for each of a million small batches.
    if (this.count > 0 && !this.hasRoom(batch)) return this.flushBefore(batch);
    if (this.count === 0 && batch.count >= LARGE * this.capacity) return this.welding.add(batch);
    this.append(batch);
  }

  /** Passes on the waiting items. */
  async flush(): Promise<void> {
    const { kind, count, present } = this;
    if (count === 0) return;
    this.count = 0;
    this.corners = 0;
    this.present = new Set();
    const arrays = [...present].map((field) => [field, this.fields[kind].get(field)] as const);
    await this.welding.add({ kind, count, places: [], ...Object.fromEntries(arrays) } as unknown as Batch);
  }

  private async flushBefore(batch: Batch): Promise<void> {
    await this.flush();
    await this.add(batch);
  }

  private hasRoom(batch: Batch): boolean {
    const isFull = this.count + batch.count > this.capacity || this.corners > 3 * this.capacity;
    return batch.kind === this.kind && !isFull;
  }

  private append(batch: Batch): void {
    const { count } = this;
    this.kind = batch.kind;
    for (const [field, width] of WIDTHS[batch.kind]) {
      const values = (batch as unknown as Partial<Record<Field, Values>>)[field];
      if (values === undefined && !this.present.has(field)) continue;
      const target = this.open(batch.kind, field, width, values);
      if (values === undefined)
        target.fill(field === 'sizes' ? 3 : Number.NaN, width * count, width * (count + batch.count));
      else target.set(values.subarray(0, width * batch.count), width * count);
    }
    if (batch.kind === 'faces') this.appendCorners(batch.corners, countCorners(batch));
    this.count += batch.count;
  }

  private appendCorners(corners: Float64Array, size: number): void {
    let target = this.fields.faces.get('corners');
    if (target === undefined) {
      target = new Float64Array(6 * this.capacity + 2 * FACE_CORNERS_MAX);
      this.fields.faces.set('corners', target);
    }
    this.present.add('corners');
    target.set(corners.subarray(0, size), this.corners);
    this.corners += size;
  }

  /** Returns the array of a field; a new field is filled with blanks for the items before this batch. */
  private open(kind: Batch['kind'], field: Field, width: number, like: Values | undefined): Values {
    const fields = this.fields[kind];
    let target = fields.get(field);
    if (target === undefined) {
      const Kind = like!.constructor as new (length: number) => Values;
      target = new Kind(width * this.capacity);
      fields.set(field, target);
    }
    if (!this.present.has(field)) {
      target.fill(field === 'sizes' ? 3 : Number.NaN, 0, width * this.count);
      this.present.add(field);
    }
    return target;
  }
}
