/** The result of `offload locate`: as text with the lines or bytes of the source, or as an object for scripts. */

import type { SourcePlace } from '../../pipeline/locate/source-place.js';
import type { LocatedTriangle, LocatedVertex } from '../../pipeline/locate-triangle.js';
import { countOf, escapeControls, formatCount } from '../../wording.js';
import { formatPosition } from '../terminal/terminal.js';

/** The most lines, characters of a line, bytes and values of a field in text. */
const LINES_MAX = 40;
const LINE_CHARACTERS_MAX = 160;
const FIELD_BYTES_MAX = 16;
const FIELD_VALUES_MAX = 8;

const CORNERS = ['a', 'b', 'c'] as const;

/** Gathers a triangle as `--json` prints it; the names are part of the command's interface. */
export function gatherTriangle(database: string, id: number, found: LocatedTriangle): object {
  const { vertices, positions, parts, face } = found;
  const rest = { vertices, positions, parts, face: face ?? null, ...gatherPlace(found) };
  return { database, kind: 'triangle', id, ...rest };
}

/** Gathers a vertex as `--json` prints it; the names are part of the command's interface. */
export function gatherVertex(database: string, id: number, found: LocatedVertex): object {
  const { position, corner, number } = found;
  const rest = { position, corner: corner ?? null, number: number ?? null, ...gatherPlace(found) };
  return { database, kind: 'vertex', id, ...rest };
}

function gatherPlace(place: SourcePlace): object {
  const { file, format, encoding, compression, member, offset, size, line, lines, bytes, fields, bytesRead } =
    place;
  const text = encoding === 'ascii';
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    file,
    format,
    encoding,
    compression: compression ?? null,
    member: member ?? null,
    offset,
    bytes: size,
    line: line ?? null,
    lines: lines ?? null,
    text: text ? buffer.toString('utf8') : null,
    hex: text ? null : buffer.toString('hex'),
    fields,
    isCut: bytes.length < size,
    bytesRead,
  };
}

/** Describes a triangle for people. */
export function describeTriangle(id: number, found: LocatedTriangle): string {
  const { vertices, positions, parts, face } = found;
  const rows: [string, string][] = [['triangle', `${id} in ${describeFile(found)}`], describePlaceOf(found)];
  if (face !== undefined) {
    const among = face.corners === 3 ? '' : `, triangle ${face.triangle + 1} of ${face.corners - 2}`;
    rows.push(['face', `${face.number} of the source, counted from 0${among}`]);
  }
  for (const { kind, name } of parts) rows.push(['part', `${kind} '${escapeControls(name)}'`]);
  for (const [k, corner] of CORNERS.entries()) {
    rows.push([corner, `vertex ${vertices[k]} at ${describePoint(positions[k]!, found)}`]);
  }
  return describe(rows, found);
}

/** Describes a vertex for people. */
export function describeVertex(id: number, found: LocatedVertex): string {
  const { corner, number, position } = found;
  const rows: [string, string][] = [['vertex', `${id} in ${describeFile(found)}`], describePlaceOf(found)];
  if (corner !== undefined) {
    rows.push(['first in', `triangle ${corner.triangle}, corner ${CORNERS[corner.corner]}`]);
  }
  if (number !== undefined) rows.push(['first as', `vertex ${number} of the source, counted from 0`]);
  rows.push(['position', describePoint(position, found)]);
  return describe(rows, found);
}

function describe(rows: readonly [string, string][], place: SourcePlace): string {
  const head = rows.map(([label, text]) => `${label.padEnd(10)} ${text}\n`).join('');
  return `${head}\n${place.line === undefined ? showFields(place) : showLines(place, place.line)}`;
}

function describeFile({ file, format, encoding }: SourcePlace): string {
  return `${escapeControls(file)}, ${format} (${encoding})`;
}

function describePlaceOf({ offset, size, line, lines, compression, member }: SourcePlace): [string, string] {
  const byte = `byte ${offset}, ${countOf(size, 'byte')}`;
  const unpacked = compression === undefined ? '' : ` of the decompressed ${compression} data`;
  const packed = member === undefined ? unpacked : ` of ${member} in the archive`;
  if (line === undefined || lines === undefined) return ['place', `${byte}${packed}`];
  return ['place', `line ${line}, ${countOf(lines, 'line')}; ${byte}${packed}`];
}

function describePoint(position: readonly number[], { precision }: SourcePlace): string {
  return formatPosition(position, precision);
}

/** Shows the lines with their numbers, up to the limits. */
function showLines({ bytes, size, lines = 0 }: SourcePlace, first: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const all = text.split(/\r\n|\n|\r/);
  const shown = all.slice(0, LINES_MAX).map((line, k) => {
    const safe = escapeControls(line.replaceAll('\t', ' '));
    const isLong = safe.length > LINE_CHARACTERS_MAX;
    return [`${first + k}`, isLong ? `${safe.slice(0, LINE_CHARACTERS_MAX)}…` : safe] as const;
  });
  const width = shown.at(-1)![0].length;
  const body = shown.map(([number, line]) => `${number.padStart(width)}  ${line}`.trimEnd());
  const left = lines - shown.length;
  if (left > 0) body.push(`and ${countOf(left, 'more line')}`);
  else if (bytes.length < size) body.push(`and ${countOf(size - bytes.length, 'more byte')}`);
  return `${body.join('\n')}\n`;
}

/** Shows the fields with their offsets, bytes and values, up to the limits. */
function showFields({ bytes, fields, offset }: SourcePlace): string {
  const rows = fields.map(({ name, from, to, values }) => {
    const hex = [...bytes.subarray(from, Math.min(to, from + FIELD_BYTES_MAX))].map(formatByte).join(' ');
    const numbers = values.slice(0, FIELD_VALUES_MAX).map((value) => formatValue(value));
    const more = values.length > FIELD_VALUES_MAX ? ` … ${formatCount(values.length)} in total` : '';
    return {
      at: `${offset + from}`,
      hex: to - from > FIELD_BYTES_MAX ? `${hex} …` : hex,
      text: `${escapeControls(name)} ${numbers.join(' ')}${more}`,
    };
  });
  const width = (key: 'at' | 'hex') => Math.max(0, ...rows.map((row) => row[key].length));
  const [at, hex] = [width('at'), width('hex')];
  return rows.map((row) => `${row.at.padStart(at)}  ${row.hex.padEnd(hex)}  ${row.text}\n`).join('');
}

/** Formats integers in plain digits, other numbers as coordinates, and NaN and infinities by name. */
function formatValue(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  return formatPosition([value], Math.fround(value) === value ? 'float32' : 'float64');
}

function formatByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
