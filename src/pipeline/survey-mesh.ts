/**
 * Surveys a mesh in numbers: the distributions of areas, edges and degrees, and where vertices are. Works in passes over
 * pages, within a fixed memory.
 */

import { basename, join } from 'node:path';
import { SpillFiles } from '../collections/spill-file.js';
import { databaseError } from '../database/database-error.js';
import { MeshDatabase } from '../database/mesh-database.js';
import type { Rows } from '../database/pages/leaf-decoder.js';
import type { CornerPositions } from '../database/rows/corner-positions.js';
import { chooseTempFolder } from '../io/disk.js';
import { filePath } from '../io/file-path.js';
import { WorkFolder } from '../io/work-folder.js';
import { planSurveying } from '../memory/plans.js';
import type { TriangleBatch } from '../mesh.js';
import { takeOptions } from '../options.js';
import { type DensityView, DensityViews } from '../topology/density.js';
import { Distribution } from '../topology/distribution.js';
import { TopologyCount } from '../topology/topology-count.js';
import { Pace } from './run/pace.js';
import { RUN_OPTIONS, type RunOptions } from './run/progress.js';
import { findBounds } from './scan/find-bounds.js';
import { openStars } from './scan/open-stars.js';
import { CornerScan } from './scan/scan-corners.js';

export interface MeshSurvey {
  /** Areas of all triangles, in square units of the source. */
  readonly areas: Distribution;
  /** Lengths of the sides of all triangles; an edge of two triangles counts twice. */
  readonly sides: Distribution;
  /**
   * The number of vertices with 0, 1, 2 and so on edges, without degenerate triangles; the last entry counts all higher
   * degrees.
   */
  readonly degrees: readonly number[];
  /** Views from above, front and right; empty if there are no vertices. */
  readonly views: readonly DensityView[];
}

/** Surveys the mesh of a database. Throws UsageError, FileError, DatabaseError. */
export async function surveyMesh(database: string | URL, options: RunOptions = {}): Promise<MeshSurvey> {
  return survey(filePath.take(database, 'database'), takeOptions(options, RUN_OPTIONS));
}

async function survey(database: string, options: RunOptions): Promise<MeshSurvey> {
  const { onNote, onForecast } = options;
  const tempFolder = chooseTempFolder(options.tempFolder, database);
  const db = MeshDatabase.open(database);
  const files = new SpillFiles(new WorkFolder(join(tempFolder, basename(database))));
  try {
    const rows = db.rows();
    const pace = new Pace(rows, options);
    const { positionsBytes, starsBytes } = planSurveying(options);
    const arena = new ArrayBuffer(starsBytes);
    const spool = openStars(rows, arena, files, tempFolder, options);
    const { bounds } = await findBounds(rows, pace.part(0, 0.1), 'survey');
    const density = bounds && new DensityViews(bounds);
    const looking = pace.part(0.1, 0.2);
    for (const batch of rows.positionsOf()) {
      density?.take(batch);
      await looking.pause('survey', batch.ids[batch.count - 1]!, rows.vertexRange);
    }
    const measuring = pace.part(0.2, 0.5);
    const scan = new CornerScan(rows, undefined, files, (share) => measuring.pauseAt('survey', share), {
      bytes: positionsBytes,
      onNote,
      onForecast,
    });
    const { areas, sides } = await scan.run((positions) => new Shapes(positions));

    const gathering = pace.part(0.5, 0.7);
    for (const batch of rows.cornersOf()) {
      spool.add(batch);
      await gathering.pause('survey', batch.ids[batch.count - 1]!, rows.triangleRange);
    }
    const count = new TopologyCount({ onPair: () => undefined });
    const counting = pace.part(0.7, 1);
    for (const stars of spool.stars()) {
      count.take(stars);
      await counting.pause('survey', stars.first + stars.ends.length, rows.vertexRange);
    }
    const others = rows.vertexRange - count.vertices;
    const degrees = [...count.degrees].map((vertices, degree) => (degree === 0 ? others : vertices));
    return { areas, sides, degrees, views: density?.views ?? [] };
  } catch (error) {
    throw databaseError(error, database);
  } finally {
    db.close();
    files.remove();
  }
}

/** Measures triangles and their sides. */
class Shapes {
  readonly areas = new Distribution();
  readonly sides = new Distribution();
  private readonly corners = new Float64Array(9);

  constructor(private readonly positions: CornerPositions) {}

  take({ count, corners: vertices }: TriangleBatch & Rows): void {
    const { positions, corners: t, areas, sides } = this;
    for (let k = 0; k < 3 * count; k += 3) {
      positions.copyNext(vertices[k]!, vertices[k + 1]!, vertices[k + 2]!, t);
      const ux = t[3]! - t[0]!;
      const uy = t[4]! - t[1]!;
      const uz = t[5]! - t[2]!;
      const vx = t[6]! - t[0]!;
      const vy = t[7]! - t[1]!;
      const vz = t[8]! - t[2]!;
      areas.add(0.5 * length(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx));
      sides.add(length(ux, uy, uz));
      sides.add(length(vx - ux, vy - uy, vz - uz));
      sides.add(length(vx, vy, vz));
    }
  }
}

function length(x: number, y: number, z: number): number {
  return Math.sqrt(x * x + y * y + z * z);
}
