/**
 * The normals of the source at the corners of all triangles, in the order of the slots of tiles, in a file: three packed
 * normals for each slot. NaN stands for a vertex without one.
 */

import { RowCache, type RowSource } from '../../collections/row-cache.js';
import type { MeshDatabase } from '../../database/mesh-database.js';
import { RandomAccessFile } from '../../io/random-access-file.js';
import type { WorkFolder } from '../../io/work-folder.js';
import { planTiling } from '../../memory/plans.js';
import { packColor } from '../../tiles/slot-values.js';
import type { TileReader } from '../../tiles/tile-reader.js';
import { forecastSpills } from '../run/forecast.js';
import { Pace } from '../run/pace.js';
import type { RunOptions } from '../run/progress.js';

/** The normals of the source, as what the view computes once like a column. */
export interface NormalColumn {
  readonly kind: 'normal';
  readonly name: 'normal';
}

/** Bytes of a slot: three normals. */
const SLOT_BYTES = 12;
/** The share of the time until all normals are known, by id. */
const SCAN_SHARE = 0.7;

/** Packs a normal into one number: each coordinate from -1 to 1 is a byte, as red, green and blue of a color. */
export function packNormal(x: number, y: number, z: number): number {
  const length = Math.hypot(x, y, z);
  if (!(length > 0 && length < Number.POSITIVE_INFINITY)) return Number.NaN;
  const [red, green, blue] = [x, y, z].map((value) => 0.5 + value / length / 2);
  return packColor(red!, green!, blue!);
}

/** Stores the normals of a mesh at `output` for a {@link SlotNormalReader}. Throws FileError. */
export async function storeNormals(
  db: MeshDatabase,
  tiles: TileReader,
  output: string,
  work: WorkFolder,
  options: RunOptions,
): Promise<void> {
  const rows = db.rows({ normals: true });
  const { verticesBytes } = planTiling(options);
  const pace = new Pace(rows, options);
  const bytes = SLOT_BYTES * (rows.triangleRange + tiles.slots);
  forecastSpills(work.parent, [{ what: 'normals', bytes }], options);
  const source = rows.vertexNormals();
  const normals = source && new RowCache(source, verticesBytes);
  const byId = RandomAccessFile.open(work.file('normals.by-id'), 'create');
  let file: RandomAccessFile | undefined;
  try {
    for (const { count, ids, corners } of rows.cornersOf()) {
      const first = ids[0]!;
      const packed = new Float32Array(3 * (ids[count - 1]! - first + 1)).fill(Number.NaN);
      for (let k = 0; k < 3 * count; k++) {
        if (normals === undefined) break;
        const at = normals.locate(corners[k]!);
        const { values } = normals;
        const triangle = ids[Math.floor(k / 3)]! - first;
        packed[3 * triangle + (k % 3)] = packNormal(values[at]!, values[at + 1]!, values[at + 2]!);
      }
      byId.write(new Uint8Array(packed.buffer), SLOT_BYTES * first);
      await pace.part(0, SCAN_SHARE).pauseAt('survey', ids[count - 1]! / rows.triangleRange);
    }
    const cache = new RowCache(new NormalRows(byId, rows.triangleRange), verticesBytes);
    file = RandomAccessFile.open(output, 'create');
    for (const node of tiles.listNodes()) {
      const ids = tiles.ids(node);
      if (ids === undefined) continue;
      const packed = new Float32Array(3 * node.count);
      for (let k = 0; k < node.count; k++) {
        const at = cache.locate(ids[k]!);
        for (let corner = 0; corner < 3; corner++) packed[3 * k + corner] = cache.values[at + corner]!;
      }
      file.write(new Uint8Array(packed.buffer), SLOT_BYTES * node.first);
      await pace.part(SCAN_SHARE, 1).pauseAt('survey', node.first / tiles.slots);
    }
  } finally {
    file?.close();
    byId.close();
  }
}

/** Reads what {@link storeNormals} has written. */
export class SlotNormalReader {
  private readonly file: RandomAccessFile;

  constructor(path: string) {
    this.file = RandomAccessFile.open(path, 'read');
  }

  /** Returns the packed normals of `count` slots from `first` on: three each. */
  read(first: number, count: number): Float32Array {
    const packed = new Float32Array(3 * count);
    this.file.read(new Uint8Array(packed.buffer), SLOT_BYTES * first);
    return packed;
  }

  /**
   * Returns a normal for each vertex above the leaves: that of the first corner of its first slot, which is in its cell.
   * `slots` has the number of slots of each, consecutive from `first` on. NaN where there is none.
   */
  firsts(first: number, slots: Float64Array): Float32Array {
    const one = new Float32Array(1);
    let at = first;
    return Float32Array.from(slots, (count) => {
      if (count === 0) return Number.NaN;
      this.file.read(new Uint8Array(one.buffer), SLOT_BYTES * at);
      at += count;
      return one[0]!;
    });
  }

  close(): void {
    this.file.close();
  }
}

/** Normals by the id of their triangle, in a file. */
class NormalRows implements RowSource {
  readonly width = 3;

  constructor(
    private readonly file: RandomAccessFile,
    readonly count: number,
  ) {}

  load(first: number, count: number, target: Float64Array): void {
    const packed = new Float32Array(3 * count);
    this.file.read(new Uint8Array(packed.buffer), SLOT_BYTES * first);
    target.set(packed);
  }
}
