/** What is measured: inputs, and for each the commands whose wall times are compared with each other. */
import { join } from 'node:path';
import type { CaseFiles } from './case-files.js';
import { type Command, makeOwn } from './command.js';
import type { Encoding } from './encode.js';
import type { Order, Pillow } from './generate.js';
import { IN_MEMORY, listAnswers, listOthers } from './others.js';
import { listColored, listMain } from './own-rows.js';

export interface Case {
  readonly name: string;
  readonly encoding: Encoding;
  readonly order: Order;
  /** Rows besides `import` and `convert`: of every command, or of outputs with colors. */
  readonly more?: 'commands' | 'colors';
}

export const CASES: readonly Case[] = [
  { name: 'stl grid', encoding: 'stl', order: 'grid', more: 'commands' },
  { name: 'stl gridz', encoding: 'stl', order: 'gridz' },
  { name: 'stl shuffled', encoding: 'stl', order: 'shuffled' },
  { name: 'ascii grid', encoding: 'ascii', order: 'grid' },
  { name: 'raw grid', encoding: 'raw', order: 'grid' },
  { name: 'ply grid', encoding: 'ply', order: 'grid' },
  { name: 'ply shuffled', encoding: 'ply', order: 'shuffled' },
  { name: 'ply-color grid', encoding: 'ply-color', order: 'grid', more: 'colors' },
  { name: 'ply-ascii grid', encoding: 'ply-ascii', order: 'grid' },
  { name: 'obj grid', encoding: 'obj', order: 'grid' },
  { name: 'off grid', encoding: 'off', order: 'grid' },
  { name: 'glb grid', encoding: 'glb', order: 'grid' },
];

export const SMALL_MEMORY = '192M';
/** What the least machines can spare: for the curve, and for tables that overflow. */
export const CURVE_MEMORY = '256M';

/**
 * The commands of a case, in the order in which each run goes through them. `inMemory` is where the yardstick in
 * memory is, if it could be compiled.
 */
export function listCommands(
  item: Case,
  files: CaseFiles,
  inMemory: string | undefined,
  pillow: Pillow,
): Command[] {
  const { folder, input, reference } = files;
  const off = join(folder, 'out.off');
  const db = join(folder, 'out.db');
  const commands: Command[] = [];
  if (item.encoding === 'stl') commands.push(makeOwn('import', db, 'import', input, db));
  commands.push(makeOwn('convert', off, 'convert', input, off));
  if (item.more === 'commands') commands.push(...listMain(files, pillow));
  if (item.more === 'colors') commands.push(...listColored(files));
  if (item.encoding === 'stl' || item.encoding === 'ply') {
    commands.push(makeConvertWithin(SMALL_MEMORY, input, off));
  }
  if (item.more === 'commands') commands.push(...listAnswers(input, off));
  commands.push(...listOthers(item.encoding, input, off, inMemory), {
    name: 'cat',
    role: 'yardstick',
    // Through a pipe, or a file system that shares blocks between copies would write nothing.
    invocation: {
      program: 'sh',
      args: ['-c', 'cat "$1" > /dev/null && cat "$2" | cat > "$3"', 'sh', input, reference, off],
      peak: 'none',
    },
    output: off,
    writesOff: false,
  });
  return commands;
}

/** The commands of the curve, for a binary STL: ours, the yardstick in memory and the peer that needs least. */
export function listCurveCommands(folder: string, input: string, inMemory: string | undefined): Command[] {
  const off = join(folder, 'out.off');
  return [
    makeOwn('convert', off, 'convert', input, off),
    makeConvertWithin(CURVE_MEMORY, input, off),
    ...listOthers('stl', input, off, inMemory).filter(({ name }) => name === IN_MEMORY || name === 'admesh'),
  ];
}

/** `convert` with a limit to its memory. */
export function makeConvertWithin(memory: string, input: string, output: string): Command {
  return makeOwn(`convert --memory ${memory}`, output, 'convert', input, output, '--memory', memory);
}
