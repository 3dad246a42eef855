/** A mesh in a database or in spill files: triangles with vertex ids, whose positions are looked up. */
import type { SpillFiles } from '../../collections/spill-file.js';
import { type CornerPositions, SequentialPositions } from '../../database/rows/corner-positions.js';
import type { Precision } from '../../mesh.js';
import { type CornerConsumer, CornerScan, type ScannedRows } from '../scan/scan-corners.js';
import { type FilePlace, locateTriangles } from './find-place.js';
import type { OnStep, Side, SideOptions, TakeTriangles } from './side.js';

/** The files from which rows were read only for this comparison. */
export interface SpooledFrom {
  readonly files: Parameters<typeof locateTriangles>[0];
  /** The number of triangles in each. */
  readonly counts: readonly number[];
}

export class StoredSide implements Side {
  readonly isRepeatable = true;
  /** Whether triangles are in no spatial order. */
  private isScattered = false;

  /**
   * Wraps rows that the caller closes, of a database, or of the files `origin`. It has the arena to itself whenever it is read, and its temporary files are among `files`.
   */
  constructor(
    private readonly origin: SpooledFrom | undefined,
    private readonly rows: ScannedRows & { readonly precision: Precision },
    private readonly files: SpillFiles,
    private readonly arenaOf: () => ArrayBuffer,
    private readonly options: SideOptions,
  ) {}

  get precision(): Precision {
    return this.rows.precision;
  }

  get expectedTriangles(): number {
    return this.rows.triangleRange;
  }

  async read(take: TakeTriangles, step: OnStep): Promise<void> {
    const { onNote, onForecast } = this.options;
    const gathered = new Gathered();
    const onStep = async () => {
      const { count } = gathered;
      if (count > 0) await take(gathered);
      gathered.count = 0;
      await step(count);
    };
    const begin = (positions: CornerPositions): CornerConsumer => {
      this.isScattered = positions instanceof SequentialPositions;
      return gathered.from(positions);
    };
    const options = { bytes: this.arenaOf(), onNote, onForecast };
    const scan = new CornerScan(this.rows, undefined, this.files, onStep, options);
    if (this.isScattered) await scan.runSequentially(begin);
    else await scan.run(begin);
  }

  async locate(numbers: readonly number[]): Promise<ReadonlyMap<number, FilePlace>> {
    const { origin, options } = this;
    if (origin === undefined) return new Map();
    return locateTriangles(origin.files, origin.counts, numbers, options);
  }
}

/** A batch of triangles with their positions, except those that an abandoned scan has already gathered. */
class Gathered {
  count = 0;
  ids = new Float64Array(0);
  positions = new Float64Array(0);
  /** Triangles gathered so far. */
  private total = 0;

  /** Gathers all triangles of the rows from their first on, with these positions. */
  from(positions: CornerPositions): CornerConsumer {
    const t = new Float64Array(9);
    let left = this.total;
    return {
      take: ({ count, ids, corners }) => {
        this.reserve(count);
        for (let k = 0; k < count; k++) {
          positions.copyNext(corners[3 * k]!, corners[3 * k + 1]!, corners[3 * k + 2]!, t);
          if (left > 0) {
            left--;
            continue;
          }
          for (let d = 0, to = 9 * this.count; d < 9; d++) this.positions[to++] = t[d]!;
          this.ids[this.count++] = ids[k]!;
          this.total++;
        }
      },
    };
  }

  private reserve(count: number): void {
    if (this.ids.length >= count) return;
    this.ids = new Float64Array(count);
    this.positions = new Float64Array(9 * count);
  }
}
