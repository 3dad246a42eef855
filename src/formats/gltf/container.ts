/** Finds the JSON and the binary chunk of a file: glTF 2.0, section 4 (GLB File Format Specification), or JSON alone. */
import { FormatError, TRUNCATED } from '../../errors.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { formatCount } from '../../wording.js';
import { skipByteOrderMark } from '../shared/text.js';

/** A file header of 12 bytes, then the header of the first chunk: its length and its type. */
const JSON_OFFSET = 20;
const JSON_TYPE = 0x4e4f534a;
const BIN_TYPE = 0x004e4942;
const CHUNK_HEADER_BYTES = 8;

/** A range of the source, in bytes. */
export interface Chunk {
  readonly offset: number;
  readonly end: number;
}

export interface Container {
  readonly json: Chunk;
  /** The data of the binary chunk; undefined if there is none. */
  readonly bin: Chunk | undefined;
  /** Where the file ends; undefined for JSON alone. */
  readonly end: number | undefined;
}

/** Whether a source begins like a GLB file of any version. */
export function isBinaryGltf(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 4)).toString('latin1') === 'glTF' && [1, 2].includes(head[4] ?? 0);
}

/** Reads the headers of the chunks. Throws FormatError. */
export async function readContainer(source: ByteSource): Promise<Container> {
  const { head } = source;
  if (!isBinaryGltf(head)) {
    const json = { offset: skipByteOrderMark(head), end: Number.POSITIVE_INFINITY };
    return { json, bin: undefined, end: undefined };
  }
  if (head.length < JSON_OFFSET) throw truncated('its header', `${JSON_OFFSET} bytes`, head.length);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const version = view.getUint32(4, true);
  if (version !== 2) {
    throw new FormatError(`binary glTF of version ${version}; expected version 2`, {
      place: { offset: 4 },
      hint: 'convert it to glTF 2.0',
    });
  }
  if (view.getUint32(16, true) !== JSON_TYPE) {
    throw new FormatError('the first chunk is not JSON; expected the type JSON', { place: { offset: 16 } });
  }
  const fileEnd = view.getUint32(8, true);
  const jsonEnd = JSON_OFFSET + view.getUint32(12, true);
  if (jsonEnd > fileEnd) {
    const problem = `a JSON chunk that ends at byte ${jsonEnd}; expected it within the ${formatCount(fileEnd)} bytes of the file`;
    throw new FormatError(problem, { place: { offset: 12 } });
  }
  return {
    json: { offset: JSON_OFFSET, end: jsonEnd },
    bin: await readBinHeader(source, jsonEnd, fileEnd),
    end: fileEnd,
  };
}

async function readBinHeader(
  source: ByteSource,
  offset: number,
  fileEnd: number,
): Promise<Chunk | undefined> {
  if (offset + CHUNK_HEADER_BYTES > fileEnd) return undefined;
  const header = new Uint8Array(CHUNK_HEADER_BYTES);
  const count = await source.readAt(header, offset);
  if (count < CHUNK_HEADER_BYTES)
    throw truncated('the header of a chunk', `${CHUNK_HEADER_BYTES} bytes`, offset + count);
  const view = new DataView(header.buffer);
  // Other chunks are extensions, which a reader must ignore; the binary chunk can only be the second.
  if (view.getUint32(4, true) !== BIN_TYPE) return undefined;
  const begin = offset + CHUNK_HEADER_BYTES;
  const end = begin + view.getUint32(0, true);
  if (end > fileEnd) {
    const problem = `a binary chunk that ends at byte ${end}; expected it within the ${formatCount(fileEnd)} bytes of the file`;
    throw new FormatError(problem, { place: { offset } });
  }
  return { offset: begin, end };
}

/** Creates the error for a source that ends in `what`, of which more was expected. */
export function truncated(what: string, expected: string, offset: number): FormatError {
  return new FormatError(`truncated: the file ends in ${what}; expected ${expected}`, {
    place: { offset },
    code: TRUNCATED.code,
    hint: 'copy the file again; it may be incomplete',
  });
}
