/** What became of a mesh on its way to an export, in words. */

import { columnHelp } from '../../filter/expression/columns.js';
import type { ExportResult } from '../../pipeline/export-mesh.js';
import type { SelectionReport } from '../../pipeline/select-mesh.js';
import type { OrientReport } from '../../pipeline/shells/orient-shells.js';
import { countOf, escapeControls, formatCount } from '../../wording.js';

/** Lines for what was turned round, welded and left out, where there was something. */
export function describeSelection({
  welded,
  collapsed,
  degenerate,
  duplicate,
  oriented,
}: SelectionReport): string[] {
  const lines = oriented === undefined ? [] : describeOrientation(oriented);
  if (welded > 0) {
    const vertices = countOf(welded, 'vertex', 'vertices');
    lines.push(`${vertices} welded to others, ${countOf(collapsed, 'collapsed triangle')} left out`);
  }
  if (degenerate > 0) lines.push(`${countOf(degenerate, 'degenerate triangle')} left out`);
  if (duplicate > 0) lines.push(`${countOf(duplicate, 'duplicate triangle')} left out`);
  return lines;
}

/** What was turned round, and what stays as it is though nobody can say that it is right. */
function describeOrientation({ turnedShells, turnedTriangles, left, leftOpen }: OrientReport): string[] {
  const turned =
    turnedShells === 0
      ? 'no shell is inside out'
      : `${countOf(turnedShells, 'shell')} (${countOf(turnedTriangles, 'triangle')}) flipped to face outward`;
  const kept: string[] = [];
  if (leftOpen > 0) kept.push(`${formatCount(leftOpen)} open, non-manifold or wound inconsistently`);
  if (left.nestedWrongly > 0) kept.push(`${formatCount(left.nestedWrongly)} nested wrongly`);
  if (left.crossing > 0) kept.push(`${formatCount(left.crossing)} cutting through others`);
  if (left.flat > 0) kept.push(`${formatCount(left.flat)} without volume`);
  if (left.unjudged > 0) kept.push(`${formatCount(left.unjudged)} that cannot be judged`);
  return kept.length === 0 ? [turned] : [turned, `shells left as they are: ${kept.join(', ')}`];
}

/** What `--explain` prints. */
export function describeExplanation(result: Omit<ExportResult, 'bytes'>, asJson: boolean): string {
  const { triangles, vertices, selection } = result;
  if (asJson) return `${JSON.stringify({ triangles, vertices, ...selection }, undefined, 2)}\n`;
  const lines = [
    // A saved filter may hold anything.
    ...selection.steps.map(({ filter, by }) => `${escapeControls(filter)}\n  by ${escapeControls(by)}`),
    ...describeSelection(selection),
    `${countOf(triangles, 'triangle')}, ${countOf(vertices, 'vertex', 'vertices')}`,
    '',
    'columns of a triangle, for --where:',
    ...columnHelp().map(([name, description]) => `  ${name.padEnd(12)}${description}`),
  ];
  return `${lines.join('\n')}\n`;
}
