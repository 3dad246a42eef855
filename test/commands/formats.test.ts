import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/formats/index.js';
import { WRITERS } from '../../src/formats/writers.js';
import { runCli } from '../support/cli.js';

describe('offload formats', () => {
  it('lists every format and compression in aligned columns', async () => {
    const { code, stdout, stderr } = await runCli(['formats']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const lines = stdout.toString().trimEnd().split('\n');
    for (const { id, name, extensions } of FORMATS) {
      const line = lines.find((text) => text.startsWith('read') && text.endsWith(name));
      expect(line?.split(/ {2,}/)).toEqual(['read', id, extensions.map((end) => `.${end}`).join(' '), name]);
    }
    for (const use of ['read', 'write']) {
      for (const id of ['gzip', 'zstd']) {
        expect(lines.some((line) => line.startsWith(use) && line.includes(` ${id} `))).toBe(true);
      }
    }
    expect(lines.some((line) => /^write +off +\.off +OFF/.test(line))).toBe(true);
    const names = lines.map((line) => line.lastIndexOf('  '));
    expect(new Set(names).size).toBe(1);
  });

  it('lists them for scripts', async () => {
    const { code, stdout } = await runCli(['formats', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout.toString())).toEqual({
      read: FORMATS.map(({ id, name, extensions }) => ({ id, name, extensions: [...extensions] })),
      write: WRITERS.map(({ id, name, extensions }) => ({ id, name, extensions })),
      compressions: [
        { id: 'gzip', name: 'any of these, compressed with gzip', extensions: ['gz'] },
        { id: 'zstd', name: 'any of these, compressed with zstd', extensions: ['zst', 'zstd'] },
      ],
    });
  });
});
