/**
 * What a person sees: progress, warnings, notes and summaries, all on standard error. The only door to the console.
 *
 * On a terminal the progress is one line that is drawn over; elsewhere a line every ten seconds. A bar of our own,
 * because a line needs no library.
 */

import { FileError } from '../errors.js';
import { escapeControls } from '../formats/text.js';
import { NUMBER_TEXT_MAX, writeFloat32, writeFloat64 } from '../io/number-text.js';
import { peakMemory } from '../io/process-memory.js';
import type { Precision, Warning } from '../mesh.js';
import { describeForecast, formatBytes } from '../pipeline/forecast.js';
import type { Forecast, Progress, RunOptions, SourceShare } from '../pipeline/progress.js';
import { Interrupted } from './interrupted.js';

export interface TerminalOptions {
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

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

const DRAW_MS = 100;
const LINE_MS = 10_000;
/** A forecast below this is not worth a line, unless --verbose asks. */
const FORECAST_BYTES = 100e6;

export class Terminal {
  private readonly began = performance.now();
  private stageBegan = 0;
  /** Where the stage began: what goes on has done some before. */
  private stageBase = { done: 0, triangles: 0 };
  private stage: Progress['stage'] | undefined;
  private drawn = 0;
  private isLineOpen = false;
  private readonly isTerminal = process.stderr.isTTY === true;

  /** What an import has written down for another one, in words. */
  left: string | undefined;

  constructor(private readonly options: TerminalOptions) {}

  /** The callbacks of a run. */
  listeners(): Pick<
    RunOptions,
    'onProgress' | 'onWarning' | 'onForecast' | 'onResume' | 'onCheckpoint' | 'onSuspend' | 'onNote'
  > {
    return {
      onProgress: (progress) => this.showProgress(progress),
      onWarning: (warning) => this.warn(warning),
      onForecast: (forecast) => this.showForecast(forecast),
      onResume: (share) => this.say(`goes on where an import has stopped, with ${describeShare(share)}`),
      onCheckpoint: (share) => {
        this.left = describeRest(share);
      },
      onSuspend: (share, reason) => {
        const rest = describeRest(share);
        if (reason instanceof Interrupted) reason.remains = rest;
        // Of a usage or a limit it would not: the hint says what does.
        else if (reason instanceof FileError) reason.hint = joinHints(reason.hint, rest);
      },
      onNote: (text) => {
        if (this.options.verbose) this.say(text);
      },
    };
  }

  /** One line for people, unless --quiet. */
  say(text: string): void {
    if (this.options.quiet) return;
    this.clear();
    process.stderr.write(`${escapeControls(text)}\n`);
  }

  /** How often each kind of warning was met, where more than once. */
  sumWarnings(warnings: readonly (Warning & { readonly count: number })[]): void {
    for (const { message, count } of warnings) {
      if (count > 1) this.say(`warning: ${formatCount(count)} in all like '${message}'`);
    }
  }

  /** Time since the start and the most memory the process has had, for a summary. */
  describeCost(): string {
    return `${formatSeconds((performance.now() - this.began) / 1000)}, peak memory ${formatBytes(peakMemory())}`;
  }

  /** Takes the progress line away. */
  clear(): void {
    if (this.isLineOpen) process.stderr.write('\r\x1b[K');
    this.isLineOpen = false;
  }

  private warn({ message }: Warning): void {
    this.say(`warning: ${message}`);
  }

  private showForecast(forecast: Forecast): void {
    const total = forecast.items.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total >= FORECAST_BYTES || this.options.verbose) {
      this.say(`disk space in ${forecast.folder}: ${describeForecast(forecast)}`);
    }
  }

  private showProgress(progress: Progress): void {
    if (this.options.quiet) return;
    const now = performance.now();
    const isNew = progress.stage !== this.stage;
    if (isNew) {
      this.stage = progress.stage;
      this.stageBegan = now;
      this.stageBase = progress;
    }
    // What cannot tell how far it is shows at least that it has begun.
    const isBlocking = progress.stage === 'index';
    const interval = this.isTerminal ? DRAW_MS : LINE_MS;
    if (now - Math.max(this.drawn, this.began) < interval && !(isNew && isBlocking && this.isTerminal))
      return;
    this.drawn = now;
    const line = describeProgress(progress, this.stageBase, (now - this.stageBegan) / 1000);
    if (!this.isTerminal) {
      this.say(line);
      return;
    }
    const width = Math.max(20, (process.stderr.columns ?? 80) - 1);
    process.stderr.write(`\r\x1b[K${line.slice(0, width)}`);
    this.isLineOpen = true;
  }
}

function describeRest(share: SourceShare): string {
  return `the same command goes on with ${describeShare(share)}`;
}

function joinHints(first: string | undefined, second: string): string {
  return first === undefined ? second : `${first}: ${second}`;
}

/** `312 MB of 490 MB read`. */
function describeShare({ bytesRead, totalBytes }: SourceShare): string {
  return `${formatBytes(bytesRead)} of ${formatBytes(totalBytes)} read`;
}

function describeProgress(
  progress: Progress,
  base: Pick<Progress, 'done' | 'triangles'>,
  seconds: number,
): string {
  const { stage, done, total, unit, triangles, vertices } = progress;
  const parts = [STAGES[stage].padEnd(9)];
  if (done > 0) {
    const share = total === undefined || total === 0 ? undefined : done / total;
    if (share !== undefined) parts.push(`${Math.floor(100 * share)} %`.padStart(5));
    if (unit === 'bytes') parts.push(formatBytes(done).padStart(8));
    const some = unit === 'bytes' ? triangles - base.triangles : done - base.done;
    const rate = some / Math.max(seconds, 0.001);
    // The triangles that are looked among have not been read.
    if (stage !== 'locate') {
      parts.push(`${formatCount(Math.round(rate))} ${unit === 'bytes' ? 'triangles' : 'rows'}/s`);
    }
    if (total !== undefined && seconds > 1 && done > base.done) {
      parts.push(`${formatSeconds((seconds * (total - done)) / (done - base.done))} left`);
    }
  }
  parts.push(countOf(triangles, 'triangle'));
  // Two meshes that are compared are streams of triangles.
  if (stage !== 'verify' && stage !== 'examine') parts.push(countOf(vertices, 'vertex', 'vertices'));
  return parts.join('  ');
}

/** Lines of cells, each column as wide as its widest cell. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

/** A count with separators; toLocaleString() would first load its tables, for 8 ms. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 vertex`, `5,000,002 vertices`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Says why nothing came of a command, and the next step where there is one; names of files may hold anything. */
export function sayError(message: string, hint: string | undefined): void {
  process.stderr.write(`offload: ${escapeControls(message)}\n`);
  if (hint !== undefined) sayHint(hint);
}

/** Says the next step after an error that has been said. */
export function sayHint(hint: string): void {
  process.stderr.write(`hint: ${escapeControls(hint)}\n`);
}

/** A position as an OFF has it: the shortest text that reads back to the same float64, or float32. */
export function formatPosition(position: readonly number[], precision: Precision): string {
  const text = Buffer.alloc(NUMBER_TEXT_MAX);
  const write = precision === 'float64' ? writeFloat64 : writeFloat32;
  return position.map((value) => text.toString('latin1', 0, write(value, text, 0))).join(' ');
}

/** Seconds as `0.42 s`, `12 s`, `3 min 05 s` or `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toPrecision(2)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
