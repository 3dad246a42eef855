/** The progress of a run in one line that fits a width: the less important parts are left out, none is cut. */

import type { Progress } from '../../pipeline/run/progress.js';
import { countOf, formatBytes, formatCount, formatSeconds } from '../../wording.js';

const STAGES: Readonly<Record<Progress['stage'], string>> = {
  copy: 'copying',
  import: 'reading',
  weld: 'welding',
  index: 'indexing',
  filter: 'filtering',
  export: 'writing',
  render: 'painting',
  check: 'checking',
  survey: 'surveying',
  verify: 'comparing',
  examine: 'examining',
  locate: 'locating',
};

/** Remaining times below this many seconds are not shown. */
const LEFT_MIN = 1;

/** The progress at the start of a stage: a resumed run does not start at 0. */
export interface StageStart {
  readonly done: number;
  readonly triangles: number;
}

/** A part of the line with its importance: 0 is never left out, higher numbers go first. */
type Part = readonly [importance: number, text: string];

/** Describes the progress of a stage, `seconds` after its start, in at most `width` characters. */
export function describeProgress(
  progress: Progress,
  start: StageStart,
  seconds: number,
  width: number,
): string {
  const parts: Part[] = [[0, STAGES[progress.stage].padEnd(9)], ...describeWork(progress, start, seconds)];
  const { stage, triangles, vertices } = progress;
  parts.push([4, countOf(triangles, 'triangle')]);
  // A comparison streams triangles and has no vertices.
  if (stage !== 'verify' && stage !== 'examine') parts.push([6, countOf(vertices, 'vertex', 'vertices')]);
  return fit(parts, width);
}

/** The progress of a run over several files. */
export interface FileCount {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}

/** Describes how many files are done, `seconds` after the start, in at most `width` characters. */
export function describeFiles({ done, total, failed }: FileCount, seconds: number, width: number): string {
  const parts: Part[] = [[0, `${formatCount(done)} of ${countOf(total, 'file')}`]];
  if (failed > 0) parts.push([1, `${formatCount(failed)} failed`]);
  const left = (seconds * (total - done)) / done;
  if (seconds > 1 && done === 0) parts.push([2, `${formatSeconds(seconds)} so far`]);
  else if (seconds > 1 && left >= LEFT_MIN) parts.push([2, `${formatSeconds(left)} left`]);
  return fit(parts, width);
}

/** Describes how much is done, the rate, and the remaining time. */
function describeWork(
  { stage, done, total, unit, triangles }: Progress,
  start: StageStart,
  seconds: number,
): Part[] {
  // A stage without known progress shows at least the elapsed time.
  if (done === 0) return seconds < 1 ? [] : [[2, `${formatSeconds(seconds)} so far`]];
  const parts: Part[] = [];
  const isBytes = unit === 'bytes';
  if (total !== undefined && total > 0) parts.push([1, `${Math.floor((100 * done) / total)} %`.padStart(5)]);
  if (isBytes) parts.push([3, formatBytes(done).padStart(8)]);
  const some = isBytes ? triangles - start.triangles : done - start.done;
  // A search does not read all triangles, and the progress of indexing is an estimate: neither has a rate.
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

/** Joins the parts that fit, leaving out the least important ones. */
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
