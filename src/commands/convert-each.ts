/** `offload convert --each`: many mesh files, each to an output of its own. */
import { extname, join } from 'node:path';
import { withoutCompression } from '../io/compression/compression.js';
import type { ConvertEachResult } from '../pipeline/convert-each.js';
import { pickWriter } from '../pipeline/run/output-writer.js';
import { WarningTally } from '../pipeline/run/progress.js';
import { countOf, formatBytes, formatCount } from '../wording.js';
import { describeError, wordAsFlags } from './options/flags.js';
import { chooseEach, type InputCommandOptions } from './options/inputs.js';
import {
  collectSelection,
  collectVariant,
  type ReadingCommandOptions,
  type WritingCommandOptions,
} from './options/options.js';
import { withInterrupts } from './terminal/interrupt.js';
import { Interrupted } from './terminal/interrupted.js';
import { printJson } from './terminal/print.js';
import { placeTemporaries, withinMemory } from './terminal/run.js';
import { summarizeEach } from './terminal/summary.js';
import { alignColumns, sayError, sayHint, sayLine, Terminal } from './terminal/terminal.js';

/** The exit code if a file failed. */
const FAILED = 1;

/** Time between two updates of the progress while no file ends, in milliseconds. */
const REDRAW_MS = 500;

/** The most failures and hints that are listed; `--json` has all failures. */
const FAILURES_SHOWN = 50;
const HINTS_SHOWN = 3;

interface EachCommandOptions
  extends Omit<InputCommandOptions, 'force'>,
    ReadingCommandOptions,
    WritingCommandOptions {
  readonly json?: boolean;
}

/** Converts each of several files; the exit code is 1 if one fails. */
export async function convertFiles(words: readonly string[], options: EachCommandOptions): Promise<void> {
  const { extensions } = pickWriter(undefined, options.to);
  const isOfOutput = (name: string) =>
    extensions.includes(extname(withoutCompression(name)).slice(1).toLowerCase());
  const { inputs, folder } = await chooseEach(words, options, isOfOutput);
  // Loaded on demand: loading takes a while, and other commands start without it.
  const { convertEach } = await import('../pipeline/convert-each.js');
  const terminal = new Terminal(options);
  placeTemporaries(options.tmp, folder === undefined ? inputs[0]! : join(folder, 'output'));
  const files = { done: 0, total: inputs.length, failed: 0 };
  const warnings = new WarningTally((warning) => terminal.say(`warning: ${wordAsFlags(warning.message)}`));
  const convert = (signal: AbortSignal) =>
    convertEach(inputs, {
      folder,
      from: options.from,
      salvage: options.salvage ?? false,
      maxBytes: options.maxSize,
      force: options.force ?? false,
      compress: options.compress,
      ...collectSelection(options),
      failIfEmpty: options.failIfEmpty ?? false,
      ...collectVariant(undefined, options),
      memoryBytes: options.memory,
      threads: options.threads,
      tempFolder: options.tmp,
      signal,
      onFile: (file) => {
        files.done++;
        if ('error' in file) files.failed++;
        else {
          for (const { kind, message, count } of file.warnings) {
            warnings.add({ kind, message: `${file.input}: ${message}` }, count);
          }
          if (options.verbose) {
            terminal.say(`${file.input} to ${file.output}: ${countOf(file.triangles, 'triangle')}`);
          }
        }
        terminal.showFiles(files);
      },
    });
  // A large file takes longer than people wait for a sign of life.
  const redraw = setInterval(() => terminal.showFiles(files), REDRAW_MS);
  const hasSql = options.where !== undefined || options.sql !== undefined;
  try {
    const result = await withInterrupts((signal) =>
      hasSql ? withinMemory(options.memory, () => convert(signal)) : convert(signal),
    );
    terminal.sumWarnings(warnings.list());
    sayFailures(result, terminal);
    if (result.failed > 0) process.exitCode = FAILED;
    if (options.json)
      await printJson({ ...summarizeEach(result), warnings: warnings.list(), ...terminal.cost() });
    else terminal.say(describeEach(result, terminal));
  } catch (error) {
    if (error instanceof Interrupted) {
      const finished = formatCount(files.done - files.failed);
      error.remains = `finished outputs: ${finished} of ${formatCount(files.total)}; no unfinished files remain`;
    }
    throw error;
  } finally {
    clearInterval(redraw);
    terminal.clear();
  }
}

/** Prints a table of the files that failed, even with --quiet, and what to do about it. */
function sayFailures({ files, failed }: ConvertEachResult, terminal: Terminal): void {
  if (failed === 0) return;
  terminal.clear();
  const failures = files.flatMap((file) => ('error' in file ? [file] : []));
  sayError(`${formatCount(failed)} of ${countOf(files.length, 'file')} failed`, undefined);
  const shown = failures.slice(0, FAILURES_SHOWN).map(({ input, error }) => {
    const message = describeError(error);
    return [` ${input}`, message.startsWith(`${input}: `) ? message.slice(input.length + 2) : message];
  });
  for (const line of alignColumns(shown).trimEnd().split('\n')) sayLine(line);
  if (failures.length > shown.length) {
    sayLine(`  and ${formatCount(failures.length - shown.length)} more; --json lists all`);
  }
  const hints = new Set(failures.flatMap(({ error }) => error.hint ?? []));
  for (const hint of [...hints].slice(0, HINTS_SHOWN)) sayHint(wordAsFlags(hint));
}

/** Describes the result in one line: `300 files converted, 1,200,000 triangles, 28.9 MB; 4.2 s, peak memory 180 MB`. */
function describeEach({ files, converted }: ConvertEachResult, terminal: Terminal): string {
  let [triangles, bytes] = [0, 0];
  for (const file of files) {
    if ('error' in file) continue;
    triangles += file.triangles;
    bytes += file.bytes;
  }
  const sizes = `${countOf(triangles, 'triangle')}, ${formatBytes(bytes)} written`;
  return `${countOf(converted, 'file')} converted, ${sizes}; ${terminal.describeCost()}`;
}
