/**
 * Writes OFF: checks the options, compares them with the mesh, and chooses a writer.
 *
 * By default it writes plain OFF with the shortest text that reads back to the same numbers. The letters of the keyword are
 * in the order of Geomview's manual, color before normal; the data is in the reverse order.
 */

import { UsageError } from '../../../errors.js';
import type { SoupSelection, Warning } from '../../../mesh.js';
import { finite, flag, type OptionRule, type Rules, text } from '../../../options.js';
import { countOf, formatCount } from '../../../wording.js';
import { ContentFillers, contentOf, isBare, warnOfAbsent } from '../../shared/content.js';
import { checkDigits, chooseNarrowingWriter, chooseNumberWriter } from '../../shared/digits.js';
import { writeRows } from '../../shared/rows.js';
import type { OutputChunk, RowWriter, SelectionFacts } from '../../writer.js';
import { binaryRows } from './binary.js';
import { chooseColorWriters, type OffDialect } from './color.js';
import { plainRows } from './plain.js';
import { textRows } from './text.js';

export type { OffDialect } from './color.js';

/** Selects what an OFF has besides positions and corners, and how its numbers are written. */
export interface OffOptions {
  /** Write colors of vertices and triangles, if the mesh has any. */
  readonly colors?: boolean | undefined;
  /** Write normals of vertices, if the mesh has any. */
  readonly normals?: boolean | undefined;
  /** How colors are written; only with `colors`. */
  readonly dialect?: OffDialect | undefined;
  /** Write binary OFF, with 32-bit numbers. */
  readonly binary?: boolean | undefined;
  /** The maximum number of significant digits of positions and normals, 1 to 17 (default: exact). */
  readonly precision?: number | undefined;
  /** Give each triangle three vertices of its own. */
  readonly soup?: boolean | undefined;
}

/** The rules for {@link OffOptions}. */
export const OFF_OPTIONS: Rules<OffOptions> = {
  colors: flag,
  normals: flag,
  dialect: text as OptionRule<OffDialect>,
  binary: flag,
  precision: finite,
  soup: flag,
};

/** The default options: plain OFF. */
export const OFF_DEFAULTS = {
  colors: false,
  normals: false,
  dialect: 'geomview',
  binary: false,
} as const satisfies OffOptions;

/** The dialects of colors. */
export const OFF_DIALECTS: readonly OffDialect[] = ['geomview', 'int255'];

/** Throws UsageError if options are invalid or contradict each other. */
export function checkOffOptions(options: OffOptions): void {
  const { colors = OFF_DEFAULTS.colors, binary = OFF_DEFAULTS.binary, dialect, precision } = options;
  if (dialect !== undefined && !OFF_DIALECTS.includes(dialect)) {
    throw new UsageError(`expected one of ${OFF_DIALECTS.join(', ')}, got '${dialect}'`, {
      option: 'off.dialect',
    });
  }
  if (dialect !== undefined && !colors) {
    throw new UsageError(`${dialect} has no effect without colors`, {
      option: 'off.dialect',
      hint: 'add `off.colors`, or omit `off.dialect`',
    });
  }
  checkDigits(precision, 'off');
  if (!binary) return;
  if (dialect === 'int255') {
    throw new UsageError('int255 cannot be used in binary OFF, whose colors are floats', {
      option: 'off.dialect',
      hint: 'omit `off.dialect` or `off.binary`',
    });
  }
  if (precision !== undefined) {
    throw new UsageError('binary OFF has 32-bit numbers, which cannot be rounded to digits', {
      option: 'off.precision',
      hint: 'omit `off.precision` or `off.binary`',
    });
  }
}

/**
 * Formats the selection as OFF, chunk by chunk. Content that the mesh lacks is left out, or written as opaque white and
 * 0 0 0 for single vertices, with a warning. Throws UsageError as {@link checkOffOptions} does, and if the mesh does not
 * fit binary OFF.
 */
export function* formatOff(
  selection: SoupSelection,
  options: OffOptions = {},
  warn: (warning: Warning) => void = () => undefined,
): Generator<OutputChunk> {
  checkOffOptions(options);
  yield* writeRows(selection, offRows(selection, options, warn));
}

/** OFF row by row. Warns and throws UsageError as {@link formatOff} does. */
export function offRows(
  facts: SelectionFacts,
  options: OffOptions,
  warn: (warning: Warning) => void,
): RowWriter {
  warnOfAbsent(facts, options, 'off', warn);
  const { binary = OFF_DEFAULTS.binary, dialect = OFF_DEFAULTS.dialect, precision: digits } = options;
  const content = contentOf(facts, options);
  const { hasColors, hasFaceColors, hasNormals } = content;
  const precision = binary ? 'float32' : facts.precision;
  if (isBare(content) && !binary) return plainRows(facts, chooseNumberWriter(precision, digits));
  // A face without a color has no number for it in OFF.
  const fillers = new ContentFillers({ ...content, hasFaceColors: false }, precision);
  const keyword = `${hasColors ? 'C' : ''}${hasNormals ? 'N' : ''}OFF`;
  const { tally } = fillers;
  const conclude = () => {
    warnOfRounding(tally.rounded ?? 0, facts.vertexCount, warn);
    fillers.warn(facts, 'off', warn);
  };
  if (binary) return { ...binaryRows(facts, keyword, fillers, hasFaceColors), tally, conclude };
  const { vertex, face } = chooseColorWriters(dialect, precision);
  const rows = textRows(facts, fillers, {
    keyword,
    writeCoordinate: chooseNumberWriter(precision, digits),
    writeNormal: chooseNarrowingWriter(precision, digits),
    writeVertexColor: vertex,
    writeFaceColor: hasFaceColors ? face : undefined,
  });
  return { ...rows, tally, conclude };
}

function warnOfRounding(rounded: number, vertexCount: number, warn: (warning: Warning) => void): void {
  if (rounded === 0) return;
  const share = `${formatCount(rounded)} of ${countOf(vertexCount, 'vertex', 'vertices')}`;
  warn({ kind: 'off-rounded', message: `${share} are rounded to the 32 bits of binary OFF` });
}
