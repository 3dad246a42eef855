/** Writes ASCII STL: a solid for each part, or one solid. */
import { NUMBER_TEXT_MAX } from '../../../io/number-text.js';
import type { PartChange, SoupSelection, Warning } from '../../../mesh.js';
import { chooseNumberWriter, writeTriple } from '../../shared/digits.js';
import { viewOf } from '../../shared/output.js';
import { writeRows } from '../../shared/rows.js';
import { LF } from '../../shared/text.js';
import type { OutputChunk, PlacedText, SelectionFacts, SoupRowWriter } from '../../writer.js';
import { setNormal } from './normal.js';

/** The name of a solid outside of all parts. */
const NAME = 'offload';

const FACET = Buffer.from('facet normal ');
const LOOP = Buffer.from('\nouter loop\n');
const VERTEX = Buffer.from('vertex ');
const END = Buffer.from('endloop\nendfacet\n');

/** Room for the longest facet: twelve numbers with a blank each, the keywords and line ends. */
const FACET_BYTES = 12 * (NUMBER_TEXT_MAX + 1) + 80;

/** Formats the selection as ASCII STL with numbers of at most `digits` digits, chunk by chunk. */
export function* formatAsciiStl(
  selection: SoupSelection,
  digits: number | undefined,
  warn: (warning: Warning) => void,
): Generator<OutputChunk> {
  yield* writeRows(selection, asciiStlRows(selection, digits, warn));
}

/** ASCII STL facet by facet. Warns as {@link formatAsciiStl} does. */
export function asciiStlRows(
  facts: SelectionFacts,
  digits: number | undefined,
  warn: (warning: Warning) => void,
): SoupRowWriter {
  if (facts.attributeHeaders !== undefined) {
    const message = 'the mesh has attribute words, which ASCII STL cannot hold; they are left out';
    warn({ kind: 'stl-no-attributes', message });
  }
  const write = chooseNumberWriter(facts.precision, digits);
  const writeNormal = chooseNumberWriter('float32', digits);
  const normal = new Float64Array(3);
  return {
    header: new Uint8Array(0),
    rowBytes: FACET_BYTES,
    hasWords: false,
    texts: solidTexts,
    soup({ positions }, from, to, target, start) {
      const view = viewOf(target);
      let at = start;
      for (let k = 9 * from; k < 9 * to; k += 9) {
        setNormal(positions, k, normal);
        at = writeBytes(FACET, target, at);
        at = writeTriple(normal, 0, writeNormal, view, at);
        at = writeBytes(LOOP, target, at);
        for (let d = k; d < k + 9; d += 3) {
          at = writeBytes(VERTEX, target, at);
          at = writeTriple(positions, d, write, view, at);
          view.setUint8(at++, LF);
        }
        at = writeBytes(END, target, at);
      }
      return at;
    },
  };
}

/** Yields the lines that begin and end solids. */
function* solidTexts(changes: Iterable<PartChange>): Generator<PlacedText> {
  const solids = new Solids();
  let at = 0;
  let id: number | undefined = 0;
  let some: PartChange[] = [];
  let isFirst = true;
  const change = () => {
    const text = solids.change(some, isFirst);
    some = [];
    isFirst = false;
    return { at, id, text };
  };
  for (const next of changes) {
    if (next.at > at) yield change();
    at = next.at;
    id = next.id;
    some.push(next);
  }
  yield change();
  yield { at: Number.POSITIVE_INFINITY, id: Number.POSITIVE_INFINITY, text: solids.end() };
}

/** The solids of the output: those of the mesh, and its objects where there is no solid. */
class Solids {
  private readonly names: { solid?: string | undefined; object?: string | undefined } = {};
  private name = '';

  /** Returns the lines that end a solid and begin the next one; nothing if neither solid nor object changes. */
  change(changes: readonly PartChange[], isFirst: boolean): string {
    const { names } = this;
    const before = names.solid;
    let hasChanged = isFirst;
    for (const { partKind, name } of changes) {
      if (partKind !== 'solid' && partKind !== 'object') continue;
      names[partKind] = name;
      hasChanged ||= partKind === 'solid' || before === undefined;
    }
    if (!hasChanged) return '';
    const lines = isFirst ? '' : this.end();
    this.name = nameOf(names.solid ?? names.object ?? NAME);
    return lines + lineOf(`solid ${this.name}`);
  }

  /** Returns the line that ends the last solid. */
  end(): string {
    return lineOf(`endsolid ${this.name}`);
  }
}

/** A name that fits its line; a part without a name stays without one. */
function nameOf(name: string): string {
  return name.replace(/[\r\n]+/g, ' ');
}

function lineOf(text: string): string {
  return `${text.trimEnd()}\n`;
}

function writeBytes(bytes: Uint8Array, target: Uint8Array, at: number): number {
  target.set(bytes, at);
  return at + bytes.length;
}
