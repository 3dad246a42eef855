/** The effects of a filter and the other steps of an export, in words. */

import { columnHelp } from '../../filter/expression/columns.js';
import type { ExportResult } from '../../pipeline/export-mesh.js';
import type { SelectionReport } from '../../pipeline/select-mesh.js';
import type { OrientReport } from '../../pipeline/shells/orient-shells.js';
import { countOf, escapeControls, formatCount } from '../../wording.js';

/** Describes what was flipped, welded and left out, a line for each that applies. */
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
    lines.push(`${vertices} welded into others, ${countOf(collapsed, 'collapsed triangle')} left out`);
  }
  if (degenerate > 0) lines.push(`${countOf(degenerate, 'degenerate triangle')} left out`);
  if (duplicate > 0) lines.push(`${countOf(duplicate, 'duplicate triangle')} left out`);
  return lines;
}

/** Describes the shells that were flipped, and those left unchanged because their orientation is unclear. */
function describeOrientation({ turnedShells, turnedTriangles, left, leftOpen }: OrientReport): string[] {
  const turned =
    turnedShells === 0
      ? 'no shell is inside out'
      : `${countOf(turnedShells, 'shell')} (${countOf(turnedTriangles, 'triangle')}) flipped to face outward`;
  const kept: string[] = [];
  if (leftOpen > 0) kept.push(`${formatCount(leftOpen)} open, non-manifold or inconsistently wound`);
  if (left.nestedWrongly > 0) kept.push(`${formatCount(left.nestedWrongly)} wrongly nested`);
  if (left.crossing > 0) kept.push(`${formatCount(left.crossing)} crossing others`);
  if (left.flat > 0) kept.push(`${formatCount(left.flat)} without volume`);
  if (left.unjudged > 0) kept.push(`${formatCount(left.unjudged)} that cannot be judged`);
  return kept.length === 0 ? [turned] : [turned, `shells left unchanged: ${kept.join(', ')}`];
}

/** Describes a filter as `--explain` prints it. */
export function describeExplanation(result: Omit<ExportResult, 'bytes'>, asJson: boolean): string {
  const { triangles, vertices, selection } = result;
  if (asJson) return `${JSON.stringify({ triangles, vertices, ...selection }, undefined, 2)}\n`;
  const lines = [
    // A saved filter may contain any text.
    ...selection.steps.map(({ filter, by }) => `${escapeControls(filter)}\n  by ${escapeControls(by)}`),
    ...describeSelection(selection),
    `${countOf(triangles, 'triangle')}, ${countOf(vertices, 'vertex', 'vertices')}`,
    '',
    'columns for --where:',
    ...columnHelp().map(([name, description]) => `  ${name.padEnd(12)}${description}`),
  ];
  return `${lines.join('\n')}\n`;
}
