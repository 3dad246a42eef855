/** The properties of an OFF file, in one line for people. */

import type { ColorFacts, LineFacts, OffFacts } from '../../lint/facts.js';
import { countOf, escapeControls, formatBytes, formatCount } from '../../wording.js';

/** Describes an OFF: `text OFF of 1.2 kB, COFF, 8 vertices with 4 color numbers up to 255, 12 triangles; comments`. */
export function describeOff(facts: OffFacts): string {
  const { compression, encoding, bytes, header } = facts;
  const packed = compression === null ? '' : ` (${compression})`;
  const parts = [
    `${encoding} OFF of ${formatBytes(bytes)}${packed}`,
    header.keyword === '' ? 'no keyword' : escapeControls(header.keyword),
    describeVertices(facts),
    describeFaces(facts),
  ];
  const notes = describeNotes(facts);
  return `${parts.join(', ')}${notes.length === 0 ? '' : `; ${notes.join(', ')}`}`;
}

function describeVertices({ vertexCount, vertices }: OffFacts): string {
  return `${countOf(vertexCount, 'vertex', 'vertices')}${describeColors(vertices.colors, vertexCount)}`;
}

function describeFaces({ faceCount, faces }: OffFacts): string {
  const { cornersMin, cornersMax } = faces;
  const isTriangles = faceCount > 0 && cornersMin === 3 && cornersMax === 3;
  const sizes = cornersMin === cornersMax ? `${cornersMax}` : `${cornersMin} to ${formatCount(cornersMax)}`;
  const counted = countOf(faceCount, isTriangles ? 'triangle' : 'face');
  const corners =
    isTriangles || faceCount === 0 ? '' : ` of ${sizes} ${cornersMax === 1 ? 'corner' : 'corners'}`;
  return `${counted}${corners}${describeColors(faces.colors, faceCount)}`;
}

function describeColors({ count, one, three, four, other, scale }: ColorFacts, all: number): string {
  if (count === 0) return '';
  const widths = [
    [one, '1'],
    [three, '3'],
    [four, '4'],
    [other, 'other counts of'],
  ] as const;
  const met = widths.filter(([sighting]) => sighting.count > 0).map(([, width]) => width);
  const some = count < all ? `, ${formatCount(count)} of them` : '';
  if (met.join() === '1') return `${some} with numbers of colors`;
  const numbers = met.length === 0 ? 'colors' : `${met.join(' or ')} color numbers`;
  return `${some} with ${numbers} up to ${scale}`;
}

/** Lists the unusual properties of the file. */
function describeNotes({ header, binary, text, top, vertices, faces, end }: OffFacts): string[] {
  const parts = [top, vertices, faces, end];
  const has = (...kinds: readonly (keyof LineFacts)[]) =>
    parts.some((part) => kinds.some((kind) => countIn(part, kind) > 0));
  const { lf, crlf, cr } = text.lineEnds;
  const notes: [boolean, string][] = [
    [binary?.byteOrder === 'little', 'little-endian'],
    [binary?.hasColorCounts === false, 'faces without color counts'],
    [header.hasByteOrderMark, 'a byte order mark'],
    [header.isMeshlabOrder, "letters in MeshLab's order"],
    [['counts', 'glued'].includes(header.behindKeyword), 'counts on the keyword line'],
    [!header.hasEdgeCount, 'no edge count'],
    [crlf > 0 && lf + cr === 0, 'CRLF line endings'],
    [cr > 0 && lf + crlf === 0, 'CR line endings'],
    [[lf, crlf, cr].filter((count) => count > 0).length > 1, 'mixed line endings'],
    [binary === null && !text.endsWithLineEnd, 'no final line ending'],
    [has('comments', 'indentedComments', 'trailingComments'), 'comments'],
    [has('emptyLines', 'blankLines'), 'empty lines'],
    [vertices.sharing.count + vertices.spread.count > 0, 'vertices not one per line'],
    [faces.spread.count > 0, 'faces on several lines'],
    [faces.degenerate.count > 0, `${formatCount(faces.degenerate.count)} degenerate`],
    [vertices.rounded.count > 0, 'positions with more digits than a float32 holds'],
    [text.behindFaces.count > 0, 'text after the last face'],
  ];
  return notes.filter(([isSo]) => isSo).map(([, note]) => note);
}

function countIn(part: LineFacts, kind: keyof LineFacts): number {
  const value = part[kind];
  return typeof value === 'number' ? 0 : value.count;
}
