/** How fast each format is read, without welding or loading: its reader alone, in this process, on one core. */

import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { detectFormat } from '../../src/formats/detect.js';
import { ByteSource } from '../../src/io/input/byte-source.js';
import { BATCH_TRIANGLES } from '../../src/memory.js';
import { ENCODINGS, type Encoding, writePillow } from './encode.js';
import type { Pillow } from './generate.js';
import { median } from './rates.js';

export interface ReaderRow {
  readonly encoding: Encoding;
  readonly bytes: number;
  /** Median of the runs. */
  readonly seconds: number;
  /** Median of the runs' ratios to the first encoding, binary STL, in the same run. */
  readonly ratio: number;
}

/** Reads every encoding of the mesh `runs` times in turn, after one to warm up. */
export async function measureReaders(pillow: Pillow, runs: number, folder: string): Promise<ReaderRow[]> {
  const files = ENCODINGS.map((encoding) => ({ encoding, path: join(folder, `read.${encoding}`) }));
  const seconds = files.map((): number[] => []);
  for (const { encoding, path } of files) writePillow(path, pillow, encoding, 'grid');
  for (let run = -1; run < runs; run++) {
    for (const [k, { path }] of files.entries()) {
      const began = performance.now();
      const triangles = await countTriangles(path);
      if (run >= 0) seconds[k]!.push((performance.now() - began) / 1000);
      if (triangles !== pillow.triangles) throw new Error(`${path}: ${triangles} triangles were read`);
    }
  }
  const rows = files.map(({ encoding, path }, k) => ({
    encoding,
    bytes: statSync(path).size,
    seconds: median(seconds[k]!),
    ratio: median(seconds[k]!.map((value, run) => value / seconds[0]![run]!)),
  }));
  for (const { path } of files) rmSync(path);
  return rows;
}

async function countTriangles(path: string): Promise<number> {
  const source = await ByteSource.open(path);
  const { format } = detectFormat(source);
  const options = { batchTriangles: BATCH_TRIANGLES, salvage: false, warn: () => undefined };
  let triangles = 0;
  for await (const item of (await format.open(source, options)).items()) {
    if (item.kind === 'soup' || item.kind === 'faces') triangles += item.count;
  }
  await source.close();
  return triangles;
}
