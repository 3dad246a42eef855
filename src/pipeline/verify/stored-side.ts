/** A mesh in a database: triangles with vertex ids, whose positions are looked up. */
import { basename, join } from 'node:path';
import { RowCache } from '../../collections/row-cache.js';
import { SpillFiles } from '../../collections/spill-file.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import {
  CachedPositions,
  type CornerPositions,
  SequentialPositions,
} from '../../database/rows/corner-positions.js';
import type { MeshRows } from '../../database/rows/selection.js';
import type { Place } from '../../errors.js';
import type { Format } from '../../formats/format.js';
import { chooseTempFolder } from '../../io/disk.js';
import { WorkFolder } from '../../io/work-folder.js';
import type { Precision, TriangleBatch } from '../../mesh.js';
import { forecastSpills } from '../run/forecast.js';
import { MissWatch } from '../run/miss-watch.js';
import { isRepeatable, locateTriangles } from './find-place.js';
import type { Side, SideOptions, Step, TakeTriangle } from './side.js';

/** The source from which a database was loaded. */
export interface LoadedFrom {
  readonly name: string;
  readonly format: Format;
}

export class StoredSide implements Side {
  readonly name: string;
  readonly format: string;
  readonly isRepeatable = true;
  private readonly rows: MeshRows;
  private readonly files: SpillFiles;
  /** Whether triangles are in no spatial order. */
  private isScattered = false;

  private constructor(
    private readonly db: MeshDatabase,
    private readonly arenaOf: () => ArrayBuffer,
    private readonly origin: LoadedFrom | undefined,
    private readonly options: SideOptions,
  ) {
    this.rows = db.rows();
    this.name = origin?.name ?? db.path;
    this.format = origin?.format.id ?? 'database';
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
    origin?: LoadedFrom,
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

  async read(take: TakeTriangle, step: Step): Promise<void> {
    const done = this.isScattered ? 0 : await this.readPages(take, step);
    if (!this.isScattered) return;
    this.options.onNote?.('triangles are in no spatial order: positions are looked up in sequence');
    await this.readSequentially(take, step, done);
  }

  async locate(numbers: readonly number[]): Promise<ReadonlyMap<number, Place>> {
    const { origin, options } = this;
    if (origin === undefined || !isRepeatable(origin.name)) return new Map();
    return locateTriangles(origin.name, origin.format, numbers, options);
  }

  /** Closes the database. Call it in any case. */
  close(): void {
    this.files.remove();
    this.db.close();
  }

  /** Reads with positions from pages, until too many are missed; returns how many triangles it has passed on. */
  private async readPages(take: TakeTriangle, step: Step): Promise<number> {
    const { rows } = this;
    const cache = new RowCache(rows.positions(rows.vertexLeaves()), this.arenaOf());
    const positions = new CachedPositions(cache);
    const watch = new MissWatch(rows.triangleRange, rows.vertexRange);
    let done = 0;
    for (const batch of rows.cornersOf()) {
      const before = cache.misses;
      handOver(batch, positions, 0, take);
      done += batch.count;
      await step(batch.count);
      this.isScattered = watch.isTooMuch(batch.count, cache.misses - before);
      if (this.isScattered) break;
    }
    return done;
  }

  /** Reads with positions from spill files, and passes on the triangles after the first `done`. */
  private async readSequentially(take: TakeTriangle, step: Step, done: number): Promise<void> {
    const { rows, files } = this;
    const arena = this.arenaOf();
    const needed = SequentialPositions.bytesOf(rows, rows.triangleRange, arena.byteLength);
    forecastSpills(files.folder, [{ what: 'positions of corners', bytes: needed }], this.options);
    const gathering = SequentialPositions.gather(rows, undefined, arena, files);
    let gathered = gathering.next();
    for (; !gathered.done; gathered = gathering.next()) await step(0);
    const positions = gathered.value;
    let skipped = done;
    for (const batch of rows.cornersOf()) {
      const skip = Math.min(skipped, batch.count);
      handOver(batch, positions, skip, take);
      skipped -= skip;
      await step(batch.count - skip);
    }
    positions.close();
  }
}

/** Passes on the triangles of a batch except the first `skip`. */
function handOver(
  { count, ids, corners }: TriangleBatch & { readonly ids: Float64Array },
  positions: CornerPositions,
  skip: number,
  take: TakeTriangle,
): void {
  const t = new Float64Array(9);
  for (let k = 0; k < count; k++) {
    positions.copyNext(corners[3 * k]!, corners[3 * k + 1]!, corners[3 * k + 2]!, t);
    if (k >= skip) take(ids[k]!, t);
  }
}
