import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from './support/cli.js';
import { freshFolder } from './support/files.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const cases = readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** Each case is run in a folder that holds its input alone; then that folder holds the output, or nothing new. */
describe('golden cases', () => {
  it('are there', () => expect(cases.length).toBeGreaterThan(15));

  it.each(cases.map(({ name }) => name))('%s', async (name) => {
    const folder = freshFolder();
    const input = readdirSync(FIXTURES + name).find((file) => file.startsWith('in.'))!;
    cpSync(join(FIXTURES, name, input), join(folder, input));
    const read = (file: string) => readFileSync(join(FIXTURES, name, file), 'utf8');
    const args = read('args').trim().split(' ');

    const { code, stderr } = await runCli(args, { cwd: folder });
    const expected = readdirSync(FIXTURES + name).find((file) => file.startsWith('expected.'))!;
    if (expected !== 'expected.err') {
      const output = expected.replace('expected', 'out');
      expect(stderr).not.toContain('offload:');
      expect(code).toBe(0);
      expect(readdirSync(folder).sort()).toEqual([input, output].sort());
      const bytes = readFileSync(join(FIXTURES, name, expected));
      const isSame = readFileSync(join(folder, output)).equals(bytes);
      // Text shows its differences.
      if (!isSame) expect(readFileSync(join(folder, output), 'utf8')).toBe(bytes.toString());
      expect(isSame).toBe(true);
    } else {
      expect(stderr).toBe(read('expected.err'));
      expect(code).toBe(1);
      expect(readdirSync(folder)).toEqual([input]);
    }
    expect(read('README')).toMatch(/^.+\.\n$/);
  });
});
