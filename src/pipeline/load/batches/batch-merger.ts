/**
 * Merges small batches before they are welded: a source of many parts has a batch for each, and a message to the weld
 * thread takes as long for one triangle as for thousands.
 */
import { FACE_CORNERS_MAX } from '../../../memory.js';
import type { Batch, Welding } from '../../../weld/welding.js';
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

/** The items of one kind that wait. */
interface Waiting {
  count: number;
  /** The sum of their corners, for faces. */
  corners: number;
  /** Fields of the merged batch, each as long as the largest batch needs. */
  readonly fields: Map<Field, Values>;
  readonly present: Set<Field>;
}

const nothing = (): Waiting => ({ count: 0, corners: 0, fields: new Map(), present: new Set() });

export class BatchMerger {
  private readonly waiting: Readonly<Record<Batch['kind'], Waiting>> = {
    soup: nothing(),
    vertices: nothing(),
    faces: nothing(),
  };

  /**
   * Merges batches of up to `capacity` items before `welding` takes them. Only items of one kind keep their order: faces may
   * come before or after their vertices.
   */
  constructor(
    private readonly welding: Pick<Welding, 'add'>,
    private readonly capacity: number,
  ) {}

  /** Adds a batch, which is lent until the call returns or its promise resolves. Merged batches have no places. */
  add(batch: Batch): void | Promise<void> {
    const { count } = this.waiting[batch.kind];
    // Avoids a promise for each of a million small batches.
    if (count > 0 && !this.hasRoom(batch)) return this.flushBefore(batch);
    if (count === 0 && batch.count >= LARGE * this.capacity) return this.welding.add(batch);
    this.append(batch);
  }

  /** Passes on the waiting items. */
  async flush(): Promise<void> {
    for (const kind of Object.keys(this.waiting) as Batch['kind'][]) await this.flushKind(kind);
  }

  private async flushKind(kind: Batch['kind']): Promise<void> {
    const waiting = this.waiting[kind];
    const { count, corners, present, fields } = waiting;
    if (count === 0) return;
    const widths = new Map<Field, number>(WIDTHS[kind]);
    const arrays = [...present].map((field) => {
      const width = widths.get(field);
      return [field, fields.get(field)!.subarray(0, width === undefined ? corners : width * count)] as const;
    });
    waiting.count = 0;
    waiting.corners = 0;
    present.clear();
    await this.welding.add({ kind, count, places: [], ...Object.fromEntries(arrays) } as unknown as Batch);
  }

  private async flushBefore(batch: Batch): Promise<void> {
    await this.flushKind(batch.kind);
    await this.add(batch);
  }

  private hasRoom({ kind, count }: Batch): boolean {
    const waiting = this.waiting[kind];
    return waiting.count + count <= this.capacity && waiting.corners <= 3 * this.capacity;
  }

  private append(batch: Batch): void {
    const waiting = this.waiting[batch.kind];
    const { count, present } = waiting;
    for (const [field, width] of WIDTHS[batch.kind]) {
      const values = (batch as unknown as Partial<Record<Field, Values>>)[field];
      if (values === undefined && !present.has(field)) continue;
      const target = this.open(waiting, field, width, values);
      if (values === undefined)
        target.fill(field === 'sizes' ? 3 : Number.NaN, width * count, width * (count + batch.count));
      else target.set(values.subarray(0, width * batch.count), width * count);
    }
    if (batch.kind === 'faces') this.appendCorners(waiting, batch.corners, countCorners(batch));
    waiting.count += batch.count;
  }

  private appendCorners(waiting: Waiting, corners: Float64Array, size: number): void {
    const { fields, present } = waiting;
    let target = fields.get('corners');
    if (target === undefined) {
      target = new Float64Array(6 * this.capacity + 2 * FACE_CORNERS_MAX);
      fields.set('corners', target);
    }
    present.add('corners');
    target.set(corners.subarray(0, size), waiting.corners);
    waiting.corners += size;
  }

  /** Returns the array of a field; a new field is filled with blanks for the items before this batch. */
  private open(
    { count, fields, present }: Waiting,
    field: Field,
    width: number,
    like: Values | undefined,
  ): Values {
    let target = fields.get(field);
    if (target === undefined) {
      const Kind = like!.constructor as new (length: number) => Values;
      target = new Kind(width * this.capacity);
      fields.set(field, target);
    }
    if (!present.has(field)) {
      target.fill(field === 'sizes' ? 3 : Number.NaN, 0, width * count);
      present.add(field);
    }
    return target;
  }
}
