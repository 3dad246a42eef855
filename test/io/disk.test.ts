import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseTempFolder, systemTempFolder } from '../../src/io/disk.js';
import { freshFolder } from '../support/files.js';

describe('the folder for temporary files', () => {
  it("is the one asked for, or the one beside, or the system's", () => {
    const folder = freshFolder();
    expect(chooseTempFolder('/asked', join(folder, 'x'))).toBe('/asked');
    expect(chooseTempFolder(undefined, join(folder, 'x'))).toBe(folder);
    expect(chooseTempFolder(undefined, '-')).toBe(systemTempFolder());
    expect(chooseTempFolder(undefined, join(folder, 'absent', 'x'))).toBe(join(folder, 'absent'));
  });
});
