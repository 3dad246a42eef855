/** Covers: io/input/byte-window, io/input/content, io/input/file-bytes, io/input/long-head, io/input/open-file. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/errors.js';
import { ByteSource, type ByteSourceOptions } from '../../../src/io/input/byte-source.js';
import { HEAD_BYTES } from '../../../src/io/input/long-head.js';
import { countOf } from '../../../src/wording.js';
import { cutInto, makeNoise, PACK, SKIPPABLE_FRAME } from '../../support/compressed.js';
import { freshFolder } from '../../support/files.js';

const KINDS = ['gzip', 'zstd'] as const;
const content = makeNoise(300_000);

async function open(packed: Uint8Array, piece = packed.length, options: ByteSourceOptions = {}) {
  return ByteSource.of('scan.stl', cutInto(packed, piece), packed.length, options);
}

/** Compares bytes; a difference of long ones is not worth printing. */
function expectSame(bytes: Uint8Array, expected: Uint8Array): void {
  expect(bytes.length).toBe(expected.length);
  expect(Buffer.compare(bytes, expected)).toBe(0);
}

async function readAll(source: ByteSource, size = 100_000): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    const target = Buffer.alloc(size);
    const count = await source.read(target);
    if (count === 0) break;
    pieces.push(target.subarray(0, count));
  }
  await source.close();
  return Buffer.concat(pieces);
}

describe('a byte source', () => {
  const readAt = async (source: ByteSource, offset: number) => {
    await source.seek(offset);
    const target = new Uint8Array(1000);
    const count = await source.read(target);
    expectSame(target.subarray(0, count), content.subarray(offset, offset + count));
    return count;
  };

  it('can be read from any offset of a file, before and after its head is read', async () => {
    const path = join(freshFolder(), 'in.stl');
    writeFileSync(path, content);
    const source = await ByteSource.open(path, { stepBytes: 100 });
    for (const offset of [250_000, 3, 70_000, 299_950]) {
      expect(await readAt(source, offset)).toBe(Math.min(100, content.length - offset));
    }
    expect(await readAt(source, content.length)).toBe(0);
    expect(source.fileBytesRead).toBe(HEAD_BYTES + 350);
    await source.close();
  });

  it.each(KINDS)(
    'can be read from any later offset of %s data, and reports progress while it skips',
    async (kind) => {
      let passed = 0;
      const onPass = () => {
        passed++;
      };
      const source = await open(PACK[kind](content), 10_000, { onPass });
      for (const offset of [0, 3000, 65_000, 250_000])
        expect(await readAt(source, offset)).toBeGreaterThan(0);
      expect(passed).toBeGreaterThan(2);
      await expect(source.seek(1000)).rejects.toThrow(/^byte 1000 of a stream that is at byte 25\d{4}$/);
      await source.seek(2 * content.length);
      expect(await source.read(new Uint8Array(10))).toBe(0);
      await source.close();
    },
  );
});

/** Reads all of a source that is damaged. */
async function failToRead(packed: Uint8Array, piece?: number): Promise<FormatError> {
  const failure = await open(packed, piece)
    .then((source) => readAll(source))
    .catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(FormatError);
  return failure as FormatError;
}

describe.each(KINDS)('a source in %s', (kind) => {
  const pack = PACK[kind];
  const packed = pack(content);

  it('provides the content and counts the bytes of the file', async () => {
    const source = await open(packed, 1000, { digest: true });
    expect(source.compression).toBe(kind);
    expect(source.size).toBeUndefined();
    expectSame(source.head, content.subarray(0, HEAD_BYTES));
    expect(source.fileSize).toBe(packed.length);
    expect(source.fileBytesRead).toBeLessThanOrEqual(packed.length);
    expectSame(await readAll(source), content);
    expect(source.bytesRead).toBe(content.length);
    expect(source.fileBytesRead).toBe(packed.length);
    expect(source.digest()).toBe(createHash('sha256').update(packed).digest('hex'));
  });

  it('knows the size of content that fits in the head', async () => {
    for (const length of [0, 1, 1000, HEAD_BYTES - 1]) {
      const source = await open(pack(content.subarray(0, length)));
      expect(source.size).toBe(length);
      expectSame(await readAll(source), content.subarray(0, length));
    }
  });

  it('gives the same content in chunks of any size', async () => {
    for (const piece of [1, 2, 3, 100, 65_535, 65_537]) {
      expectSame(await readAll(await open(packed, piece), piece * 7), content);
    }
  });

  it('continues across members and frames of any size, including empty ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 150_000 }), { maxLength: 6 }),
        fc.constantFrom(1, 7, 1000, 200_000),
        async (lengths, piece) => {
          const parts = lengths.map((length) => content.subarray(0, length));
          const file = Buffer.concat([pack(Buffer.alloc(0)), ...parts.map(pack)]);
          expectSame(await readAll(await open(file, piece)), Buffer.concat(parts));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is refused if truncated anywhere, with the offset in its content', async () => {
    const file = pack(content.subarray(0, 1000));
    for (let length = 10; length < file.length; length++) {
      const failure = await failToRead(file.subarray(0, length), 100);
      const { offset } = failure.place as { offset: number };
      expect(offset).toBeLessThanOrEqual(1000);
      expect(failure.problem).toBe(
        `${kind} data ends after ${countOf(offset, 'byte')} of content; expected more`,
      );
    }
    const late = await failToRead(packed.subarray(0, -1));
    // zstd gives whole blocks of 128 KiB.
    expect(late.place).toEqual({ offset: kind === 'gzip' ? content.length : 2 ** 18 });
    const second = await failToRead(Buffer.concat([packed, packed.subarray(0, 20)]));
    expect(second.place).toEqual({ offset: content.length });
  });

  it('gives the readable beginning of truncated data on request', async () => {
    const file = Buffer.concat([packed, packed.subarray(0, 20)]);
    const source = await open(file, 1000, { salvage: true });
    expect(source.cut).toBeUndefined();
    expectSame(await readAll(source), content);
    expect(source.cut?.problem).toBe(`${kind} data ends after 300,000 bytes of content; expected more`);
  });

  it('is refused if damaged, at the same offset for chunks of any size', async () => {
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 90_000, 140_000);
    const failure = await failToRead(damaged);
    expect(failure.problem).toMatch(new RegExp(`^damaged ${kind} data after [\\d,]+ bytes of content`));
    expect((failure.place as { offset: number }).offset).toBeLessThan(content.length);
    for (const piece of [999, 50_000]) {
      expect((await failToRead(damaged, piece)).message).toBe(failure.message);
    }
  });

  it('may unpack to far more than fits in memory', async () => {
    // 256 MB of zeros in 1 MB, or in less.
    const million = pack(Buffer.alloc(2 ** 20));
    const source = await open(Buffer.concat(Array(256).fill(million)));
    const target = new Uint8Array(2 ** 20);
    const before = process.memoryUsage.rss();
    let most = 0;
    for (let reads = 0; (await source.read(target)) > 0; reads++) {
      if (reads % 100 === 0) most = Math.max(most, process.memoryUsage.rss() - before);
    }
    expect(source.bytesRead).toBe(2 ** 28);
    expect(most).toBeLessThan(2 ** 27);
    await source.close();
  });

  it('can be closed in the middle', async () => {
    const source = await open(packed);
    await source.read(new Uint8Array(1000));
    await source.close();
    expectSame(await readAll(await open(packed)), content);
  });

  it('is detected by content, whatever the file name', async () => {
    const path = join(freshFolder(), 'scan.stl');
    writeFileSync(path, packed);
    const source = await ByteSource.open(path);
    expect(source.name).toBe(path);
    expect(source.modified).toBeInstanceOf(Date);
    expectSame(await readAll(source), content);
  });

  it('passes on errors of the source below it', async () => {
    const reason = new Error('the disk is gone');
    const pieces = (function* () {
      yield packed.subarray(0, 200_000);
      throw reason;
    })();
    const source = await ByteSource.of('scan', pieces as unknown as Uint8Array[]);
    await expect(readAll(source)).rejects.toBe(reason);
  });
});

describe('gzip', () => {
  it('may be padded with zero bytes only', async () => {
    const packed = gzipSync(content);
    for (const length of [1, 511, 200_000]) {
      const padded = Buffer.concat([packed, Buffer.alloc(length)]);
      for (const piece of [1000, padded.length]) {
        expectSame(await readAll(await open(padded, piece)), content);
      }
    }
    for (const rest of [
      Buffer.from('more'),
      Buffer.from('\0\0more'),
      Buffer.concat([Buffer.alloc(9), packed]),
    ]) {
      const failure = await failToRead(Buffer.concat([packed, rest]));
      expect(failure.problem).toMatch(/^damaged gzip data after (262,144|300,000) bytes of content/);
    }
  });

  it('is verified by its checksum', async () => {
    const packed = gzipSync(content, { level: 0 });
    packed[100_000]! ^= 1;
    expect((await failToRead(packed)).problem).toContain('(incorrect data check)');
  });
});

describe('zstd', () => {
  it('skips skippable frames', async () => {
    const skips = Buffer.concat(Array(10_000).fill(SKIPPABLE_FRAME));
    const file = Buffer.concat([skips, PACK.zstd(content), skips]);
    for (const piece of [1000, file.length]) expectSame(await readAll(await open(file, piece)), content);
  });

  it('may have a window of up to 128 MiB', async () => {
    // A frame of one raw block: magic, descriptor, window, block header, content.
    const frame = (window: number) =>
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window, 0x09, 0, 0, 0x61, ...Array(16)]);
    const source = await open(frame(17 << 3).subarray(0, 10));
    expectSame(await readAll(source), Buffer.from('a'));
    expect(
      (await open(Buffer.concat([frame(17 << 3).subarray(0, 10), PACK.zstd(content)]))).windowBytes,
    ).toBe(2 ** 27);
    expect((await failToRead(frame((17 << 3) + 1))).problem).toBe(
      'zstd data with a window of 144 MiB; expected at most 128 MiB',
    );
    expect((await failToRead(frame(31 << 3))).hint).toContain('zstd -dc --long=31');
  });

  it('refuses a later frame whose window exceeds the planned memory', async () => {
    // Frames of one raw block of one byte, with windows of 64 MiB, 128 MiB and 8 MiB.
    const [first, larger, ordinary] = [16, 17, 13].map((exponent) =>
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, exponent << 3, 0x09, 0, 0, 0x61]),
    ) as [Buffer, Buffer, Buffer];
    const small = PACK.zstd(content.subarray(0, 10));
    // A frame without content that is longer than what a decoder is given at a time.
    const skipped = Buffer.alloc(100_008);
    skipped.writeUInt32LE(0x184d2a50);
    skipped.writeUInt32LE(100_000, 4);
    const enormous = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 31 << 3, 0x09, 0, 0, 0x61]);
    for (const [file, problem] of [
      [[first, larger], '128 MiB; expected at most 64 MiB'],
      [[first, skipped, larger], '128 MiB; expected at most 64 MiB'],
      [[small, first], '64 MiB; expected at most 8 MiB'],
      [[small, enormous], `${2 ** 21} MiB; expected at most 128 MiB`],
    ] as const) {
      const failure = await failToRead(Buffer.concat(file));
      expect(failure.problem.replaceAll(',', '')).toBe(`zstd data with a window of ${problem}`);
      expect(failure.place).toEqual({ offset: Buffer.concat(file.slice(0, -1)).length });
    }
    expectSame(
      await readAll(await open(Buffer.concat([small, ordinary]))),
      Buffer.concat([content.subarray(0, 10), Buffer.from('a')]),
    );
  });

  it('is refused if something else follows a frame', async () => {
    const failure = await failToRead(Buffer.concat([PACK.zstd(content), Buffer.from('more of it')]));
    expect(failure.problem).toContain(
      'damaged zstd data after 300,000 bytes of content (no frame begins there)',
    );
  });

  it('may have frames of every valid shape, and of every zstd level', async () => {
    const block = (type: number, bytes: number[], isLast: boolean) => {
      const size = type === 1 ? 3 : bytes.length;
      return [(size << 3) | (type << 1) | Number(isLast), size >> 5, 0, ...bytes];
    };
    const magic = [0x28, 0xb5, 0x2f, 0xfd];
    const blocks = [...block(0, [0x61], false), ...block(1, [0x62], false), ...block(0, [], true)];
    const frames = [
      [...magic, 0x00, 0x08, ...blocks],
      [...magic, 0x20, 4, ...blocks],
      [...magic, 0xa0, 4, 0, 0, 0, ...blocks],
      [...magic, 0xe0, 4, 0, 0, 0, 0, 0, 0, 0, ...blocks],
    ];
    const file = Buffer.from(frames.flat());
    for (const piece of [1, 3, 1000])
      expect(String(await readAll(await open(file, piece)))).toBe('abbb'.repeat(4));
    for (const level of [-5, 1, 19]) {
      const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 };
      const packed = zstdCompressSync(content, { params });
      expectSame(
        await readAll(await open(Buffer.concat([packed, packed]))),
        Buffer.concat([content, content]),
      );
    }
  });
});

describe('an uncompressed source', () => {
  it('is passed through unchanged', async () => {
    const source = await open(content, 999, { digest: true });
    expect(source.compression).toBeUndefined();
    expect(source.size).toBe(content.length);
    expect(source.windowBytes).toBe(0);
    expectSame(await readAll(source), content);
    expect(source.fileBytesRead).toBe(content.length);
    expect(source.digest()).toBe(createHash('sha256').update(content).digest('hex'));
  });
});
