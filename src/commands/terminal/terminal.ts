/**
 * What a person sees: progress, warnings, notes and summaries, all on standard error. The only door to the console.
 *
 * On a terminal the progress is one line that is drawn over. Elsewhere there is none, except with --verbose: then it is a
 * line every ten seconds.
 */

import { FileError } from '../../errors.js';
import { NUMBER_TEXT_MAX, writeFloat32, writeFloat64 } from '../../io/number-text.js';
import { peakMemory } from '../../io/process-memory.js';
import type { Precision, Warning } from '../../mesh.js';
import { describeForecast } from '../../pipeline/run/forecast.js';
import type { Forecast, Progress, RunOptions, SourceShare } from '../../pipeline/run/progress.js';
import { escapeControls, formatBytes, formatCount, formatSeconds } from '../../wording.js';
import { wordAsFlags } from '../options/flags.js';
import { Interrupted } from './interrupted.js';
import { paintFor, paintPrefix } from './paint.js';
import { describeProgress, type StageStart } from './progress-line.js';

export interface TerminalOptions {
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** Where data goes: a progress line would run into data that a terminal shows. */
  readonly output?: string | undefined;
}

const DRAW_MS = 100;
const LINE_MS = 10_000;
/** A run that needs more than this share of the free space is told of: a mesh may take twice what is forecast. */
const TIGHT_SHARE = 0.5;
/** The width of a terminal that does not tell it. */
const COLUMNS = 80;

export class Terminal {
  private readonly began = performance.now();
  private stageBegan = 0;
  private stageStart: StageStart = { done: 0, triangles: 0 };
  private stage: Progress['stage'] | undefined;
  private drawn = 0;
  private isLineOpen = false;

  /** What an import has written down for another one, in words. */
  left: string | undefined;

  private readonly isTerminal: boolean;

  constructor(private readonly options: TerminalOptions) {
    const isShared = options.output === '-' && process.stdout.isTTY === true;
    // A dumb terminal cannot take a line back.
    this.isTerminal = process.stderr.isTTY === true && process.env.TERM !== 'dumb' && !isShared;
  }

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
    process.stderr.write(`${paintPrefix(escapeControls(text), paintFor(process.stderr))}\n`);
  }

  /** How often each kind of warning was met, where more than once. */
  sumWarnings(warnings: readonly (Warning & { readonly count: number })[]): void {
    for (const { message, count } of warnings) {
      if (count > 1) this.say(`warning: ${formatCount(count)} in all like '${wordAsFlags(message)}'`);
    }
  }

  /** Time since the start and the most memory the process has had, for a summary. */
  describeCost(): string {
    const { seconds, peakMemoryBytes } = this.cost();
    return `${formatSeconds(seconds)}, peak memory ${formatBytes(peakMemoryBytes)}`;
  }

  /** The same as numbers, for `--json`. */
  cost(): { readonly seconds: number; readonly peakMemoryBytes: number } {
    const seconds = Math.round(performance.now() - this.began) / 1000;
    return { seconds, peakMemoryBytes: peakMemory() };
  }

  /** Takes the progress line away. */
  clear(): void {
    if (this.isLineOpen) process.stderr.write('\r\x1b[K');
    this.isLineOpen = false;
  }

  private warn({ message }: Warning): void {
    this.say(`warning: ${wordAsFlags(message)}`);
  }

  private showForecast(forecast: Forecast): void {
    const total = forecast.items.reduce((sum, { bytes }) => sum + bytes, 0);
    // What does not fit is an error, which says the same.
    const isTight = total > TIGHT_SHARE * forecast.freeBytes && total <= forecast.freeBytes;
    if (isTight || this.options.verbose) {
      this.say(`disk space in ${forecast.folder}: ${describeForecast(forecast)}`);
    }
  }

  private showProgress(progress: Progress): void {
    const { quiet, verbose } = this.options;
    if (quiet || !(this.isTerminal || verbose)) return;
    const now = performance.now();
    const isNew = progress.stage !== this.stage;
    if (isNew) {
      this.stage = progress.stage;
      this.stageBegan = now;
      this.stageStart = progress;
    }
    const interval = this.isTerminal ? DRAW_MS : LINE_MS;
    // What cannot tell how far it is shows at least that it has begun.
    const isBlocking = isNew && progress.stage === 'index' && this.isTerminal;
    if (now - Math.max(this.drawn, this.began) < interval && !isBlocking) return;
    this.drawn = now;
    // In the last column, some terminals begin a new line.
    const width = this.isTerminal ? (process.stderr.columns || COLUMNS) - 1 : Number.POSITIVE_INFINITY;
    const line = describeProgress(progress, this.stageStart, (now - this.stageBegan) / 1000, width);
    if (!this.isTerminal) {
      this.say(line);
      return;
    }
    process.stderr.write(`\r\x1b[K${line}`);
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

/** Lines of cells, each column as wide as its widest cell. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

/** Says why nothing came of a command, and the next step where there is one; names of files may hold anything. */
export function sayError(message: string, hint: string | undefined): void {
  sayLine(`offload: ${message}`);
  if (hint !== undefined) sayHint(hint);
}

/** Says the next step after an error that has been said. */
export function sayHint(hint: string): void {
  sayLine(`hint: ${hint}`);
}

function sayLine(line: string): void {
  process.stderr.write(`${paintPrefix(escapeControls(line), paintFor(process.stderr))}\n`);
}

/** A position as an OFF has it: the shortest text that reads back to the same float64, or float32. */
export function formatPosition(position: readonly number[], precision: Precision): string {
  const text = Buffer.alloc(NUMBER_TEXT_MAX);
  const write = precision === 'float64' ? writeFloat64 : writeFloat32;
  return position.map((value) => text.toString('latin1', 0, write(value, text, 0))).join(' ');
}
