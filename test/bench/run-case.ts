/** Runs one case: makes its files, goes through its commands again and again, and takes the files away. */
import { closeSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nameFiles } from './case-files.js';
import { type Case, listCommands } from './cases.js';
import { type Command, invokeOwn } from './command.js';
import { cutStl } from './cut.js';
import { writePillow } from './encode.js';
import type { Pillow } from './generate.js';
import { type Invocation, measure } from './measure.js';

export interface Row {
  readonly input: string;
  readonly command: string;
  readonly role: Command['role'];
  /** Wall seconds of each run that counts, in the order of the runs. */
  readonly seconds: number[];
  /** The highest of all runs. */
  peakBytes: number | undefined;
  failure: string | undefined;
  /** What its OFF has, where that is not what the mesh has. */
  otherCounts: string | undefined;
  /** Whether its first run counts and is the only one. */
  isRunOnce: boolean;
}

/** A command of others whose first run takes longer gains little from having warmed up, and takes no further turn. */
export const RUN_ONCE_SECONDS = 30;

export interface CaseOptions {
  readonly folder: string;
  readonly pillow: Pillow;
  readonly runs: number;
  readonly keepsFiles: boolean;
  /** Where the yardstick in memory is, if it could be compiled. */
  readonly inMemory: string | undefined;
  readonly isWanted: (command: Command) => boolean;
  readonly say: (text: string) => void;
}

/**
 * The commands take turns, A B C A B C, so that a machine that grows slower does so for all of them. The first
 * round warms up and does not count, but for others that take {@link RUN_ONCE_SECONDS}. A command that fails is not run
 * again.
 */
export async function runCase(item: Case, options: CaseOptions): Promise<Row[]> {
  const { pillow, say } = options;
  const folder = `${options.folder}/${item.name.replace(' ', '-')}`;
  mkdirSync(folder);
  const files = nameFiles(folder, item.encoding);
  const commands = listCommands(item, files, options.inMemory, pillow).filter(options.isWanted);
  if (commands.every(({ role }) => role === 'yardstick')) return [];
  say(`${item.name}: making the input`);
  writePillow(files.input, pillow, item.encoding, item.order);
  await insist(invokeOwn('import', files.input, files.database));
  await insist(invokeOwn('export', files.database, files.reference));
  if (item.more === 'commands') {
    // What is found once, and kept: filters are measured with it.
    await insist(invokeOwn('index', files.database));
    await insist(invokeOwn('export', files.database, '-', '--explain', '--component', 'largest'));
    cutStl(files.input, files.tiles, Array(64).fill(1));
    cutStl(files.input, files.parts, [9, 1]);
    await insist(invokeOwn('import', join(files.parts, '0.stl'), files.base));
    await insist(invokeOwn('import', files.input, files.tiled));
    await insist(invokeOwn('import', files.tiles, files.many));
  }

  const rows = commands.map((command) => startRow(item.name, command));
  for (let run = 0; run <= options.runs; run++) {
    say(`${item.name}: ${run === 0 ? 'warming up' : `run ${run} of ${options.runs}`}`);
    for (const [k, command] of commands.entries()) {
      await runCommand(command, rows[k]!, pillow, run > 0);
    }
  }
  if (!options.keepsFiles) rmSync(folder, { recursive: true });
  return rows;
}

/** A row before its first run. */
export function startRow(input: string, { name, role }: Command): Row {
  return {
    input,
    command: name,
    role,
    seconds: [],
    peakBytes: undefined,
    failure: undefined,
    otherCounts: undefined,
    isRunOnce: false,
  };
}

/** Runs a command once, if it has another turn, and unless it only warms up enters in its row what it took. */
export async function runCommand(command: Command, row: Row, pillow: Pillow, counts: boolean): Promise<void> {
  if (row.failure !== undefined || row.isRunOnce) return;
  rmSync(command.output, { recursive: true, force: true });
  const { seconds, peakBytes, failure } = await measure(command.invocation);
  row.failure = failure;
  if (failure === undefined && command.writesOff) {
    const found = readCounts(command.output);
    if (found !== `${pillow.vertices} ${pillow.triangles}`) {
      row.otherCounts = found ?? 'no OFF';
      if (command.role === 'own' || found === undefined) row.failure = `wrote ${row.otherCounts}`;
    }
  }
  if (row.failure !== undefined) return;
  row.isRunOnce = !counts && command.role !== 'own' && seconds > RUN_ONCE_SECONDS;
  if (!counts && !row.isRunOnce) return;
  row.seconds.push(seconds);
  if (peakBytes !== undefined) row.peakBytes = Math.max(peakBytes, row.peakBytes ?? 0);
}

/** `<vertices> <triangles>` as an OFF announces them. */
function readCounts(path: string): string | undefined {
  const head = Buffer.alloc(4096);
  try {
    const file = openSync(path, 'r');
    const length = readSync(file, head);
    closeSync(file);
    const text = head.toString('latin1', 0, length).replace(/#.*/g, '');
    return /^\s*OFF\s+(\d+\s+\d+)\s/.exec(text)?.[1]?.replace(/\s+/, ' ');
  } catch {
    return undefined;
  }
}

async function insist(invocation: Invocation): Promise<void> {
  const { failure } = await measure(invocation);
  if (failure !== undefined) throw new Error(`${invocation.args.join(' ')}: ${failure}`);
}
