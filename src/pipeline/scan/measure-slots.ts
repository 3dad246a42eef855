/** Computes a column of all triangles, and stores its values in the order of the slots of tiles. */

import { RowCache, type RowSource } from '../../collections/row-cache.js';
import { SpillFiles } from '../../collections/spill-file.js';
import type { MeshDatabase } from '../../database/mesh-database.js';
import type { CornerPositions } from '../../database/rows/corner-positions.js';
import { compileMeasures } from '../../filter/expression/measures.js';
import { RandomAccessFile } from '../../io/random-access-file.js';
import type { WorkFolder } from '../../io/work-folder.js';
import { planTiling } from '../../memory/plans.js';
import { SlotValueWriter, type ValueRange } from '../../tiles/slot-values.js';
import type { TileReader } from '../../tiles/tile-reader.js';
import { forecastSpills } from '../run/forecast.js';
import { Pace } from '../run/pace.js';
import type { RunOptions } from '../run/progress.js';
import { CornerScan } from './scan-corners.js';

const VALUE_BYTES = 4;
/** The share of the time until all values are known, by id. */
const SCAN_SHARE = 0.7;

/**
 * Computes the measure of this name, one of MEASURES, for each slot, and stores it at `output` for a SlotValueReader. Throws
 * FileError.
 */
export async function measureSlots(
  db: MeshDatabase,
  tiles: TileReader,
  name: string,
  output: string,
  work: WorkFolder,
  options: RunOptions,
): Promise<ValueRange> {
  const rows = db.rows();
  const measure = compileMeasures([name]);
  const plan = planTiling(options);
  const files = new SpillFiles(work);
  const pace = new Pace(rows, options);
  const valueBytes = VALUE_BYTES * rows.triangleRange + SlotValueWriter.bytesOf(tiles.slots);
  forecastSpills(files.folder, [{ what: 'values', bytes: valueBytes }], options);
  const byId = RandomAccessFile.open(work.file(`${name}.by-id`), 'create');
  let writer: SlotValueWriter | undefined;
  try {
    const scanPace = pace.part(0, SCAN_SHARE);
    const scan = new CornerScan(rows, undefined, files, (share) => scanPace.pauseAt('survey', share), {
      bytes: plan.trianglesBytes,
    });
    await scan.run((positions: CornerPositions) => {
      const corners = new Float64Array(9);
      const result = new Float64Array(1);
      return {
        take({ count, ids, corners: vertices }) {
          const first = ids[0]!;
          const values = new Float32Array(ids[count - 1]! - first + 1).fill(Number.NaN);
          for (let k = 0; k < count; k++) {
            positions.copyNext(vertices[3 * k]!, vertices[3 * k + 1]!, vertices[3 * k + 2]!, corners);
            measure(corners, 1, result);
            values[ids[k]! - first] = result[0]!;
          }
          byId.write(new Uint8Array(values.buffer), VALUE_BYTES * first);
        },
      };
    });
    const cache = new RowCache(new ValueRows(byId, rows.triangleRange), plan.verticesBytes);
    writer = new SlotValueWriter(output, tiles.slots);
    for (const node of tiles.listNodes()) {
      const ids = tiles.ids(node);
      if (ids === undefined) continue;
      for (const id of ids) writer.add(cache.values[cache.locate(id)]!);
      await pace.part(SCAN_SHARE, 1).pauseAt('survey', node.first / tiles.slots);
    }
    const range = writer.finish();
    writer = undefined;
    return range;
  } finally {
    writer?.close();
    byId.close();
    files.remove();
  }
}

/** Values by the id of their triangle, in a file. */
class ValueRows implements RowSource {
  readonly width = 1;

  constructor(
    private readonly file: RandomAccessFile,
    readonly count: number,
  ) {}

  load(first: number, count: number, target: Float64Array): void {
    const values = new Float32Array(count);
    this.file.read(new Uint8Array(values.buffer), VALUE_BYTES * first);
    target.set(values);
  }
}
