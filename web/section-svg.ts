/** A contour as a drawing, in the units of the mesh. */

import type { SectionAnswer } from '../src/view/wire/section-bytes.js';
import { basisOf, type SectionPlane } from './section-plane.js';

/** Digits of coordinates: more than any machine or measure has. */
const DIGITS = 12;
/** Free space around the drawing, and the width of lines, as shares of its longer side. */
const MARGIN = 0.02;
const LINE = 0.002;

/**
 * Returns the contour as SVG, seen from what is cut away. A unit is one of the mesh. All loops are one path, so that holes
 * stay empty if it is filled; open lines are another.
 */
export function toSvg(section: SectionAnswer, plane: SectionPlane, upAxis: 'y' | 'z', name: string): string {
  const { points, counts, closed } = section;
  const { right, up } = basisOf(plane.normal, upAxis);
  const drawn = { loops: '', lines: '' };
  let [left, top, rightmost, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  let at = 0;
  for (const [line, count] of counts.entries()) {
    let path = '';
    for (let k = 0; k < count; k++, at += 3) {
      const [x, y, z] = [points[at]!, points[at + 1]!, points[at + 2]!];
      const u = x * right[0] + y * right[1] + z * right[2];
      // Down is positive in SVG.
      const v = -(x * up[0] + y * up[1] + z * up[2]);
      [left, rightmost] = [Math.min(left, u), Math.max(rightmost, u)];
      [top, bottom] = [Math.min(top, v), Math.max(bottom, v)];
      path += `${k === 0 ? 'M' : 'L'}${shorten(u)} ${shorten(v)}`;
    }
    if (closed[line] === 1) drawn.loops += `${path}Z`;
    else drawn.lines += path;
  }
  if (at === 0) [left, top, rightmost, bottom] = [0, 0, 1, 1];
  const size = Math.max(rightmost - left, bottom - top) || 1;
  const box = [left - MARGIN * size, top - MARGIN * size, rightmost - left, bottom - top].map((value, k) =>
    shorten(k < 2 ? value : value + 2 * MARGIN * size),
  );
  const paths = [
    drawn.loops && `  <path d="${drawn.loops}" fill="#8ea6bf" fill-opacity="0.3" fill-rule="evenodd"/>\n`,
    drawn.lines && `  <path d="${drawn.lines}" fill="none"/>\n`,
  ];
  const { normal, offset } = plane;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${box[2]}" height="${box[3]}" viewBox="${box.join(' ')}">\n`,
    `  <title>${escapeXml(name)}</title>\n`,
    `  <desc>plane with normal ${normal.join(' ')} and offset ${offset}</desc>\n`,
    `  <g stroke="#0a5fa8" stroke-width="${shorten(LINE * size)}" stroke-linejoin="round">\n`,
    ...paths.map((path) => path && `  ${path}`),
    '  </g>\n</svg>\n',
  ].join('');
}

function shorten(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}

function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to write them
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '').replace(/[&<>]/g, (sign) => names[sign]!);
}
