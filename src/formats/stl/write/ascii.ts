/** Writes ASCII STL: a solid for each part, or one solid. */
import { NUMBER_TEXT_MAX, type NumberWriter } from '../../../io/number-text.js';
import { CHUNK_BYTES, NAME_BYTES_MAX } from '../../../memory.js';
import type { PartChange, SoupSelection } from '../../../mesh.js';
import { chooseNumberWriter } from '../../shared/digits.js';
import { ChunkBuffers } from '../../shared/output.js';
import { cutAtParts } from '../../shared/part-pieces.js';
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
  const solids = new Solids();
  const normal = new Float64Array(3);

  for (const { changes, batch, from, to } of cutAtParts(selection.soup(), selection)) {
    const { positions } = batch;
    let lines = solids.change(changes, rows === 0);
    for (let k = from; k < to; k++) {
      if (at > CHUNK_BYTES - FACET_BYTES - SOLID_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k - from };
        buffer = buffers.next();
        at = 0;
      }
      at = writeBytes(lines, buffer, at);
      lines = NOTHING;
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
    rows += to - from;
  }
  if (rows === 0) at = writeBytes(solids.change([], true), buffer, at);
  at = writeBytes(solids.end(), buffer, at);
  yield { bytes: buffer.subarray(0, at), rows };
}

const NOTHING = new Uint8Array(0);

/** The solids of the output: those of the mesh, and its objects where there is no solid. */
class Solids {
  private readonly names: { solid?: string | undefined; object?: string | undefined } = {};
  private name = '';

  /** Returns the lines that end a solid and begin the next one; nothing if neither solid nor object changes. */
  change(changes: readonly PartChange[], isFirst: boolean): Uint8Array {
    const { names } = this;
    const before = names.solid;
    let hasChanged = isFirst;
    for (const { partKind, name } of changes) {
      if (partKind !== 'solid' && partKind !== 'object') continue;
      names[partKind] = name;
      hasChanged ||= partKind === 'solid' || before === undefined;
    }
    if (!hasChanged) return NOTHING;
    const lines = isFirst ? NOTHING : this.end();
    this.name = nameOf(names.solid ?? names.object ?? NAME);
    return Buffer.concat([lines, lineOf(`solid ${this.name}`)]);
  }

  /** Returns the line that ends the last solid. */
  end(): Uint8Array {
    return lineOf(`endsolid ${this.name}`);
  }
}

/** A name that fits its line; a part without a name stays without one. */
function nameOf(name: string): string {
  const line = name.replace(/[\r\n]+/g, ' ');
  return Buffer.from(line)
    .subarray(0, NAME_BYTES_MAX)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}

function lineOf(text: string): Uint8Array {
  return Buffer.from(`${text.trimEnd()}\n`);
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
