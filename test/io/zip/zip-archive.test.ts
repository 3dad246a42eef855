/** Covers: io/zip/directory, io/compression/inflate, io/compression/decoder. */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/errors.js';
import { ZipArchive } from '../../../src/io/zip/zip-archive.js';
import { makeNoise } from '../../support/compressed.js';
import { makeZip, type ZipFile, type ZipOptions } from '../../support/zip.js';

const noise = makeNoise(700_000);

/** Opens an archive; `reads` gets the size of each read. */
function open(archive: Buffer, reads: number[] = []): Promise<ZipArchive> {
  const readAt = async (target: Uint8Array, offset: number) => {
    reads.push(target.length);
    target.set(archive.subarray(offset, offset + target.length));
    return Math.max(0, Math.min(target.length, archive.length - offset));
  };
  return ZipArchive.open(readAt, archive.length);
}

async function read(archive: Buffer, name: string): Promise<Buffer> {
  const zip = await open(archive);
  const pieces: Uint8Array[] = [];
  for await (const piece of zip.read(zip.find(name)!)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const one = (change: Partial<ZipFile>, options?: ZipOptions) =>
  makeZip(
    [
      { name: 'first', content: 'abc' },
      { name: 'in', content: noise, ...change },
    ],
    options,
  );

/** The error of an archive that cannot be opened or read. */
async function refuse(archive: Buffer, name = 'in'): Promise<FormatError> {
  const error = await read(archive, name).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FormatError)) throw new Error(`expected a FormatError, got ${error}`);
  expect(error.place).toBeDefined();
  return error;
}

describe('a zip archive', () => {
  it.each<[string, Partial<ZipFile>, ZipOptions?]>([
    ['deflated', {}],
    ['stored', { isStored: true }],
    ['with sizes after the data', { hasDescriptor: true }],
    ['with ZIP64 sizes', { hasZip64: true }],
    ['with ZIP64 sizes after the data', { hasZip64: true, hasDescriptor: true }],
    ['with a ZIP64 directory', {}, { isZip64: true }],
    [
      'with a comment that resembles its end',
      {},
      { comment: 'PK\x05\x06 and so on, twenty-two bytes at least' },
    ],
    ['empty', { content: '' }],
    ['empty, stored', { content: '', isStored: true }],
  ])('is read: %s', async (_, change, options) => {
    const archive = one(change, options);
    expect((await read(archive, 'in')).equals(Buffer.from(change.content ?? noise))).toBe(true);
    expect((await read(archive, 'FIRST')).toString()).toBe('abc');
    expect((await open(archive)).names).toEqual(['first', 'in']);
    expect((await open(archive)).find('other')).toBeUndefined();
  });

  it('is read in pieces, and only as far as needed', async () => {
    const reads: number[] = [];
    const many = Array.from({ length: 9000 }, (_, k) => ({ name: `folder/${k}`, content: '' }));
    const zip = await open(
      makeZip([...many, { name: 'in', content: Buffer.alloc(2e7), isStored: true }]),
      reads,
    );
    expect(zip.names).toHaveLength(9001);
    const before = reads.length;
    for await (const piece of zip.read(zip.find('in')!)) {
      expect(piece.length).toBeLessThanOrEqual(131_072);
      break;
    }
    expect(Math.max(...reads)).toBeLessThanOrEqual(2 ** 18);
    expect(reads.length - before).toBeLessThan(5);
  });

  it.each<[string, Buffer, string]>([
    ['encrypted', one({ flags: 1 }), "'in' is encrypted; expected a file without a password"],
    ['in another method', one({ method: 12 }), "'in' is compressed with bzip2; expected deflate"],
    ['in an unknown method', one({ method: 77 }), "'in' is compressed with method 77; expected deflate"],
    ['with a wrong CRC-32', one({ crc: 0x1234 }), "damaged data of 'in' (its CRC-32 is"],
    ['with a wrong CRC-32, stored', one({ crc: 0x1234, isStored: true }), 'expected 00001234)'],
    [
      'longer than announced',
      one({ bytes: 600_000 }),
      'more than the 600,000 bytes that the directory states',
    ],
    [
      'shorter than announced',
      one({ bytes: 800_000 }),
      '700,000 bytes; expected 800,000, as the directory states',
    ],
    ['of another name', one({ ownName: 'on' }), "the header of 'in' differs from the directory"],
    ['without a header', one({ offset: 5 }), "'in' has no header; expected one there"],
    ['over another file', one({ offset: 0 }), "the header of 'in' differs from the directory"],
    [
      'with data after its end',
      one({
        content: Buffer.concat([deflateRawSync(noise), noise]),
        isStored: true,
        method: 8,
        bytes: noise.length,
      }),
      'data after its end',
    ],
    [
      'with damaged data',
      one({ content: Buffer.alloc(1000, 0xff), isStored: true, method: 8 }),
      "damaged data of 'in' (invalid",
    ],
    [
      'with truncated data',
      one({
        content: deflateRawSync(noise).subarray(0, 100_000),
        isStored: true,
        method: 8,
        bytes: noise.length,
      }),
      'unexpected end of file',
    ],
    [
      'with too few entries',
      one({}, { count: 3 }),
      'its central directory breaks off; expected another entry',
    ],
    [
      'with far too many entries',
      one({}, { count: 2 ** 40, isZip64: true }),
      'files; expected at most 100,000',
    ],
    ['split', one({}, { disk: 1 }), 'one part of a split zip archive; expected a complete archive'],
    [
      'with two files of a name',
      makeZip([
        { name: 'in', content: '' },
        { name: 'IN', content: '' },
      ]),
      "two files of the name 'IN'",
    ],
    ['truncated', one({}).subarray(0, -1), 'truncated: the zip archive has no central directory'],
    ['of one byte', Buffer.from('P'), 'truncated: the zip archive has no central directory'],
    ['with a far directory', one({}).subarray(5), 'expected it before byte'],
  ])('is refused: %s', async (_, archive, problem) => {
    expect((await refuse(archive)).message).toContain(problem);
  });

  it('refuses files that share data, as bombs do', async () => {
    const [first, second] = [
      { name: 'in', content: noise, isStored: true },
      { name: 'on', content: 'xyz', isStored: true },
    ];
    const archive = makeZip([first, second]);
    // The second header begins within the data of the first file, where a copy of it stands.
    const at = archive.indexOf(Buffer.from('PK\x03\x04'), 4);
    const inner = Buffer.concat([noise.subarray(0, 100), archive.subarray(at, at + 35), noise.subarray(135)]);
    const bomb = makeZip([
      { ...first, content: inner },
      { ...second, offset: 32 + 100 },
    ]);
    expect((await read(bomb, 'on')).toString()).toBe('xyz');
    expect((await refuse(bomb)).problem).toContain('expected at most 132, where other data begins');
  });

  it('refuses names that would fill memory', async () => {
    const files = Array.from({ length: 200 }, (_, k) => ({ name: `${k}`.padEnd(60_000, 'x'), content: '' }));
    expect((await refuse(makeZip(files))).message).toContain('names in the zip archive take more than');
  });
});
