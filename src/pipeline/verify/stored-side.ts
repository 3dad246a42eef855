/** A mesh in a database: triangles with vertex ids, whose positions are looked up. */
import { basename, join } from 'node:path';
import { SpillFiles } from '../../collections/spill-file.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import { type CornerPositions, SequentialPositions } from '../../database/rows/corner-positions.js';
import type { MeshRows } from '../../database/rows/selection.js';
import { chooseTempFolder } from '../../io/disk.js';
import { WorkFolder } from '../../io/work-folder.js';
import type { Precision } from '../../mesh.js';
import type { Inputs } from '../load/inputs.js';
import { type CornerConsumer, CornerScan } from '../scan/scan-corners.js';
import { type FilePlace, locateTriangles } from './find-place.js';
import type { OnStep, Side, SideOptions, TakeTriangle } from './side.js';

export class StoredSide implements Side {
  readonly isRepeatable = true;
  private readonly rows: MeshRows;
  private readonly files: SpillFiles;
  /** Whether triangles are in no spatial order. */
  private isScattered = false;

  private constructor(
    private readonly db: MeshDatabase,
    private readonly arenaOf: () => ArrayBuffer,
    private readonly origin: Inputs | undefined,
    private readonly options: SideOptions,
  ) {
    this.rows = db.rows();
    const folder = chooseTempFolder(options.tempFolder, db.path);
    this.files = new SpillFiles(new WorkFolder(join(folder, basename(db.path))));
  }

  /**
   * Opens a database, which may have been loaded from `origin` only for this comparison. It has the arena to itself
   * whenever it is read. Throws DatabaseError.
   */
  static open(
    database: string,
    arenaOf: () => ArrayBuffer,
    options: SideOptions,
    origin?: Inputs,
  ): StoredSide {
    const db = MeshDatabase.open(database);
    try {
      return new StoredSide(db, arenaOf, origin, options);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  get precision(): Precision {
    return this.rows.precision;
  }

  get expectedTriangles(): number {
    return this.rows.triangleRange;
  }

  async read(take: TakeTriangle, step: OnStep): Promise<void> {
    const { onNote, onForecast } = this.options;
    let done = 0;
    let told = 0;
    const onStep = () => {
      const count = done - told;
      told = done;
      return step(count);
    };
    const begin = (positions: CornerPositions): CornerConsumer => {
      this.isScattered = positions instanceof SequentialPositions;
      return handOver(positions, done, (id, t) => {
        take(id, t);
        done++;
      });
    };
    const options = { bytes: this.arenaOf(), onNote, onForecast };
    const scan = new CornerScan(this.rows, undefined, this.files, onStep, options);
    if (this.isScattered) await scan.runSequentially(begin);
    else await scan.run(begin);
  }

  async locate(numbers: readonly number[]): Promise<ReadonlyMap<number, FilePlace>> {
    const { origin, options, db } = this;
    if (origin === undefined) return new Map();
    return locateTriangles(origin.facts, db.trianglesOfSources(), numbers, options);
  }

  /** Closes the database. Call it in any case. */
  close(): void {
    this.files.remove();
    this.db.close();
  }
}

/** Passes on triangles with their positions, except those that an abandoned scan has already passed on. */
function handOver(positions: CornerPositions, skipped: number, take: TakeTriangle): CornerConsumer {
  const t = new Float64Array(9);
  let left = skipped;
  return {
    take({ count, ids, corners }) {
      for (let k = 0; k < count; k++) {
        positions.copyNext(corners[3 * k]!, corners[3 * k + 1]!, corners[3 * k + 2]!, t);
        if (left > 0) left--;
        else take(ids[k]!, t);
      }
    },
  };
}
