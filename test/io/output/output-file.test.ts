import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CompressionChoice } from '../../../src/io/compression/compression.js';
import { ByteSource } from '../../../src/io/input/byte-source.js';
import { openOutput } from '../../../src/io/output/output-file.js';
import { cutInto, makeNoise } from '../../support/compressed.js';
import { freshFolder } from '../../support/files.js';

const content = makeNoise(700_001);

async function write(path: string, bytes: Uint8Array, piece: number, choice?: CompressionChoice) {
  const output = await openOutput(path, false, choice);
  for (const part of cutInto(bytes, piece)) {
    // The buffer may be used again once it is written.
    const buffer = Uint8Array.from(part);
    await output.write(buffer);
    buffer.fill(0);
  }
  await output.commit();
  await output.discard();
  expect(output.size).toBe(readFileSync(path).length);
}

async function unpack(path: string): Promise<Buffer> {
  const source = await ByteSource.open(path);
  const bytes = Buffer.alloc(2 * content.length);
  let length = 0;
  for (let count = 1; count > 0; length += count) count = await source.read(bytes.subarray(length));
  await source.close();
  return bytes.subarray(0, length);
}

describe('openOutput', () => {
  it.each([
    ['out.off', undefined, undefined],
    ['out.off.gz', undefined, 'gzip'],
    ['out.off.GZ', undefined, 'gzip'],
    ['out.off.zst', undefined, 'zstd'],
    ['out.off.zstd', undefined, 'zstd'],
    ['out.off', 'gzip', 'gzip'],
    ['out.off.gz', 'zstd', 'zstd'],
    ['out.off.gz', 'none', undefined],
  ] as const)('writes %s with the choice %s as %s', async (name, choice, expected) => {
    const path = join(freshFolder(), name);
    await write(path, content, 100_000, choice);
    const source = await ByteSource.open(path);
    expect(source.compression).toBe(expected);
    await source.close();
    expect((await unpack(path)).equals(content)).toBe(true);
  });

  it.each(['gzip', 'zstd'] as const)(
    'gives the same %s for the same content in chunks of any size',
    async (kind) => {
      const folder = freshFolder();
      const packed = await Promise.all(
        [content.length, 7777, 262_144].map(async (piece) => {
          const path = join(folder, `${piece}`);
          await write(path, content, piece, kind);
          return readFileSync(path);
        }),
      );
      for (const other of packed) expect(other.equals(packed[0]!)).toBe(true);
      expect(packed[0]!.length).toBeLessThan(0.9 * content.length);
    },
  );

  it.each(['gzip', 'zstd'] as const)('writes empty content as complete %s', async (kind) => {
    const path = join(freshFolder(), 'out');
    await write(path, new Uint8Array(0), 1, kind);
    expect(await unpack(path)).toHaveLength(0);
  });

  it('writes gzip without a timestamp', async () => {
    const path = join(freshFolder(), 'out.gz');
    await write(path, content, 100_000);
    const packed = readFileSync(path);
    expect([...packed.subarray(0, 8)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    expect(gunzipSync(packed).equals(content)).toBe(true);
  });

  it.each(['gzip', 'zstd'] as const)('leaves nothing of uncommitted %s', async (kind) => {
    const folder = freshFolder();
    const output = await openOutput(join(folder, 'out'), false, kind);
    await output.write(content);
    await output.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('writes several zstd outputs at once, one of which is abandoned', async () => {
    const folder = freshFolder();
    const given = await openOutput(join(folder, 'given.zst'), false);
    await given.write(content);
    await Promise.all([1, 2, 3].map((name) => write(join(folder, `${name}.zst`), content, 50_000)));
    await given.discard();
    for (const name of [1, 2, 3]) {
      expect((await unpack(join(folder, `${name}.zst`))).equals(content)).toBe(true);
    }
  });
});
