/** What it costs that the tables of the weld do not fit in memory: a shuffled mesh against the same one in scan order. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CURVE_MEMORY, makeConvertWithin } from './cases.js';
import { writePillow } from './encode.js';
import { type Order, type Pillow, sizePillow } from './generate.js';
import { median } from './rates.js';
import { type CaseOptions, type Row, runCommand, startRow } from './run-case.js';

export interface OverflowRow extends Row {
  /** Median of the runs' ratios to the mesh in scan order, in the same run; undefined if one of both failed. */
  readonly ratio: number | undefined;
}

/** A shuffled mesh of this size needs several times {@link CURVE_MEMORY}. */
export const OVERFLOW_TRIANGLES = 30e6;

const ORDERS: readonly Order[] = ['grid', 'shuffled'];

/** Converts both orders `runs` times in turn. A small mesh warms up: a large one takes minutes. */
export async function measureOverflow(
  pillow: Pillow,
  { folder, runs, keepsFiles, say }: Omit<CaseOptions, 'pillow' | 'isWanted' | 'inMemory'>,
): Promise<OverflowRow[]> {
  const off = join(folder, 'out.off');
  const warmUp = join(folder, 'warm-up.stl');
  const small = sizePillow(4000);
  writePillow(warmUp, small, 'stl', 'grid');
  const first = makeConvertWithin(CURVE_MEMORY, warmUp, off);
  await runCommand(first, startRow('warm-up', first), small, false);
  const trials = ORDERS.map((order) => {
    const input = join(folder, `${order}.stl`);
    say(`stl ${order}: making the input`);
    writePillow(input, pillow, 'stl', order);
    const command = makeConvertWithin(CURVE_MEMORY, input, off);
    return { input, command, row: startRow(`stl ${order}`, command) };
  });
  for (let run = 1; run <= runs; run++) {
    for (const { command, row } of trials) {
      say(`${row.input}: run ${run} of ${runs}`);
      await runCommand(command, row, pillow, true);
    }
  }
  if (!keepsFiles)
    for (const path of [off, warmUp, ...trials.map(({ input }) => input)]) rmSync(path, { force: true });
  const [grid] = trials;
  return trials.map(({ row }) => ({
    ...row,
    ratio:
      row.seconds.length === grid!.row.seconds.length && row.seconds.length > 0
        ? median(row.seconds.map((value, run) => value / grid!.row.seconds[run]!))
        : undefined,
  }));
}
