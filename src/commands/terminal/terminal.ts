/**
 * Output for people: progress, warnings, notes and summaries, all on standard error. The only access to the console.
 *
 * On a terminal, progress is one line that is redrawn. Elsewhere there is none, except with --verbose: then it is a new
 * line every ten seconds.
 */

import { FileError } from '../../errors.js';
import { NUMBER_TEXT_MAX, writeFloat32, writeFloat64 } from '../../io/number-text.js';
import { peakMemory } from '../../io/process-memory.js';
import type { Precision, Warning } from '../../mesh.js';
import { describeForecast, leastOf } from '../../pipeline/run/forecast.js';
import type { Forecast, Progress, RunOptions, SourceShare } from '../../pipeline/run/progress.js';
import { escapeControls, formatBytes, formatCount, formatSeconds } from '../../wording.js';
import { wordAsFlags } from '../options/flags.js';
import { Interrupted } from './interrupted.js';
import { paintFor, paintPrefix } from './paint.js';
import { describeFiles, describeProgress, type FileCount, type StageStart } from './progress-line.js';

export interface TerminalOptions {
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** The output of the run: a progress line would garble data on the same terminal. */
  readonly output?: string | undefined;
}

const DRAW_MS = 100;
const LINE_MS = 10_000;
/** A forecast above this share of the free space is shown: a mesh may take twice the forecast. */
const TIGHT_SHARE = 0.5;
/** The width of a terminal that does not report it. */
const COLUMNS = 80;

export class Terminal {
  private readonly began = performance.now();
  private stageBegan = 0;
  private stageStart: StageStart = { done: 0, triangles: 0 };
  private stage: Progress['stage'] | undefined;
  private drawn = 0;
  private isLineOpen = false;

  /** The instructions for resuming an import, according to its last checkpoint. */
  left: string | undefined;

  private readonly isTerminal: boolean;

  constructor(private readonly options: TerminalOptions) {
    const isShared = options.output === '-' && process.stdout.isTTY === true;
    // A dumb terminal cannot erase a line.
    this.isTerminal = process.stderr.isTTY === true && process.env.TERM !== 'dumb' && !isShared;
  }

  /** Returns the callbacks of a run. */
  listeners(): Pick<
    RunOptions,
    'onProgress' | 'onWarning' | 'onForecast' | 'onResume' | 'onCheckpoint' | 'onSuspend' | 'onNote'
  > {
    return {
      onProgress: (progress) => this.showProgress(progress),
      onWarning: (warning) => this.warn(warning),
      onForecast: (forecast) => this.showForecast(forecast),
      onResume: (share) => this.say(`resuming the import, with ${describeShare(share)}`),
      onCheckpoint: (share) => {
        this.left = describeRest(share);
      },
      onSuspend: (share, reason) => {
        const rest = describeRest(share);
        if (reason instanceof Interrupted) reason.remains = rest;
        // After a usage error or a limit, the same command would fail again: its own hint says what to change.
        else if (reason instanceof FileError) reason.hint = joinHints(reason.hint, rest);
      },
      onNote: (text) => {
        if (this.options.verbose) this.say(text);
      },
    };
  }

  /** Prints one line for people, unless --quiet. */
  say(text: string): void {
    if (this.options.quiet) return;
    this.clear();
    process.stderr.write(`${paintPrefix(escapeControls(text), paintFor(process.stderr))}\n`);
  }

  /** Prints how often each kind of warning occurred, if more than once. */
  sumWarnings(warnings: readonly (Warning & { readonly count: number })[]): void {
    for (const { message, count } of warnings) {
      if (count > 1) this.say(`warning: ${formatCount(count)} in total like '${wordAsFlags(message)}'`);
    }
  }

  /** Describes the time since the start and the peak memory of the process, for a summary. */
  describeCost(): string {
    const { seconds, peakMemoryBytes } = this.cost();
    return `${formatSeconds(seconds)}, peak memory ${formatBytes(peakMemoryBytes)}`;
  }

  /** Returns the time since the start and the peak memory as numbers, for `--json`. */
  cost(): { readonly seconds: number; readonly peakMemoryBytes: number } {
    const seconds = Math.round(performance.now() - this.began) / 1000;
    return { seconds, peakMemoryBytes: peakMemory() };
  }

  /** Erases the progress line. */
  clear(): void {
    if (this.isLineOpen) process.stderr.write('\r\x1b[K');
    this.isLineOpen = false;
  }

  /** Shows how many of several files are done, like {@link listeners} the progress of one. */
  showFiles(files: FileCount): void {
    const now = performance.now();
    if (!this.isDue(now, false)) return;
    this.draw((width) => describeFiles(files, (now - this.began) / 1000, width));
  }

  private warn({ message }: Warning): void {
    this.say(`warning: ${wordAsFlags(message)}`);
  }

  private showForecast(forecast: Forecast): void {
    const total = forecast.items.reduce((sum, { bytes }) => sum + bytes, 0);
    // A forecast that does not fit is an error with the same text.
    const isTight = total > TIGHT_SHARE * forecast.freeBytes && leastOf(forecast) <= forecast.freeBytes;
    if (isTight || this.options.verbose) {
      this.say(`disk space in ${forecast.folder}: ${describeForecast(forecast)}`);
    }
  }

  private showProgress(progress: Progress): void {
    const now = performance.now();
    const isNew = progress.stage !== this.stage;
    if (isNew) {
      this.stage = progress.stage;
      this.stageBegan = now;
      this.stageStart = progress;
    }
    // A stage without known progress shows at least that it has begun.
    const isBlocking = isNew && progress.stage === 'index' && this.isTerminal;
    if (!this.isDue(now, isBlocking)) return;
    const seconds = (now - this.stageBegan) / 1000;
    this.draw((width) => describeProgress(progress, this.stageStart, seconds, width));
  }

  /** Whether progress is shown, and now. */
  private isDue(now: number, isUrgent: boolean): boolean {
    const { quiet, verbose } = this.options;
    if (quiet || !(this.isTerminal || verbose)) return false;
    const interval = this.isTerminal ? DRAW_MS : LINE_MS;
    if (now - Math.max(this.drawn, this.began) < interval && !isUrgent) return false;
    this.drawn = now;
    return true;
  }

  /** Draws a line of progress that fits the terminal. */
  private draw(describe: (width: number) => string): void {
    // Some terminals wrap after the last column.
    const width = this.isTerminal ? (process.stderr.columns || COLUMNS) - 1 : Number.POSITIVE_INFINITY;
    const line = describe(width);
    if (!this.isTerminal) {
      this.say(line);
      return;
    }
    process.stderr.write(`\r\x1b[K${line}`);
    this.isLineOpen = true;
  }
}

function describeRest(share: SourceShare): string {
  return `repeat the command to resume, with ${describeShare(share)}`;
}

function joinHints(first: string | undefined, second: string): string {
  return first === undefined ? second : `${first}; ${second}`;
}

/** Describes the progress of an import: `312 MB of 490 MB read`. */
function describeShare({ bytesRead, totalBytes }: SourceShare): string {
  return `${formatBytes(bytesRead)} of ${formatBytes(totalBytes)} read`;
}

/** Formats rows of cells as lines, each column as wide as its widest cell. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

/** Prints why a command failed, and the next step if there is one. Control characters in file names are escaped. */
export function sayError(message: string, hint: string | undefined): void {
  sayLine(`offload: ${message}`);
  if (hint !== undefined) sayHint(hint);
}

/** Prints the next step after an error. */
export function sayHint(hint: string): void {
  sayLine(`hint: ${hint}`);
}

/** Prints a line of an error. Control characters are escaped. */
export function sayLine(line: string): void {
  process.stderr.write(`${paintPrefix(escapeControls(line), paintFor(process.stderr))}\n`);
}

/** Formats a position as in an OFF: the shortest text that reads back to the same float64 or float32. */
export function formatPosition(position: readonly number[], precision: Precision): string {
  const text = Buffer.from(new ArrayBuffer(NUMBER_TEXT_MAX));
  const view = new DataView(text.buffer);
  const values = Float64Array.from(position);
  const write = precision === 'float64' ? writeFloat64 : writeFloat32;
  return position.map((_, k) => text.toString('latin1', 0, write(values, k, view, 0))).join(' ');
}
