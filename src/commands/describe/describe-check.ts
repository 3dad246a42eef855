/** The results of a check, as text and as JSON. */

import type { MeshCheck } from '../../pipeline/shells/mesh-check.js';
import { countOf, formatCount } from '../../wording.js';
import type { Paint } from '../terminal/paint.js';
import { formatPosition } from '../terminal/terminal.js';
import { describeShells, listShellReasons, shellToJson } from './describe-shells.js';

/** Significant digits of areas and volumes in text; JSON has all of them. */
const DIGITS = 9;
/** The width of a count that has a query after it. */
const COUNT_WIDTH = 12;

/** The defects of a mesh: label, count and the query that lists them. */
const FLAWS = [
  ['boundary edges', 'boundaryEdges', 'SELECT * FROM boundary_edges'],
  ['non-manifold edges', 'nonManifoldEdges', 'SELECT * FROM non_manifold_edges'],
  ['non-manifold vertices', 'nonManifoldVertices', 'SELECT * FROM non_manifold_vertices'],
  ['misoriented edges', 'misorientedEdges', 'SELECT * FROM misoriented_edges'],
  ['degenerate triangles', 'degenerate', 'SELECT * FROM degenerate_triangles'],
  ['duplicate triangles', 'duplicate', 'SELECT * FROM duplicate_triangles'],
  ['unreferenced vertices', 'unreferenced', 'SELECT * FROM unreferenced_vertices'],
] as const satisfies readonly (readonly [string, keyof MeshCheck, string])[];

/** Whether a check has found defects that a query lists. */
export function hasFlaws(check: MeshCheck): boolean {
  return FLAWS.some(([, figure]) => check[figure] > 0);
}

/** Lists why a mesh is not printable, a phrase for each reason; none if it is printable. */
function listReasons(check: MeshCheck): string[] {
  const { boundaryEdges, boundaryLoops, nonManifoldEdges, nonManifoldVertices, misorientedEdges } = check;
  const reasons: string[] = [];
  if (check.triangles === 0) reasons.push('it has no triangles');
  else if (check.triangles === check.degenerate) reasons.push('all its triangles are degenerate');
  if (boundaryEdges > 0) {
    reasons.push(
      `it is open: ${countOf(boundaryEdges, 'boundary edge')} in ${countOf(boundaryLoops, 'loop')}`,
    );
  }
  if (nonManifoldEdges > 0) {
    reasons.push(`${countOf(nonManifoldEdges, 'edge')} shared by more than two triangles`);
  }
  if (nonManifoldVertices > 0) {
    reasons.push(
      `${countOf(nonManifoldVertices, 'vertex', 'vertices')} where the surface touches itself at a point`,
    );
  }
  if (misorientedEdges > 0) {
    const help = check.isOrientable
      ? 'some triangles are flipped'
      : 'flipping cannot fix it, as on a Moebius strip';
    reasons.push(`${countOf(misorientedEdges, 'misoriented edge')}: ${help}`);
  }
  reasons.push(...listShellReasons(check));
  return reasons;
}

/** Describes a check: one line for each figure, with a query if there is something to list, and the verdict. */
export function describeCheck(name: string, check: MeshCheck, paint: Paint): string {
  const { bounds, precision, genus, isClosed, isManifold, isOriented } = check;
  const isSolid = isClosed && isOriented && check.nonManifoldEdges === 0;
  const lines: [label: string, text: string, query?: string | undefined][] = [
    ['mesh', name],
    ['triangles', formatCount(check.triangles)],
    ['vertices', formatCount(check.vertices)],
    ['edges', formatCount(check.edges)],
  ];
  if (bounds !== undefined) {
    const [min, max] = [bounds.min, bounds.max].map((corner) => formatPosition(corner, precision));
    lines.push(['bounds', `${min} to ${max}`]);
  }
  lines.push(
    ['area', shorten(check.area)],
    [
      'volume',
      `${shorten(check.volume)}${isSolid ? '' : ' (relative to the origin: the mesh is not a solid)'}`,
    ],
    ['components', formatCount(check.components)],
    ['shells', formatCount(check.shells)],
    ['boundary loops', formatCount(check.boundaryLoops)],
    ['Euler characteristic', String(check.eulerCharacteristic)],
    ['genus', genus === undefined ? 'undefined: the mesh is not an orientable manifold' : formatCount(genus)],
  );
  for (const [label, figure, query] of FLAWS) {
    const count = check[figure];
    lines.push(
      count === 0 ? [label, '0'] : [label, paint('bad', formatCount(count).padEnd(COUNT_WIDTH)), query],
    );
  }
  for (const { label, text, queries } of describeShells(check)) {
    lines.push(
      queries.length === 0 ? [label, text] : [label, paint('bad', text.padEnd(COUNT_WIDTH)), queries[0]],
    );
    for (const query of queries.slice(1)) lines.push(['', ' '.repeat(COUNT_WIDTH), query]);
  }
  const yesOrNo = (is: boolean | undefined) => {
    if (is === undefined) return 'unknown';
    return is ? paint('good', 'yes') : paint('bad', 'no');
  };
  lines.push(
    ['closed', yesOrNo(isClosed)],
    ['manifold', yesOrNo(isManifold)],
    ['oriented', yesOrNo(isOriented)],
  );
  const reasons = listReasons(check);
  lines.push(['printable', yesOrNo(check.isPrintable)]);
  for (const reason of reasons) lines.push(['', `- ${reason}`]);
  return lines
    .map(([label, text, query]) => {
      const line = `${label.padEnd(22)} ${query === undefined ? text : `${text} ${query}`}`;
      return `${line}\n`;
    })
    .join('');
}

/** A check as `--json` prints it; the names are part of the command's interface. */
export function checkToJson(name: string, check: MeshCheck): string {
  const {
    precision,
    genus,
    isClosed,
    isManifold,
    isOriented,
    isOrientable,
    isPrintable,
    shellVerdicts,
    shellList,
    degrees,
    ...figures
  } = check;
  const facts = {
    mesh: name,
    ...figures,
    bounds: check.bounds ?? null,
    genus: genus ?? null,
    shellVerdicts: shellVerdicts ?? null,
    shellList: shellList.map(shellToJson),
    closed: isClosed,
    manifold: isManifold,
    oriented: isOriented,
    orientable: isOrientable,
    printable: isPrintable ?? null,
    reasons: listReasons(check),
    queries: Object.fromEntries(FLAWS.map(([, figure, query]) => [figure, query])),
  };
  return `${JSON.stringify(facts, undefined, 2)}\n`;
}

function shorten(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}
