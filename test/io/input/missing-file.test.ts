import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/errors.js';
import { ByteSource } from '../../../src/io/input/byte-source.js';
import { readError } from '../../../src/io/input/missing-file.js';
import { freshFolder } from '../../support/files.js';

describe('readError', () => {
  it('suggests similar names in the folder of a missing file', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'bracket.stl'), '');
    await expect(ByteSource.open(join(folder, 'braket.stl'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      hint: "did you mean 'bracket.stl'?",
    });
    await expect(ByteSource.open(join(folder, 'bracket.slt'))).rejects.toMatchObject({
      hint: "did you mean 'bracket.stl'?",
    });
    for (const path of [join(folder, 'other.stl'), join(folder, 'absent/bracket.stl')]) {
      await expect(ByteSource.open(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', hint: undefined });
    }
  });

  it('leaves other errors as they are', () => {
    const refused = Object.assign(new Error(), { code: 'EACCES' });
    expect(readError(refused, 'a.stl')).toMatchObject({ code: 'ACCESS_DENIED', hint: undefined });
    const other = new FileError('a.stl: other');
    expect(readError(other, 'a.stl')).toBe(other);
  });
});
