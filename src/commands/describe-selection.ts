/** What became of a mesh on its way to an export, in words. */
import { columnHelp } from '../database/filter/columns.js';
import { escapeControls } from '../formats/text.js';
import type { ExportResult } from '../pipeline/export-mesh.js';
import type { SelectionReport } from '../pipeline/select-mesh.js';
import { countOf } from './terminal.js';

/** Lines for what was welded and left out, where there was something. */
export function describeSelection({ welded, collapsed, degenerate, duplicate }: SelectionReport): string[] {
  const lines: string[] = [];
  if (welded > 0) {
    const vertices = countOf(welded, 'vertex', 'vertices');
    lines.push(`${vertices} welded to others, ${countOf(collapsed, 'collapsed triangle')} left out`);
  }
  if (degenerate > 0) lines.push(`${countOf(degenerate, 'degenerate triangle')} left out`);
  if (duplicate > 0) lines.push(`${countOf(duplicate, 'duplicate triangle')} left out`);
  return lines;
}

/** What `--explain` prints. */
export function describeExplanation(result: Omit<ExportResult, 'outputBytes'>, asJson: boolean): string {
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
