/** The yardstick in memory, in-memory.cpp: compiled for the processor it runs on, so nothing of it is kept. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findOnPath } from './others.js';

const COMPILERS = ['c++', 'g++'] as const;
const FLAGS = ['-std=c++20', '-O3', '-march=native'] as const;

/** Compiles `source` into `folder` and says where the program is; undefined where no compiler can, and why to `say`. */
export function compileInMemory(
  source: string,
  folder: string,
  say: (text: string) => void,
): string | undefined {
  const compiler = COMPILERS.find((name) => findOnPath(name) !== undefined);
  if (compiler === undefined) {
    say(`none of ${COMPILERS.join(', ')} is on PATH: the yardstick in memory is missing`);
    return undefined;
  }
  const program = join(folder, 'in-memory');
  const { status, stderr } = spawnSync(compiler, [...FLAGS, '-o', program, source], { encoding: 'utf8' });
  if (status === 0) return program;
  say(`${compiler} cannot compile the yardstick in memory, which is missing:\n${stderr}`);
  return undefined;
}
