/** The result of `offload verify`, for people. */

import { describePlace } from '../../errors.js';
import type { Precision } from '../../mesh.js';
import { describeSource } from '../../pipeline/run/source-errors.js';
import type { Parting, PartingKind, PartingTriangle } from '../../pipeline/verify/parting.js';
import type { VerifiedMesh, VerifyResult } from '../../pipeline/verify-mesh.js';
import { countOf, escapeControls, formatCount } from '../../wording.js';
import { formatPosition } from '../terminal/terminal.js';

/** Describes a comparison: one line if the meshes are equal, else the differences with examples. */
export function describeVerification({ isEqual, comparedAs, mesh, source, parting }: VerifyResult): string {
  const names = { mesh: nameOf(mesh), source: nameOf(source) };
  const narrow = mesh.precision === comparedAs ? names.mesh : names.source;
  const isRounded = mesh.precision !== source.precision;
  const as = isRounded ? `, compared as ${comparedAs}, the precision of ${narrow}` : '';
  if (isEqual) return `equal: ${countOf(mesh.triangles, 'triangle')}, checksum ${mesh.checksum}${as}\n`;

  const width = Math.max(names.mesh.length, names.source.length);
  const side = (name: string, { triangles, checksum }: VerifiedMesh) =>
    `  ${name.padEnd(width)}  ${countOf(triangles, 'triangle')}, checksum ${checksum}`;
  const lines = [
    `different: ${names.mesh} does not hold exactly the triangles of ${names.source}${as}`,
    side(names.mesh, mesh),
    side(names.source, source),
    ...(parting === undefined
      ? ['the differences are not listed: that needs files, as a pipe cannot be read twice']
      : describeParting(parting, mesh, source, names)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The name of the only file, or the number of several. */
function nameOf({ name, files }: VerifiedMesh): string {
  return name === null ? countOf(files, 'source') : escapeControls(describeSource(name));
}

function describeParting(
  { turned, missing, extra, rounded }: Parting,
  mesh: VerifiedMesh,
  source: VerifiedMesh,
  names: { readonly mesh: string; readonly source: string },
): string[] {
  const lines: string[] = [];
  if (rounded !== undefined) {
    const { which, digits, kind } = rounded;
    const other = which === 'mesh' ? 'source' : 'mesh';
    const count = countOf(digits, kind === 'significant' ? 'significant digit' : 'decimal');
    lines.push(`${names[which]} has the numbers of ${names[other]} rounded to ${count}`);
  }
  const list = (kind: PartingKind, what: string, precision: Precision) => {
    if (kind.count === 0) return;
    const about = kind.isEstimated ? 'about ' : '';
    const verb = kind.count === 1 ? 'triangle is' : 'triangles are';
    lines.push(`${about}${formatCount(kind.count)} ${verb} ${what}`);
    for (const example of kind.examples) lines.push(`  ${describeTriangle(example, precision)}`);
    const more = kind.count - kind.examples.length;
    if (more > 0) lines.push(`  and ${about}${formatCount(more)} more`);
  };
  list(turned, `flipped in ${names.mesh}`, source.precision);
  list(missing, `missing from ${names.mesh}`, source.precision);
  list(extra, `not in ${names.source}`, mesh.precision);
  if (extra.count + turned.count === 0 && missing.count > 0) {
    lines.push(`all triangles of ${names.mesh} are in ${names.source}, as after a filter`);
  }
  return lines;
}

/** Describes a triangle: `triangle 17, line 120: 0 0 0, 1 0 0, 0 1 0; closest triangle 17, line 40, off by 1e-7`. */
function describeTriangle({ triangle, place, corners, isCopy, near }: PartingTriangle, precision: Precision) {
  const points = [0, 3, 6].map((at) => formatPosition(corners.slice(at, at + 3), precision));
  const facts = [`triangle ${formatCount(triangle)}${showPlace(place)}: ${points.join(', ')}`];
  if (isCopy) facts.push('repeated fewer times in the other mesh');
  else if (near !== undefined) {
    const how = [`closest triangle ${formatCount(near.triangle)}${showPlace(near.place)}`];
    if (near.isTurned) how.push('flipped');
    if (near.offBy > 0) how.push(`off by ${Number(near.offBy.toPrecision(3))}`);
    facts.push(how.join(', '));
  }
  return facts.join('; ');
}

function showPlace(place: PartingTriangle['place']): string {
  if (place === undefined) return '';
  const file = place.file === undefined ? '' : `${escapeControls(describeSource(place.file))}: `;
  return `, ${file}${describePlace(place)}`;
}
