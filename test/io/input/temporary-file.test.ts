import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ByteSource } from '../../../src/io/input/byte-source.js';
import { TemporaryFile } from '../../../src/io/input/temporary-file.js';
import { freshFolder } from '../../support/files.js';

describe('a temporary file', () => {
  it('keeps bytes in order without a name', () => {
    const folder = freshFolder();
    const file = new TemporaryFile(folder);
    const target = Buffer.alloc(4);
    expect(file.read(target, 0)).toBe(0);
    file.append(Buffer.from('abc'));
    file.append(Buffer.from('def'));
    expect(file.length).toBe(6);
    expect(readdirSync(folder)).toEqual([]);
    expect([file.read(target, 1), target.toString()]).toEqual([4, 'bcde']);
    expect(file.read(target, 4)).toBe(2);
    file.close();
    file.close();
  });

  it('of a source counts with what else is kept, and ends with the source', async () => {
    const folder = freshFolder();
    const kept: number[] = [];
    const onPass = (bytes: number) => kept.push(bytes);
    const source = await ByteSource.of('in', [Buffer.from('content')], undefined, {
      tempFolder: folder,
      onPass,
    });
    await source.readAt(new Uint8Array(7), 0);
    const [one, other] = [source.createTemporary(), source.createTemporary()];
    one.append(Buffer.from('abc'));
    other.append(Buffer.from('de'));
    expect(kept.slice(-2)).toEqual([10, 12]);
    await source.close();
    expect(one.read(new Uint8Array(1), 0)).toBe(0);
  });

  it('stops when it must not keep more', async () => {
    const onPass = () => {
      throw new Error('full');
    };
    const source = await ByteSource.of('in', [], 0, { tempFolder: freshFolder(), onPass });
    expect(() => source.createTemporary().append(Buffer.from('abc'))).toThrow('full');
    await source.close();
  });
});
