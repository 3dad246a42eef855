/**
 * Writes OFF: checks the options, compares them with the mesh, and chooses a writer.
 *
 * By default it writes plain OFF with the shortest text that reads back to the same numbers. The letters of the keyword are
 * in the order of Geomview's manual, color before normal; the data is in the reverse order.
 */

import { UsageError } from '../../../errors.js';
import {
  DIGITS_MAX,
  FLOAT32_LARGEST,
  makeRoundedWriter,
  type NumberWriter,
  writeFloat32,
  writeFloat64,
} from '../../../io/number-text.js';
import type { MeshSelection, Precision, Warning } from '../../../mesh.js';
import { finite, flag, type OptionRule, type Rules, text } from '../../../options.js';
import { countOf, formatCount } from '../../../wording.js';
import { GapFiller } from '../../shared/output.js';
import { writeRows } from '../../shared/rows.js';
import type { OutputChunk, SelectionFacts } from '../../writer.js';
import { formatBinary } from './binary.js';
import { chooseColorWriters, type OffDialect } from './color.js';
import { plainRows } from './plain.js';
import { formatText } from './text.js';

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
}

/** The rules for {@link OffOptions}. */
export const OFF_OPTIONS: Rules<OffOptions> = {
  colors: flag,
  normals: flag,
  dialect: text as OptionRule<OffDialect>,
  binary: flag,
  precision: finite,
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

const OPAQUE_WHITE = [1, 1, 1, 1];
const NO_NORMAL = [0, 0, 0];

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
  if (
    precision !== undefined &&
    !(Number.isInteger(precision) && precision >= 1 && precision <= DIGITS_MAX)
  ) {
    throw new UsageError(`expected 1 to ${DIGITS_MAX} digits, got ${precision}`, { option: 'off.precision' });
  }
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
  selection: MeshSelection,
  options: OffOptions = {},
  warn: (warning: Warning) => void = () => undefined,
): Generator<OutputChunk> {
  checkOffOptions(options);
  warnOfAbsent(selection, options, warn);
  const { binary, dialect } = withDefaults(options);
  const { hasColors, hasFaceColors, hasNormals } = contentOf(selection, options);
  const limit = binary || selection.precision === 'float32' ? FLOAT32_LARGEST : Number.MAX_VALUE;
  const layout = {
    keyword: `${hasColors ? 'C' : ''}${hasNormals ? 'N' : ''}OFF`,
    normals: hasNormals ? new GapFiller(NO_NORMAL, limit) : undefined,
    colors: hasColors ? new GapFiller(OPAQUE_WHITE, limit) : undefined,
  };
  if (binary) {
    yield* formatBinary(selection, { ...layout, hasFaceColors }, warn);
  } else if (hasColors || hasFaceColors || hasNormals) {
    const writeCoordinate = chooseWriter(selection.precision, options.precision);
    const { vertex, face } = chooseColorWriters(dialect, selection.precision);
    yield* formatText(selection, {
      ...layout,
      writeCoordinate,
      writeNormal: selection.precision === 'float32' ? narrow(writeCoordinate) : writeCoordinate,
      writeVertexColor: vertex,
      writeFaceColor: hasFaceColors ? face : undefined,
    });
  } else {
    yield* writeRows(selection, plainRows(selection, chooseWriter(selection.precision, options.precision)));
  }
  warnOfGaps(layout.colors, 'off-vertex-colors', 'color and are written opaque white', selection, warn);
  warnOfGaps(layout.normals, 'off-vertex-normals', 'normal and are written with 0 0 0', selection, warn);
}

/** Whether the OFF is plain text of positions and corners, so that each line depends only on one row. */
export function isPlainOff(selection: SelectionFacts, options: OffOptions): boolean {
  const { hasColors, hasFaceColors, hasNormals } = contentOf(selection, options);
  return !withDefaults(options).binary && !hasColors && !hasFaceColors && !hasNormals;
}

/** Warns of requested content that the mesh lacks. */
export function warnOfAbsent(
  selection: SelectionFacts,
  options: OffOptions,
  warn: (warning: Warning) => void,
): void {
  const { colors, normals } = withDefaults(options);
  const { hasColors, hasFaceColors, hasNormals } = contentOf(selection, options);
  if (colors && !hasColors && !hasFaceColors) {
    warn({ kind: 'off-no-colors', message: 'the mesh has no colors' });
  }
  if (normals && !hasNormals) warn({ kind: 'off-no-normals', message: 'the mesh has no normals' });
}

/** Determines the content besides positions and corners: everything that is both requested and present. */
function contentOf(selection: SelectionFacts, options: OffOptions) {
  const { colors, normals } = withDefaults(options);
  return {
    hasColors: colors && selection.hasVertexColors,
    hasFaceColors: colors && selection.hasTriangleColors,
    hasNormals: normals && selection.hasVertexNormals,
  };
}

function withDefaults(options: OffOptions) {
  const { colors, normals, dialect, binary } = options;
  return {
    colors: colors ?? OFF_DEFAULTS.colors,
    normals: normals ?? OFF_DEFAULTS.normals,
    dialect: dialect ?? OFF_DEFAULTS.dialect,
    binary: binary ?? OFF_DEFAULTS.binary,
  };
}

/** Chooses the writer of a coordinate: exact, or rounded to this many digits. */
export function chooseWriter(precision: Precision, digits: number | undefined): NumberWriter {
  if (digits !== undefined) return makeRoundedWriter(precision, digits);
  return precision === 'float32' ? writeFloat32 : writeFloat64;
}

/** Adapts a writer to numbers that, unlike positions, are not float32 values. */
function narrow(write: NumberWriter): NumberWriter {
  return (value, target, at) => write(Math.fround(value), target, at);
}

function warnOfGaps(
  filler: GapFiller | undefined,
  kind: string,
  what: string,
  { vertexCount }: MeshSelection,
  warn: (warning: Warning) => void,
): void {
  if (filler === undefined || filler.gaps === 0) return;
  const share = `${formatCount(filler.gaps)} of ${countOf(vertexCount, 'vertex', 'vertices')}`;
  warn({ kind, message: `${share} have no ${what}` });
}
