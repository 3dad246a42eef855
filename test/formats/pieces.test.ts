import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/errors.js';
import type { Format } from '../../src/formats/format.js';
import { PIECE_FORMATS } from '../../src/formats/index.js';
import type { PieceParsers } from '../../src/formats/pieces.js';
import { raw } from '../../src/formats/raw.js';
import { stl } from '../../src/formats/stl/stl.js';
import { ByteSource } from '../../src/io/input/byte-source.js';
import { makeTube, toAsciiStl, toRaw } from '../support/meshes.js';

/** Parses pieces here, and counts those that were plain. */
class Parsers implements PieceParsers {
  plain = 0;

  constructor(
    readonly capacity: number,
    readonly pieceBytes: number,
  ) {}

  async parse(format: string, bytes: Uint8Array, target: Float64Array, base: number) {
    const parsed = PIECE_FORMATS.find(({ id }) => id === format)!.parse(bytes, target, base);
    if (parsed !== undefined) this.plain++;
    return parsed;
  }
}

interface Reading {
  positions: number[];
  /** Parts with the number of triangles before them. */
  parts: unknown[];
  warnings: string[];
  error: string | undefined;
  /** Places of triangles. */
  places: Map<number, unknown>;
}

async function read(
  format: Format,
  text: string,
  {
    parsers,
    batchTriangles = 16_384,
    salvage = false,
  }: { parsers?: Parsers; batchTriangles?: number; salvage?: boolean },
): Promise<Reading> {
  const bytes = Buffer.from(text, 'latin1');
  const source = await ByteSource.of('text', [bytes], bytes.length);
  const reading: Reading = { positions: [], parts: [], warnings: [], error: undefined, places: new Map() };
  const warn = ({ kind, message }: { kind: string; message: string }) =>
    reading.warnings.push(`${kind}: ${message}`);
  try {
    for await (const item of (await format.open(source, { batchTriangles, salvage, warn })).items(parsers)) {
      if (item.kind === 'part') reading.parts.push([item.name, reading.positions.length / 9]);
      if (item.kind !== 'soup') continue;
      for (const { item: triangle, ...place } of item.places) {
        reading.places.set(reading.positions.length / 9 + triangle, place);
      }
      for (let k = 0; k < 9 * item.count; k++) reading.positions.push(item.positions[k]!);
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    reading.error = error.message;
  }
  return reading;
}

/** Reads in pieces and without, and returns how many pieces were plain. */
async function compare(format: Format, text: string, pieceBytes: number, salvage = false): Promise<number> {
  const { places, ...expected } = await read(format, text, { batchTriangles: 1, salvage });
  const parsers = new Parsers(3, pieceBytes);
  const { places: found, ...reading } = await read(format, text, { parsers, salvage });
  // What comes before an error may wait in a batch that is never handed over.
  if (expected.error !== undefined) {
    const shown = Math.min(reading.positions.length, expected.positions.length);
    for (const { positions } of [reading, expected]) positions.splice(shown);
  }
  expect(reading).toEqual(expected);
  for (const [triangle, place] of found) expect(place).toEqual(places.get(triangle));
  return parsers.plain;
}

const tube = [...makeTube(30, 10)];

describe('text in pieces', () => {
  it.each([
    ['ASCII STL', stl, toAsciiStl(tube)],
    ['ASCII STL with CR LF', stl, toAsciiStl(tube).replaceAll('\n', '\r\n')],
    ['ASCII STL without line ends at the end', stl, toAsciiStl(tube).trimEnd()],
    ['ASCII STL of many blanks', stl, toAsciiStl(tube).replaceAll(/^ *facet/gm, '\n \t facet \n\n')],
    ['ASCII STL, a facet a line', stl, toAsciiStl(tube).replaceAll(/\s+(?!facet|endsolid)/g, ' ')],
    ['raw', raw, toRaw(tube)],
    ['raw with comments', raw, toRaw(tube).replaceAll('\n', ' # a comment\n\n# another\n')],
  ] as const)('reads the same as in one piece: %s', async (_, format, text) => {
    for (const pieceBytes of [600, 1000, 5000]) {
      const plain = await compare(format, text, pieceBytes);
      expect(plain).toBeGreaterThan(text.length / pieceBytes / 4);
      expect(plain).toBeLessThan((3 * text.length) / pieceBytes);
    }
    expect(await compare(format, text, 2 ** 20)).toBeGreaterThanOrEqual(0);
  });

  it('reads the same on one line, or with line ends that cannot separate pieces', async () => {
    expect(await compare(stl, toAsciiStl(tube).replaceAll(/\s+/g, ' '), 1000)).toBe(0);
    expect(await compare(stl, toAsciiStl(tube).replaceAll('\n', '\r'), 1000)).toBe(0);
    expect(await compare(raw, toRaw(tube).replaceAll('\n', '\r'), 1000)).toBe(0);
  });

  it('reads the same with any part, damage or end', async () => {
    const facet = (values: string) =>
      `facet normal 0 0 1\n outer loop\n vertex ${values}\n vertex 1 0 0\n vertex 0 1 0\n endloop\nendfacet\n`;
    const line = fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 99 }).map((x) => facet(`${x} 0.5 0`)) },
      fc.constantFrom(
        'solid a part\n',
        'endsolid\n',
        'endsolid a part\nsolid another\n',
        '\n\n',
        '# a comment\n',
        'strange words\n',
        'endfacet\n',
        facet('1 2 nan'),
        facet('1 2'),
        facet('0 0 0').replace('endfacet', 'endfacet extra'),
        facet('0 0 0').replace('normal 0 0 1', 'normal'),
        facet('0 0 0').replace('\nendfacet', '\n'),
        facet('0 0 0').replace('facet', 'FACET').replace('endfacet', 'EndFacet'),
        facet('0 0 0').replaceAll('\n', ' '),
      ),
    );
    const text = fc.array(line, { minLength: 20, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.nat(3000),
        fc.boolean(),
        fc.integer({ min: 150, max: 2000 }),
        async (lines, cut, salvage, pieceBytes) => {
          const whole = `solid first\n${lines.join('')}`;
          await compare(stl, whole, pieceBytes, salvage);
          await compare(stl, whole.slice(0, Math.max(20, whole.length - cut)), pieceBytes, salvage);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('reads the same with any raw line', async () => {
    const line = fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 99 }).map((x) => `${x} 0 0 1 0 0 0 1 0.25\n`) },
      fc.constantFrom('\n', '# nothing\n', '1,2,3,4,5,6,7,8,9\r\n', '1 2 3\n', '1 2 3 4 5 6 7 8 x\n', '\r'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 20, maxLength: 80 }),
        fc.boolean(),
        fc.integer({ min: 60, max: 600 }),
        async (lines, salvage, pieceBytes) => {
          await compare(raw, lines.join(''), pieceBytes, salvage);
          await compare(raw, lines.join('').slice(0, -7), pieceBytes, salvage);
        },
      ),
      { numRuns: 150 },
    );
  });
});
