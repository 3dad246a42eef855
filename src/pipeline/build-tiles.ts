/** Builds the tiles of a mesh, which show it at any level of detail, and keeps them in its database. */

import { basename, dirname, join } from 'node:path';
import { IdSet } from '../collections/id-set.js';
import { SpillFiles } from '../collections/spill-file.js';
import { MeshUpdate } from '../database/mesh-update.js';
import type { Connection } from '../database/open-database.js';
import type { Rows } from '../database/pages/leaf-decoder.js';
import type { CornerPositions } from '../database/rows/corner-positions.js';
import type { MeshRows } from '../database/rows/selection.js';
import { DatabaseError } from '../errors.js';
import { chooseTempFolder } from '../io/disk.js';
import { filePath } from '../io/file-path.js';
import { WorkFolder } from '../io/work-folder.js';
import { planTiling } from '../memory/plans.js';
import type { Bounds, TriangleBatch } from '../mesh.js';
import { integer, internal, listener, type Rules, takeOptions, text } from '../options.js';
import { TileBuilder } from '../tiles/build-tiles.js';
import { CoarseMesh } from '../tiles/coarse/coarse-mesh.js';
import { frameOf, type LatticeFrame } from '../tiles/lattice.js';
import { TILE_BYTES, TileStore } from '../tiles/tile-store.js';
import { TilesFileUpdate, type TileTarget } from '../tiles/tiles-file.js';
import { forecastBytes, forecastSpills } from './run/forecast.js';
import { Pace } from './run/pace.js';
import { RUN_OPTIONS, type RunOptions } from './run/progress.js';
import { CornerScan } from './scan/scan-corners.js';

/** A coarse mesh of the triangles that were read so far. */
export interface CoarseView {
  /** The box around all triangles, also those to come. */
  readonly bounds: Bounds;
  readonly frame: LatticeFrame;
  /** A tile without children, encoded. */
  readonly mesh: Uint8Array;
}

export interface TilesOptions extends RunOptions {
  /** A file of their own for the tiles, if the database cannot be written (default: the database). */
  readonly tilesFile?: string | undefined;
  /**
   * Receives a coarse mesh about once a second while triangles are read, and one of all triangles; for the view.
   * @internal
   */
  readonly onCoarse?: ((view: CoarseView) => void) | undefined;
  /**
   * The most triangles of a leaf; for tests.
   * @internal
   */
  readonly leafTriangles?: number | undefined;
  /**
   * The most triangles of a node's mesh; for tests.
   * @internal
   */
  readonly nodeTriangles?: number | undefined;
  /**
   * Memory for sorting triangles, and for sorting vertices; for tests.
   * @internal
   */
  readonly sortBytes?: number | undefined;
}

/** The time until the first coarse mesh, and between two of them, in milliseconds. */
const COARSE_FIRST_MS = 300;
const COARSE_MS = 1000;

const TILES_OPTIONS: Rules<TilesOptions> = {
  ...RUN_OPTIONS,
  tilesFile: text,
  onCoarse: internal(listener),
  leafTriangles: internal(integer(1)),
  nodeTriangles: internal(integer(1)),
  sortBytes: internal(integer()),
};

export interface TilesResult {
  readonly triangles: number;
  /** Nodes of the octree; each has a mesh. */
  readonly nodes: number;
  /** Nodes that have the triangles themselves, at most 16,384 each. */
  readonly leaves: number;
  /** Bytes of all meshes. */
  readonly bytes: number;
}

/**
 * Builds the tiles of a mesh and replaces former ones. Throws FileError if the disk has too little space for them,
 * DatabaseError.
 */
export async function buildTiles(database: string | URL, options: TilesOptions = {}): Promise<TilesResult> {
  return build(filePath.take(database, 'database'), takeOptions(options, TILES_OPTIONS));
}

async function build(database: string, options: TilesOptions): Promise<TilesResult> {
  const { tilesFile, signal } = options;
  const update: TileTarget =
    tilesFile === undefined
      ? await MeshUpdate.open(database, signal)
      : TilesFileUpdate.open(database, tilesFile);
  const output = tilesFile ?? database;
  const work = new WorkFolder(join(chooseTempFolder(options.tempFolder, output), basename(output)));
  const files = new SpillFiles(work);
  try {
    const { onNote, onForecast } = options;
    const rows = update.run(() => update.rows());
    const pace = new Pace(rows, options);
    const plan = planTiling(options);
    const { trianglesBytes, verticesBytes } = plan;
    const memory = {
      ...plan,
      trianglesBytes: options.sortBytes ?? trianglesBytes,
      verticesBytes: options.sortBytes ?? verticesBytes,
    };
    const bounds = await findUsedBounds(update, rows, pace.part(0, 0.2));
    const frame = frameOf(bounds);
    const { triangleRange, vertexRange } = rows;
    forecastSpills(
      files.folder,
      [
        { what: 'sorted triangles', bytes: TileBuilder.bytesOf(rows, memory) },
        { what: 'tiles', bytes: TILE_BYTES * triangleRange },
      ],
      options,
    );
    forecastBytes(dirname(output), [{ what: 'tiles', bytes: TILE_BYTES * triangleRange }], options);
    const scanPace = pace.part(0.2, 1);
    const scan = new CornerScan(rows, undefined, files, (share) => scanPace.pauseAt('survey', share), {
      bytes: memory.positionsBytes,
      onNote,
      onForecast,
    });
    let builder: TileBuilder | undefined;
    let coarse: CoarseMesh | undefined;
    let triangles = 0;
    const tellCoarse = () => {
      if (coarse !== undefined && coarse.seen > 0)
        options.onCoarse!({ bounds, frame, mesh: coarse.encode() });
    };
    await scan.run((positions: CornerPositions) => {
      builder?.remove();
      coarse = options.onCoarse && new CoarseMesh();
      builder = new TileBuilder(rows, frame, positions, memory, files, coarse);
      triangles = 0;
      const tiles = builder;
      let next = performance.now() + COARSE_FIRST_MS;
      const take = (batch: TriangleBatch & Rows) => {
        update.run(() => tiles.take(batch));
        triangles += batch.count;
        if (coarse === undefined || performance.now() < next) return;
        tellCoarse();
        next = performance.now() + COARSE_MS;
      };
      return { take };
    });
    tellCoarse();
    coarse = undefined;
    const store = new TileStore(files, frame);
    for (const share of builder!.finish(store, options)) {
      await pace.pause('index', Math.round(0.9 * share * triangleRange), triangleRange);
    }
    const range = { triangles: triangleRange, vertices: vertexRange };
    for (const done of update.steps((db) => store.finish(db, range))) {
      const share = 0.9 + (0.1 * done) / Math.max(1, store.nodes);
      await pace.pause('index', Math.round(share * triangleRange), triangleRange);
    }
    await update.commit();
    return { triangles, nodes: store.nodes, leaves: store.leaves, bytes: store.bytes };
  } finally {
    update.close();
    files.remove();
  }
}

/** Finds the box around the vertices that triangles use, or around all if the import found no others. */
async function findUsedBounds(update: TileTarget, rows: MeshRows, pace: Pace): Promise<Bounds> {
  const used = update.run(hasUnreferenced) ? IdSet.create(rows.vertexRange) : undefined;
  if (used !== undefined) {
    for (const { count, ids, corners } of rows.cornersOf()) {
      for (let k = 0; k < 3 * count; k++) used.add(corners[k]!);
      await pace.pauseAt('survey', (0.7 * ids[count - 1]!) / rows.triangleRange);
    }
  }
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const { count, ids, positions } of rows.positionsOf()) {
    for (let k = 0; k < count; k++) {
      if (used !== undefined && !used.has(ids[k]!)) continue;
      for (let axis = 0; axis < 3; axis++) {
        const value = positions[3 * k + axis]!;
        if (value < min[axis]!) min[axis] = value;
        if (value > max[axis]!) max[axis] = value;
      }
    }
    await pace.pauseAt('survey', 0.7 + (0.3 * ids[count - 1]!) / rows.vertexRange);
  }
  if (min[0] === Infinity) return { min: [0, 0, 0], max: [0, 0, 0] };
  if (![...min, ...max].every(Number.isFinite)) {
    throw new DatabaseError(`${update.path}: a vertex is infinite; expected finite coordinates`, {
      code: 'DATABASE_DAMAGED',
      hint: 'vertices were changed since the import; import the source again',
    });
  }
  return { min, max };
}

function hasUnreferenced(db: Connection): boolean {
  return db.prepare('SELECT total(unreferenced) > 0 FROM mesh').pluck().get() === 1;
}
