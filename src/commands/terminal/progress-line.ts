/** One line that says how far a run is, made to fit a width: what matters less is left out, and nothing is cut. */

import type { Progress } from '../../pipeline/run/progress.js';
import { countOf, formatBytes, formatCount, formatSeconds } from '../../wording.js';

const STAGES: Readonly<Record<Progress['stage'], string>> = {
  import: 'reading',
  weld: 'welding',
  index: 'indexing',
  filter: 'filtering',
  export: 'writing',
  check: 'checking',
  survey: 'surveying',
  verify: 'comparing',
  examine: 'examining',
  locate: 'looking',
};

/** Less than so many seconds are not worth telling. */
const LEFT_MIN = 1;

/** Where a stage began: a run that goes on has done some before. */
export interface StageStart {
  readonly done: number;
  readonly triangles: number;
}

/** Parts of the line in the order in which they stand, each with its importance: 0 is never left out. */
type Part = readonly [importance: number, text: string];

/** The line for what a stage has done since its start, in so many seconds and at most `width` characters. */
export function describeProgress(
  progress: Progress,
  start: StageStart,
  seconds: number,
  width: number,
): string {
  const parts: Part[] = [[0, STAGES[progress.stage].padEnd(9)], ...describeWork(progress, start, seconds)];
  const { stage, triangles, vertices } = progress;
  parts.push([4, countOf(triangles, 'triangle')]);
  // Two meshes that are compared are streams of triangles.
  if (stage !== 'verify' && stage !== 'examine') parts.push([6, countOf(vertices, 'vertex', 'vertices')]);
  return fit(parts, width);
}

/** How much is done, how fast, and how long the rest takes. */
function describeWork(
  { stage, done, total, unit, triangles }: Progress,
  start: StageStart,
  seconds: number,
): Part[] {
  // What cannot tell how far it is shows at least that it lasts.
  if (done === 0) return seconds < 1 ? [] : [[2, `${formatSeconds(seconds)} so far`]];
  const parts: Part[] = [];
  const isBytes = unit === 'bytes';
  if (total !== undefined && total > 0) parts.push([1, `${Math.floor((100 * done) / total)} %`.padStart(5)]);
  if (isBytes) parts.push([3, formatBytes(done).padStart(8)]);
  const some = isBytes ? triangles - start.triangles : done - start.done;
  // The triangles that are looked among have not been read, and how many are indexed is an estimate.
  if (stage !== 'locate' && stage !== 'index' && seconds > 0) {
    const rate = Math.round(some / seconds);
    parts.push([5, `${formatCount(rate)} ${isBytes ? 'triangles' : 'rows'}/s`]);
  }
  if (total !== undefined && seconds > 1 && done > start.done) {
    const left = (seconds * (total - done)) / (done - start.done);
    if (left >= LEFT_MIN) parts.push([2, `${formatSeconds(left)} left`]);
  }
  return parts;
}

/** The parts that fit, without those of the least importance. */
function fit(parts: readonly Part[], width: number): string {
  let shown = parts;
  for (;;) {
    const line = shown
      .map(([, text]) => text)
      .join('  ')
      .trimEnd();
    const least = Math.max(...shown.map(([importance]) => importance));
    if (line.length <= width || least === 0) return line;
    shown = shown.filter(([importance]) => importance < least);
  }
}
