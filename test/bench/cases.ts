/** What is measured: inputs, and for each the commands whose wall times are compared with each other. */
import { accessSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Encoding } from './encode.js';
import type { Order } from './generate.js';
import { type Invocation, REPORT_PEAK } from './measure.js';

export interface Command {
  readonly name: string;
  /** `yardstick` and peers are what the program is compared with. */
  readonly role: 'own' | 'peer' | 'yardstick';
  readonly invocation: Invocation;
  /** Removed before each run. */
  readonly output: string;
  /** Whether the output is an OFF, whose counts are looked at. */
  readonly writesOff: boolean;
}

export interface Case {
  readonly name: string;
  readonly encoding: Encoding;
  readonly order: Order;
  readonly hasDatabaseRows: boolean;
}

export const CASES: readonly Case[] = [
  { name: 'stl grid', encoding: 'stl', order: 'grid', hasDatabaseRows: true },
  { name: 'stl gridz', encoding: 'stl', order: 'gridz', hasDatabaseRows: false },
  { name: 'stl shuffled', encoding: 'stl', order: 'shuffled', hasDatabaseRows: false },
  { name: 'ascii grid', encoding: 'ascii', order: 'grid', hasDatabaseRows: false },
  { name: 'raw grid', encoding: 'raw', order: 'grid', hasDatabaseRows: false },
  { name: 'ply grid', encoding: 'ply', order: 'grid', hasDatabaseRows: false },
  { name: 'ply shuffled', encoding: 'ply', order: 'shuffled', hasDatabaseRows: false },
  { name: 'ply-ascii grid', encoding: 'ply-ascii', order: 'grid', hasDatabaseRows: false },
  { name: 'obj grid', encoding: 'obj', order: 'grid', hasDatabaseRows: false },
  { name: 'off grid', encoding: 'off', order: 'grid', hasDatabaseRows: false },
];

/** File names end as readers expect it. */
const EXTENSIONS: Readonly<Record<Encoding, string>> = {
  stl: 'stl',
  ascii: 'stl',
  raw: 'raw',
  ply: 'ply',
  'ply-be': 'ply',
  'ply-ascii': 'ply',
  obj: 'obj',
  off: 'off',
};

export const SMALL_MEMORY = '192M';

const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

/** The files of one case. `database` and `reference` are made once, untimed: for `export` and the yardstick. */
export interface CaseFiles {
  readonly folder: string;
  readonly input: string;
  readonly database: string;
  readonly reference: string;
}

export function nameFiles(folder: string, { encoding }: Case): CaseFiles {
  const input = join(folder, `in.${EXTENSIONS[encoding]}`);
  return { folder, input, database: join(folder, 'reference.db'), reference: join(folder, 'reference.off') };
}

/** `offload` with these arguments, as a process of its own. */
export function invokeOwn(...args: readonly string[]): Invocation {
  return { program: process.execPath, args: [...REPORT_PEAK, CLI, ...args, '--quiet'], peak: 'reported' };
}

interface Peer {
  readonly name: string;
  /** File name extensions of what it reads. */
  readonly reads: readonly string[];
  readonly argsOf: (input: string, output: string) => readonly string[];
}

export const PEERS: readonly Peer[] = [
  { name: 'admesh', reads: ['stl'], argsOf: (input, output) => [`--write-off=${output}`, input] },
  { name: 'ctmconv', reads: ['stl', 'ply', 'obj', 'off'], argsOf: (input, output) => [input, output] },
  {
    name: 'meshio',
    reads: ['stl', 'ply', 'obj', 'off'],
    argsOf: (input, output) => ['convert', input, output],
  },
  {
    name: 'openscad',
    reads: ['stl', 'off'],
    argsOf: (input, output) => {
      const script = `${input}.scad`;
      writeFileSync(script, `import(${JSON.stringify(input)});\n`);
      return ['-o', output, script];
    },
  },
];

/** The commands of a case, in the order in which each run goes through them. */
export function listCommands(item: Case, { folder, input, database, reference }: CaseFiles): Command[] {
  const off = join(folder, 'out.off');
  const db = join(folder, 'out.db');
  const own = (name: string, output: string, ...args: string[]): Command => ({
    name,
    role: 'own',
    invocation: invokeOwn(...args),
    output,
    writesOff: output === off,
  });
  const commands: Command[] = [];
  if (item.hasDatabaseRows) {
    commands.push(own('import', db, 'import', input, db), own('export', off, 'export', database, off));
  }
  commands.push(own('convert', off, 'convert', input, off));
  if (item.hasDatabaseRows) {
    for (const ending of ['gz', 'zst']) {
      const packed = `${off}.${ending}`;
      commands.push(own(`convert to .off.${ending}`, packed, 'convert', input, packed));
    }
  }
  if (item.encoding === 'stl' || item.encoding === 'ply') {
    const name = `convert --memory ${SMALL_MEMORY}`;
    commands.push(own(name, off, 'convert', input, off, '--memory', SMALL_MEMORY));
  }
  for (const { name, reads, argsOf } of PEERS) {
    if (!reads.includes(EXTENSIONS[item.encoding]) || findOnPath(name) === undefined) continue;
    const invocation: Invocation = { program: name, args: argsOf(input, off), peak: 'polled' };
    commands.push({ name, role: 'peer', invocation, output: off, writesOff: true });
  }
  commands.push({
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

/** Where a program is, if it is on PATH. */
export function findOnPath(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
