import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIST_BYTES_MAX, readNameList } from '../../../src/io/input/name-list.js';
import { INPUTS_MAX } from '../../../src/memory.js';
import { freshFolder } from '../../support/files.js';

function writeList(content: string): string {
  const path = join(freshFolder(), 'list');
  writeFileSync(path, content);
  return path;
}

describe('readNameList', () => {
  it.each([
    ['one name a line', 'a.stl\nb c.stl\n', ['a.stl', 'b c.stl']],
    ['no line feed at the end', 'a.stl\nb.stl', ['a.stl', 'b.stl']],
    ['empty lines', '\n\na.stl\n\nb.stl\n\n', ['a.stl', 'b.stl']],
    ['lines of Windows, with a byte order mark', '\uFEFFa.stl\r\nb.stl\r\n', ['a.stl', 'b.stl']],
    ['names separated by NUL', 'a\nb.stl\0 c\r\n\0\0', ['a\nb.stl', ' c\r\n']],
  ])('reads %s', async (_, content, names) => {
    expect(await readNameList(writeList(content))).toEqual(names);
  });

  it('refuses a list without names, a missing one, and one that is too long', async () => {
    await expect(readNameList(writeList('\n\n'))).rejects.toMatchObject({ code: 'USAGE' });
    await expect(readNameList(join(freshFolder(), 'absent'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    expect(await readNameList(writeList('a\n'.repeat(INPUTS_MAX)))).toHaveLength(INPUTS_MAX);
    await expect(readNameList(writeList('a\n'.repeat(INPUTS_MAX + 1)))).rejects.toThrow(
      'the list has 100,001 file names; expected at most 100,000 names',
    );
    const large = writeList('');
    truncateSync(large, LIST_BYTES_MAX + 1);
    await expect(readNameList(large)).rejects.toThrow(`${large}: the list is longer than 32.0 MB`);
  });
});
