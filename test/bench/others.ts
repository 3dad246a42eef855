/** What else makes an OFF of the input: the yardstick in memory, scripts as forums answer, programs on PATH. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './command.js';
import type { Encoding } from './encode.js';

export const IN_MEMORY = 'in-memory C++';

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

/** The answers of forums, for binary STL. The last one writes each corner as a vertex of its own. */
const ANSWERS = [
  { name: 'Python lists', file: 'lists.py', welds: true },
  { name: 'Python arrays', file: 'arrays.py', welds: true },
  { name: 'NumPy', file: 'unique.py', welds: true, needs: 'numpy' },
  { name: 'Python two files', file: 'two_files.py', welds: false },
] as const;

const PYTHON = 'python3';
const FOLDER = fileURLToPath(new URL('../../../test/bench/answers/', import.meta.url));

/** The answers that run here, for a binary STL. */
export function listAnswers(input: string, output: string): Command[] {
  if (findOnPath(PYTHON) === undefined) return [];
  return ANSWERS.filter(
    (answer) => !('needs' in answer) || spawnSync(PYTHON, ['-c', `import ${answer.needs}`]).status === 0,
  ).map(({ name, file, welds }) => ({
    name,
    role: 'answer',
    invocation: { program: PYTHON, args: [join(FOLDER, file), input, output], peak: 'polled' },
    output,
    writesOff: welds,
  }));
}

/** Commands of others for the input: the yardstick in memory, if it could be compiled, then peers. */
export function listOthers(
  encoding: Encoding,
  input: string,
  output: string,
  inMemory: string | undefined,
): Command[] {
  const others: Command[] = [];
  const add = (name: string, role: Command['role'], program: string, args: readonly string[]) =>
    others.push({ name, role, invocation: { program, args, peak: 'polled' }, output, writesOff: true });
  if (encoding === 'stl' && inMemory !== undefined) add(IN_MEMORY, 'yardstick', inMemory, [input, output]);
  for (const { name, reads, argsOf } of PEERS) {
    if (reads.includes(encoding) && findOnPath(name) !== undefined) {
      add(name, 'peer', name, argsOf(input, output));
    }
  }
  return others;
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
