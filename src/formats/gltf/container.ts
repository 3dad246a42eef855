/** Finds the chunks of a GLB file: glTF 2.0, section 4 (GLB File Format Specification). */
import { FormatError, TRUNCATED } from '../../errors.js';
import { LONG_HEAD_BYTES_MAX } from '../../io/input/long-head.js';
import { formatCount } from '../../wording.js';

/** A file header of 12 bytes, then the header of the first chunk: its length and its type. */
const JSON_OFFSET = 20;
const JSON_TYPE = 0x4e4f534a;
const CHUNK_HEADER_BYTES = 8;

export interface GlbContainer {
  /** The parsed JSON chunk. */
  readonly json: unknown;
  /** Where the data of the binary chunk begins, in bytes of the source. */
  readonly binOffset: number;
}

/** Parses the headers and the JSON chunk, which the head must contain completely. Throws FormatError. */
export function parseContainer(head: Uint8Array): GlbContainer {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (head.length < JSON_OFFSET || view.getUint32(0, true) !== 0x46546c67) {
    throw new FormatError(
      head.length < JSON_OFFSET
        ? "truncated: the file ends in its header; expected 'glTF' and the length of its JSON"
        : "another beginning; expected 'glTF', as binary glTF has it",
      { place: { offset: 0 } },
    );
  }
  const version = view.getUint32(4, true);
  if (version !== 2) {
    throw new FormatError(`binary glTF of version ${version}; expected version 2`, { place: { offset: 4 } });
  }
  const length = view.getUint32(12, true);
  if (view.getUint32(16, true) !== JSON_TYPE) {
    throw new FormatError('the first chunk is not JSON; expected the type JSON', { place: { offset: 16 } });
  }
  const end = JSON_OFFSET + length;
  if (end > LONG_HEAD_BYTES_MAX) {
    const found = `a JSON chunk of ${formatCount(length)} bytes`;
    const limit = formatCount(LONG_HEAD_BYTES_MAX - JSON_OFFSET);
    throw new FormatError(`${found}; expected at most ${limit}`, { place: { offset: 12 } });
  }
  if (end > head.length) {
    throw new FormatError(
      `truncated: the file ends in its JSON chunk; expected ${formatCount(length)} bytes`,
      {
        place: { offset: head.length },
        code: TRUNCATED.code,
        hint: 'copy the file again; it may be incomplete',
      },
    );
  }
  const text = Buffer.from(head.buffer, head.byteOffset + JSON_OFFSET, length).toString('utf8');
  try {
    return { json: JSON.parse(text), binOffset: end + CHUNK_HEADER_BYTES };
  } catch (error) {
    throw new FormatError('the JSON chunk is not valid JSON; expected an object', {
      place: { offset: JSON_OFFSET },
      cause: error,
    });
  }
}
