/** Writes ASCII STL: a solid for each part, or one solid. */
import { NUMBER_TEXT_MAX, type NumberWriter } from '../../../io/number-text.js';
import { CHUNK_BYTES, NAME_BYTES_MAX } from '../../../memory.js';
import type { SoupSelection } from '../../../mesh.js';
import { chooseNumberWriter } from '../../shared/digits.js';
import { ChunkBuffers } from '../../shared/output.js';
import { BLANK, LF } from '../../shared/text.js';
import type { OutputChunk } from '../../writer.js';
import { setNormal } from './normal.js';

/** The name of a solid outside of all parts. */
const NAME = 'offload';

const FACET = Buffer.from('facet normal');
const LOOP = Buffer.from('\nouter loop\n');
const VERTEX = Buffer.from('vertex');
const END = Buffer.from('endloop\nendfacet\n');

/** Room for the longest facet: twelve numbers with a blank each, the keywords and line ends. */
const FACET_BYTES = 12 * (NUMBER_TEXT_MAX + 1) + 80;
/** Room for the end of a solid and the start of the next. */
const SOLID_BYTES = 2 * (NAME_BYTES_MAX + 10);

/** Formats the selection as ASCII STL with numbers of at most `digits` digits, chunk by chunk. */
export function* formatAsciiStl(
  selection: SoupSelection,
  digits: number | undefined,
): Generator<OutputChunk> {
  const write = chooseNumberWriter(selection.precision, digits);
  const writeNormal = chooseNumberWriter('float32', digits);
  const buffers = new ChunkBuffers();
  let buffer = buffers.next();
  let at = 0;
  let rows = 0;
  let solid: { readonly id: number; readonly name: string } | undefined;
  const normal = new Float64Array(3);

  for (const { count, positions, part } of selection.soup({ parts: true })) {
    for (let k = 0; k < count; k++) {
      if (at > CHUNK_BYTES - FACET_BYTES - SOLID_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k };
        buffer = buffers.next();
        at = 0;
      }
      if (solid === undefined || (k === 0 && solid.id !== (part?.id ?? -1))) {
        if (solid !== undefined) at = writeLine(`endsolid ${solid.name}`, buffer, at);
        solid = part === undefined ? { id: -1, name: NAME } : { id: part.id, name: nameOf(part.name) };
        at = writeLine(`solid ${solid.name}`, buffer, at);
      }
      setNormal(positions, 9 * k, normal);
      at = writeBytes(FACET, buffer, at);
      at = writeTriple(normal, 0, writeNormal, buffer, at);
      at = writeBytes(LOOP, buffer, at);
      for (let d = 0; d < 9; d += 3) {
        at = writeBytes(VERTEX, buffer, at);
        at = writeTriple(positions, 9 * k + d, write, buffer, at);
        buffer[at++] = LF;
      }
      at = writeBytes(END, buffer, at);
    }
    rows += count;
  }
  if (solid === undefined) at = writeLine(`solid ${NAME}`, buffer, at);
  at = writeLine(`endsolid ${solid?.name ?? NAME}`, buffer, at);
  yield { bytes: buffer.subarray(0, at), rows };
}

/** A name that fits its line; a part without a name stays without one. */
function nameOf(name: string): string {
  const line = name.replace(/[\r\n]+/g, ' ');
  return Buffer.from(line)
    .subarray(0, NAME_BYTES_MAX)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}

function writeLine(text: string, target: Uint8Array, at: number): number {
  return writeBytes(Buffer.from(`${text.trimEnd()}\n`), target, at);
}

function writeBytes(bytes: Uint8Array, target: Uint8Array, at: number): number {
  target.set(bytes, at);
  return at + bytes.length;
}

/** Writes three numbers with a blank before each. */
function writeTriple(
  values: Float64Array,
  k: number,
  write: NumberWriter,
  target: Uint8Array,
  start: number,
): number {
  let at = start;
  for (let d = k; d < k + 3; d++) {
    target[at++] = BLANK;
    at = write(values[d]!, target, at);
  }
  return at;
}
