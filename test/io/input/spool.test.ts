import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ByteSource } from '../../../src/io/input/byte-source.js';
import { Spool } from '../../../src/io/input/spool.js';
import { pullFrom } from '../../../src/io/pull.js';
import { makeNoise } from '../../support/compressed.js';
import { freshFolder } from '../../support/files.js';

const content = makeNoise(300_000);

/** Reads at a place, up to `size` bytes. */
async function take(source: Pick<ByteSource, 'readAt'>, offset: number, size: number): Promise<Buffer> {
  const target = Buffer.alloc(size);
  return target.subarray(0, await source.readAt(target, offset));
}

describe('a spool', () => {
  it('reads the stream only as far as needed and keeps it without a name', async () => {
    const folder = freshFolder();
    let passed = 0;
    const pieces = Array.from({ length: 30 }, (_, k) => content.subarray(10_000 * k, 10_000 * (k + 1)));
    const queue = pieces[Symbol.iterator]();
    const pull = pullFrom(async () => {
      passed++;
      return queue.next();
    });
    const kept: number[] = [];
    const spool = new Spool(pull, folder, (bytes) => kept.push(bytes));
    expect((await take(spool, 15_000, 10)).equals(content.subarray(15_000, 15_010))).toBe(true);
    expect(passed).toBe(2);
    expect(kept).toEqual([10_000, 20_000]);
    expect(readdirSync(folder)).toEqual([]);
    expect((await take(spool, 5, 10)).equals(content.subarray(5, 15))).toBe(true);
    expect(passed).toBe(2);
    expect(await take(spool, 299_990, 100)).toHaveLength(10);
    expect(await take(spool, 2 ** 53 - 1000, 100)).toHaveLength(0);
    expect(await spool.fill(1e9)).toBe(300_000);
    spool.close();
    spool.close();
  });

  it('is used by compressed sources and streams, but not by files', async () => {
    const folder = freshFolder();
    const path = join(folder, 'mesh.bin');
    writeFileSync(path, content);
    writeFileSync(`${path}.gz`, gzipSync(content));
    let kept = 0;
    const onPass = (bytes: number) => {
      kept = bytes;
    };
    for (const [name, isRandomAccess] of [
      [path, true],
      [`${path}.gz`, false],
    ] as const) {
      kept = 0;
      const source = await ByteSource.open(name, { tempFolder: folder, onPass });
      expect(source.isRandomAccess).toBe(isRandomAccess);
      for (const offset of [250_000, 0, 70_000]) {
        const expected = content.subarray(offset, offset + 1000);
        expect((await take(source, offset, 1000)).equals(expected)).toBe(true);
      }
      expect(await source.measure(1e9)).toBe(300_000);
      expect(kept).toBe(isRandomAccess ? 0 : 300_000);
      await source.drain(new Uint8Array(1000));
      expect(source.fileBytesRead).toBe(source.fileSize);
      expect(source.fileBytesReadAt).toBe(isRandomAccess ? 3000 : 0);
      await source.close();
    }
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('stops if it is told to', async () => {
    const source = await ByteSource.of('scan', [content], undefined, {
      onPass: (bytes) => {
        if (bytes > 100_000) throw new Error('full');
      },
    });
    await expect(take(source, 200_000, 1)).rejects.toThrow('full');
    await source.close();
  });
});
