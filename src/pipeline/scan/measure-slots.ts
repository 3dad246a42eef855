/** Computes a column of all triangles, and stores its values in the order of the slots of tiles. */

import { RowCache, type RowSource } from '../../collections/row-cache.js';
import { SpillFiles } from '../../collections/spill-file.js';
import { type RunLabel, readLabels } from '../../database/label-runs.js';
import type { MeshDatabase } from '../../database/mesh-database.js';
import type { CornerPositions } from '../../database/rows/corner-positions.js';
import type { MeshRows } from '../../database/rows/selection.js';
import { compileMeasures } from '../../filter/expression/measures.js';
import { RandomAccessFile } from '../../io/random-access-file.js';
import type { WorkFolder } from '../../io/work-folder.js';
import { planTiling } from '../../memory/plans.js';
import { packColor, SlotValueWriter, type ValueRange } from '../../tiles/slot-values.js';
import type { TileReader } from '../../tiles/tile-reader.js';
import { readAttributeColors } from '../run/attribute-colors.js';
import { forecastSpills } from '../run/forecast.js';
import { Pace } from '../run/pace.js';
import type { RunOptions } from '../run/progress.js';
import { CornerScan } from './scan-corners.js';

const VALUE_BYTES = 4;
/** Labels that are written at a time. */
const TURN_ROWS = 2 ** 16;
/** The share of the time until all values are known, by id. */
const SCAN_SHARE = 0.7;

/** What triangles can be colored by: a measure, a label, or the colors of the source. */
export type SlotColumn =
  | { readonly kind: 'number'; readonly name: string }
  | { readonly kind: 'label'; readonly name: RunLabel }
  | { readonly kind: 'color'; readonly name: 'color' };

/** Writes values by the id of their triangle; calls back with the share that is done. */
type Fill = (target: RandomAccessFile, pause: (share: number) => Promise<void>) => Promise<void>;

/**
 * Computes a column for each slot, and stores it at `output` for a SlotValueReader. Colors are packed by packColor. Throws
 * FileError.
 */
export async function measureSlots(
  db: MeshDatabase,
  tiles: TileReader,
  column: SlotColumn,
  output: string,
  work: WorkFolder,
  options: RunOptions,
): Promise<ValueRange> {
  const isColor = column.kind === 'color';
  const rows = db.rows(isColor ? { colors: true, decodeAttribute: readAttributeColors(db).decode } : {});
  const plan = planTiling(options);
  const files = new SpillFiles(work);
  const pace = new Pace(rows, options);
  const valueBytes = VALUE_BYTES * rows.triangleRange + SlotValueWriter.bytesOf(tiles.slots);
  forecastSpills(files.folder, [{ what: 'values', bytes: valueBytes }], options);
  const byId = RandomAccessFile.open(work.file(`${column.name}.by-id`), 'create');
  let writer: SlotValueWriter | undefined;
  try {
    const fill: Fill =
      column.kind === 'number'
        ? (target, pause) => fillMeasure(rows, column.name, plan.trianglesBytes, files, target, pause)
        : column.kind === 'label'
          ? (target, pause) => fillLabels(db, rows, column.name, target, pause)
          : (target, pause) => fillColors(rows, plan.verticesBytes, target, pause);
    const fillPace = pace.part(0, SCAN_SHARE);
    await fill(byId, (share) => fillPace.pauseAt('survey', share));
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

async function fillMeasure(
  rows: MeshRows,
  name: string,
  bytes: number,
  files: SpillFiles,
  target: RandomAccessFile,
  pause: (share: number) => Promise<void>,
): Promise<void> {
  const measure = compileMeasures([name]);
  const scan = new CornerScan(rows, undefined, files, pause, { bytes });
  await scan.run((positions: CornerPositions) => {
    const corners = new Float64Array(9);
    const result = new Float64Array(1);
    return {
      take({ count, ids, corners: vertices }) {
        const values = valuesFor(ids, count);
        for (let k = 0; k < count; k++) {
          positions.copyNext(vertices[3 * k]!, vertices[3 * k + 1]!, vertices[3 * k + 2]!, corners);
          measure(corners, 1, result);
          values[ids[k]! - ids[0]!] = result[0]!;
        }
        write(target, values, ids[0]!);
      },
    };
  });
}

async function fillLabels(
  db: MeshDatabase,
  { triangleRange: range }: MeshRows,
  name: RunLabel,
  target: RandomAccessFile,
  pause: (share: number) => Promise<void>,
): Promise<void> {
  let first = 0;
  for (const values of db.ask((connection) => readLabels(connection, name, range, TURN_ROWS))) {
    write(target, values, first);
    first += values.length;
    await pause(first / range);
  }
}

/** Colors of faces or attribute words; where there are none, the mean of the colors of the corners. */
async function fillColors(
  rows: MeshRows,
  bytes: number,
  target: RandomAccessFile,
  pause: (share: number) => Promise<void>,
): Promise<void> {
  const source = rows.vertexColors();
  const cache = source && new RowCache(source, bytes);
  for (const { count, ids, corners, colors: own } of rows.triangles()) {
    const values = valuesFor(ids, count);
    for (let k = 0; k < count; k++) {
      const isColored = own !== undefined && !Number.isNaN(own[4 * k]!);
      values[ids[k]! - ids[0]!] = isColored
        ? packColor(own[4 * k]!, own[4 * k + 1]!, own[4 * k + 2]!)
        : meanOfCorners(cache, corners, 3 * k);
    }
    write(target, values, ids[0]!);
    await pause(ids[count - 1]! / rows.triangleRange);
  }
}

/** The mean of the corners that have a color; NaN if none has one. */
function meanOfCorners(cache: RowCache | undefined, corners: Float64Array, from: number): number {
  if (cache === undefined) return Number.NaN;
  const sum = [0, 0, 0];
  let count = 0;
  for (let corner = from; corner < from + 3; corner++) {
    const at = cache.locate(corners[corner]!);
    if (Number.isNaN(cache.values[at]!)) continue;
    for (let channel = 0; channel < 3; channel++) sum[channel]! += cache.values[at + channel]!;
    count++;
  }
  return count === 0 ? Number.NaN : packColor(sum[0]! / count, sum[1]! / count, sum[2]! / count);
}

/** Makes an array for the triangles from the first id to the last one. */
function valuesFor(ids: Float64Array, count: number): Float32Array {
  return new Float32Array(ids[count - 1]! - ids[0]! + 1).fill(Number.NaN);
}

function write(target: RandomAccessFile, values: Float32Array, first: number): void {
  target.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), VALUE_BYTES * first);
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
