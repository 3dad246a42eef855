import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/errors.js';
import { readTextFile, TEXT_BYTES_MAX, writeTextFile } from '../../src/io/text-file.js';
import { freshFolder } from '../support/files.js';

describe('text files', () => {
  it('are written for their owner alone, with the folders above them', () => {
    const path = join(freshFolder(), 'state/offload/history');
    writeTextFile(path, 'SELECT 1;\n');
    writeTextFile(path, 'SELECT 2;\n');
    expect(readTextFile(path)).toBe('SELECT 2;\n');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('are refused if they are too long or cannot be read', () => {
    const folder = freshFolder();
    const path = join(folder, 'query.sql');
    writeFileSync(path, ' '.repeat(TEXT_BYTES_MAX));
    expect(readTextFile(path).length).toBe(TEXT_BYTES_MAX);
    writeFileSync(path, ' '.repeat(TEXT_BYTES_MAX + 1));
    for (const wrong of [path, join(folder, 'absent'), folder]) {
      expect(() => readTextFile(wrong)).toThrow(FileError);
      expect(() => readTextFile(wrong)).toThrow(`${wrong}: `);
    }
    expect(() => writeTextFile(join(path, 'below-a-file'), '')).toThrow(FileError);
  });
});
