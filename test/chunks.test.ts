/** The files into which the build divides the program: each loads by itself, and a small conversion loads few. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

/** They start something when they are loaded. */
const ENTRIES = ['main.cjs', 'thread.cjs', 'job.cjs'];

/** Loads each file as if it were the first, and prints what fails. A circle of files gives a warning. */
const LOAD = `
  const [folder, ...names] = process.argv.slice(1);
  process.on('warning', ({ message }) => console.log(message));
  for (const name of names) {
    for (const path of Object.keys(require.cache)) delete require.cache[path];
    try {
      require(folder + name);
    } catch (error) {
      console.log(name, error.message);
    }
  }`;

describe('the files of the program', () => {
  it('load one by one, whichever is first', () => {
    const names = readdirSync(DIST).filter((name) => name.endsWith('.cjs') && !ENTRIES.includes(name));
    expect(names.length).toBeGreaterThan(50);
    const printed = execFileSync(process.execPath, ['-e', LOAD, DIST, ...names], { encoding: 'utf8' });
    expect(printed).toBe('');
  });
});
