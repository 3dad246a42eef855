/**
 * Forecasts the disk space of a run before it starts, and fails if there is too little.
 *
 * The figures are for closed meshes, with half as many vertices as triangles; few meshes have fewer.
 */

import { FileError } from '../../errors.js';
import type { SelectionFacts, Writer } from '../../formats/writer.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { deviceOf, freeBytes } from '../../io/disk.js';
import type { SpillBytes } from '../../weld/welding.js';
import { formatBytes } from '../../wording.js';
import type { ChosenWriter } from './output-writer.js';
import type { Forecast, ForecastItem, RunOptions } from './progress.js';

/** Bytes per triangle, measured with 10 M triangles of a closed surface. */
const BYTES_PER_TRIANGLE = {
  database: 42,
  index: 19,
} as const;
const TEMPORARIES = 'for the temporary files with `tempFolder`';
export const VERTICES_PER_TRIANGLE = 1 / 2;

type OwnNeed = keyof typeof BYTES_PER_TRIANGLE | 'welding';

interface OutputNeed {
  readonly what: 'output' | 'compressed output';
  readonly bytesPerTriangle: number;
}

/** A copy of a source that must be read out of order, or sorted positions that do not fit memory. */
interface FileNeed {
  readonly what: 'input' | 'sorting';
  readonly bytes: number;
}

export type Need = OwnNeed | OutputNeed | FileNeed;

/** The need of an output, compressed or not. */
export function outputNeed(
  { bytesPerTriangle }: Writer,
  compression: CompressionChoice = 'none',
): OutputNeed {
  return compression === 'none'
    ? { what: 'output', bytesPerTriangle: bytesPerTriangle.plain }
    : { what: 'compressed output', bytesPerTriangle: bytesPerTriangle.compressed };
}

/** Forecasts and reports the output of a mesh of known counts, if its writer can predict the size. Throws FileError. */
export function forecastOutput(
  folder: string,
  facts: SelectionFacts,
  { writer, options: variant }: ChosenWriter,
  compression: CompressionChoice | undefined,
  options: Pick<RunOptions, 'onForecast'>,
): void {
  const plainBytes = writer.expectBytes(facts, variant);
  if (plainBytes === undefined) return;
  const { what, bytesPerTriangle } = outputNeed(writer, compression);
  const share = bytesPerTriangle / writer.bytesPerTriangle.plain;
  forecastBytes(folder, [{ what, bytes: share * plainBytes }], options);
}

/** Bytes that are already on the disk. */
export type Present = Readonly<Partial<Record<OwnNeed, number>>>;

/** The needs of a folder. */
export type FolderNeeds = readonly [folder: string, needs: readonly Need[]];

/**
 * Forecasts and reports the space for `triangles` triangles in each folder, less the bytes `present`; `welding` states that
 * of spill files. Throws FileError if a folder has less than the least. Does nothing if the number of triangles is not
 * known.
 */
export function forecastDisk(
  triangles: number | undefined,
  needsOf: (vertices: number) => readonly FolderNeeds[],
  options: RunOptions,
  present: Present = {},
  welding: SpillBytes = { least: 0, most: 0 },
): void {
  if (triangles === undefined) return;
  const folders = needsOf(VERTICES_PER_TRIANGLE * triangles);
  const byDevice = new Map<number, Need[]>();
  const folderOf = new Map<number, string>();
  for (const [folder, needs] of folders) {
    freeBytes(folder);
    const device = deviceOf(folder);
    byDevice.set(device, [...(byDevice.get(device) ?? []), ...needs]);
    if (!folderOf.has(device)) folderOf.set(device, folder);
  }
  for (const [device, needs] of byDevice) {
    const folder = folderOf.get(device)!;
    const items = needs
      .map((need): ForecastItem => {
        if (typeof need === 'object') {
          return { what: need.what, bytes: 'bytes' in need ? need.bytes : need.bytesPerTriangle * triangles };
        }
        const there = present[need] ?? 0;
        if (need !== 'welding') return { what: need, bytes: BYTES_PER_TRIANGLE[need] * triangles - there };
        const { least, most } = welding;
        return { what: need, bytes: most - there, leastBytes: Math.max(0, least - there) };
      })
      .filter(({ bytes }) => bytes > 0);
    const isOutput = needs.every((need) => typeof need === 'object' && need.what !== 'input');
    forecastBytes(folder, items, options, isOutput ? undefined : TEMPORARIES);
  }
}

/** Forecasts spill files, which may go to another disk. Throws FileError if there is too little space. */
export function forecastSpills(
  folder: string,
  items: Forecast['items'],
  options: Pick<RunOptions, 'onForecast'>,
): void {
  forecastBytes(folder, items, options, TEMPORARIES);
}

/** Reports the space that a folder will need. Throws FileError if less than the least is free. */
export function forecastBytes(
  folder: string,
  items: Forecast['items'],
  options: Pick<RunOptions, 'onForecast'>,
  otherDisk?: string,
): void {
  const forecast: Forecast = { folder, freeBytes: freeBytes(folder), items };
  options.onForecast?.(forecast);
  if (leastOf(forecast) <= forecast.freeBytes) return;
  const hint = ['make space, or choose another disk', otherDisk]
    .filter((part) => part !== undefined)
    .join(' ');
  throw new FileError(`${folder}: not enough disk space: ${describeForecast(forecast)}`, {
    code: 'DISK_FULL',
    hint,
  });
}

/**
 * Describes a forecast: `about 840 MB needed (database 420 MB, output 420 MB), 80.1 GB free`. A need that depends on the
 * order of triangles is a range: `welding 260 MB to 1.08 GB`.
 */
export function describeForecast({ items, freeBytes }: Forecast): string {
  const most = items.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = items.map(
    ({ what, bytes, leastBytes = bytes }) => `${what} ${formatRange(leastBytes, bytes)}`,
  );
  const total = formatRange(leastOf({ items }), most);
  return `about ${total} needed (${parts.join(', ')}), ${formatBytes(freeBytes)} free`;
}

/** Returns the least bytes that a forecast needs; a run is refused if they are not free. */
export function leastOf({ items }: Pick<Forecast, 'items'>): number {
  return items.reduce((sum, { bytes, leastBytes = bytes }) => sum + leastBytes, 0);
}

function formatRange(least: number, most: number): string {
  const [low, high] = [formatBytes(least), formatBytes(most)];
  return low === high ? high : `${low} to ${high}`;
}
