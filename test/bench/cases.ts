/** What is measured: inputs, and for each the commands whose wall times are compared with each other. */
import { accessSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Encoding } from './encode.js';
import { type Order, type Pillow, STEP } from './generate.js';
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
  /** Whether exporting, filtering, compressing and a single thread have rows, too. */
  readonly isMain?: boolean;
}

export const CASES: readonly Case[] = [
  { name: 'stl grid', encoding: 'stl', order: 'grid', isMain: true },
  { name: 'stl gridz', encoding: 'stl', order: 'gridz' },
  { name: 'stl shuffled', encoding: 'stl', order: 'shuffled' },
  { name: 'ascii grid', encoding: 'ascii', order: 'grid' },
  { name: 'raw grid', encoding: 'raw', order: 'grid' },
  { name: 'ply grid', encoding: 'ply', order: 'grid' },
  { name: 'ply shuffled', encoding: 'ply', order: 'shuffled' },
  { name: 'ply-ascii grid', encoding: 'ply-ascii', order: 'grid' },
  { name: 'obj grid', encoding: 'obj', order: 'grid' },
  { name: 'off grid', encoding: 'off', order: 'grid' },
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
/** For the curve: what the least machines can spare. */
const CURVE_MEMORY = '256M';

export const IN_MEMORY = 'in-memory C++';

export const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

/** The files of one case, made once and untimed, those from `tiles` on for the main case only. */
export interface CaseFiles {
  readonly folder: string;
  readonly input: string;
  readonly database: string;
  readonly reference: string;
  /** The input cut into 64 files, and into nine tenths and one; databases of the nine tenths and for tiles. */
  readonly tiles: string;
  readonly parts: string;
  readonly base: string;
  readonly tiled: string;
}

export function nameFiles(folder: string, { encoding }: Case): CaseFiles {
  const input = join(folder, `in.${EXTENSIONS[encoding]}`);
  const at = (name: string) => join(folder, name);
  return {
    folder,
    input,
    database: at('reference.db'),
    reference: at('reference.off'),
    tiles: at('tiles'),
    parts: at('parts'),
    base: at('base.db'),
    tiled: at('tiled.db'),
  };
}

/** `offload` with these arguments, as a process of its own. */
export function invokeOwn(...args: readonly string[]): Invocation {
  return { program: process.execPath, args: [...REPORT_PEAK, CLI, ...args, '--quiet'], peak: 'reported' };
}

interface Peer {
  readonly name: string;
  readonly reads: readonly Encoding[];
  readonly argsOf: (input: string, output: string) => readonly string[];
}

export const PEERS: readonly Peer[] = [
  { name: 'admesh', reads: ['stl', 'ascii'], argsOf: (input, output) => [`--write-off=${output}`, input] },
  {
    name: 'ctmconv',
    // It takes ASCII STL for binary, and says nothing.
    reads: ['stl', 'ply', 'ply-ascii', 'obj', 'off'],
    argsOf: (input, output) => [input, output],
  },
  {
    name: 'meshio',
    reads: ['stl', 'ascii', 'ply', 'ply-ascii', 'obj', 'off'],
    argsOf: (input, output) => ['convert', input, output],
  },
  {
    name: 'openscad',
    reads: ['stl', 'ascii', 'off'],
    argsOf: (input, output) => {
      const script = `${input}.scad`;
      writeFileSync(script, `import(${JSON.stringify(input)});\n`);
      return ['-o', output, script];
    },
  },
];

function makeOwn(name: string, output: string, ...args: string[]): Command {
  return { name, role: 'own', invocation: invokeOwn(...args), output, writesOff: output.endsWith('.off') };
}

/** Everybody else who makes an OFF of the input: our own program in memory, where it is, then peers. */
function listOthers(
  encoding: Encoding,
  input: string,
  output: string,
  inMemory: string | undefined,
): Command[] {
  const others: Command[] = [];
  const add = (name: string, role: 'peer' | 'yardstick', program: string, args: readonly string[]) =>
    others.push({ name, role, invocation: { program, args, peak: 'polled' }, output, writesOff: true });
  if (encoding === 'stl' && inMemory !== undefined) add(IN_MEMORY, 'yardstick', inMemory, [input, output]);
  for (const { name, reads, argsOf } of PEERS) {
    if (reads.includes(encoding) && findOnPath(name) !== undefined) {
      add(name, 'peer', name, argsOf(input, output));
    }
  }
  return others;
}

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
  const { folder, input, database, reference } = files;
  const off = join(folder, 'out.off');
  const db = join(folder, 'out.db');
  const commands: Command[] = [];
  if (item.encoding === 'stl') commands.push(makeOwn('import', db, 'import', input, db));
  if (item.isMain) {
    commands.push(makeOwn('export', off, 'export', database, off));
    commands.push(...listFiltered(database, off, pillow));
    commands.push(...listFormats(database, folder));
    commands.push(...listMany(files, off, db));
    commands.push({ ...makeOwn('verify', off, 'verify', database, input), writesOff: false });
    commands.push({ ...makeOwn('verify OFF', off, 'verify', reference, input), writesOff: false });
  }
  commands.push(makeOwn('convert', off, 'convert', input, off));
  if (item.isMain) {
    commands.push(makeOwn('convert --threads 1', off, 'convert', input, off, '--threads', '1'));
    for (const ending of ['gz', 'zst']) {
      const packed = `${off}.${ending}`;
      commands.push(makeOwn(`convert to .off.${ending}`, packed, 'convert', input, packed));
    }
  }
  if (item.encoding === 'stl' || item.encoding === 'ply') {
    commands.push(makeConvertWithin(SMALL_MEMORY, input, off));
  }
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

/** Many files as one mesh, a mesh that grows, and its tiles; compare them with `convert` and `import`. */
function listMany({ tiles, parts, base, tiled, folder }: CaseFiles, off: string, db: string): Command[] {
  const append = makeOwn('cp, import --append 10 %', db, 'import', '--append', join(parts, '1.stl'), db);
  const { program, args } = append.invocation;
  const script = 'cp "$1" "$2" && shift 2 && exec "$@"';
  return [
    makeOwn('convert 64 files', off, 'convert', tiles, off),
    {
      ...append,
      invocation: {
        ...append.invocation,
        program: 'sh',
        args: ['-c', script, 'sh', base, db, program, ...args],
      },
    },
    { ...makeOwn('index --tiles', join(folder, 'none'), 'index', tiled, '--tiles'), writesOff: false },
  ];
}

/** Exports to the formats besides OFF; compare them with `export`, which writes OFF. */
function listFormats(database: string, folder: string): Command[] {
  const variants: readonly (readonly [string, ...string[]])[] = [
    ['out.ply'],
    ['out.stl'],
    ['out.obj'],
    ['tables.parquet'],
    ['soup.parquet', '--soup'],
    ['soup.off', '--soup'],
    ['text.ply', '--ascii'],
  ];
  return variants.map(([file, ...options]) => {
    const output = join(folder, file);
    const name = ['export to', file.slice(file.indexOf('.')), ...options].join(' ');
    return { ...makeOwn(name, output, 'export', database, output, ...options), writesOff: false };
  });
}

/**
 * Exports of half of a mesh, of a hundredth with an R*Tree, of its component, and of all of it welded; its triangles as
 * rows of a query, which nobody keeps; and its check.
 */
function listFiltered(database: string, output: string, { columns, rows }: Pillow): Command[] {
  const range = (count: number) => [0.4 * STEP * count, 0.5 * STEP * count] as const;
  const [[x0, x1], [z0, z1]] = [range(columns), range(rows)];
  const asked: readonly (readonly [string, string, string])[] = [
    ['export, half by --where', '--where', 'max_y > 0'],
    ['export, 1 % by --bbox', '--bbox', `${x0},-100,${z0},${x1},100,${z1}`],
    ['export --component largest', '--component', 'largest'],
    ['export --weld', '--weld', String(STEP / 1000)],
  ];
  return [
    ...asked.map(([name, option, value]) => ({
      ...makeOwn(name, output, 'export', database, output, option, value),
      writesOff: option === '--component' || option === '--weld',
    })),
    {
      ...makeOwn('sql, triangles to CSV', output, 'sql', database, 'SELECT * FROM triangles'),
      writesOff: false,
    },
    { ...makeOwn('check', output, 'check', database), writesOff: false },
    { ...makeOwn('info --plots', output, 'info', database, '--plots'), writesOff: false },
  ];
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

function makeConvertWithin(memory: string, input: string, output: string): Command {
  return makeOwn(`convert --memory ${memory}`, output, 'convert', input, output, '--memory', memory);
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
