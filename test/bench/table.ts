/** Results as text: aligned columns, the same on a terminal and in a saved file. */

import type { CurveRow } from './curve.js';
import type { NodeRow } from './nodes.js';
import { IN_MEMORY, PEERS } from './others.js';
import type { OverflowRow } from './overflow.js';
import type { PageRow } from './page.js';
import { median, type RateRow } from './rates.js';
import type { ReaderRow } from './readers.js';
import { type Row, RUN_ONCE_SECONDS } from './run-case.js';
import { relateRows, type SavedRows } from './saved.js';
import type { StartRow } from './starts.js';

/** Wall times, and how they compare with the others of the same input and with a saved table, if given. */
export function formatRows(rows: readonly Row[], triangles: number, saved?: SavedRows): string {
  const rivals = [
    ...new Set(
      rows
        .filter(({ role, seconds }) => (role === 'peer' || role === 'yardstick') && seconds.length > 0)
        .map((row) => row.command),
    ),
  ];
  rivals.sort((a, b) => Number(b === 'cat') - Number(a === 'cat'));
  const heads = ['input', 'command', 'median s', 'min', 'max', 'triangles/s', 'peak MB'];
  const columns = rivals.map((name) => `/ ${name === IN_MEMORY ? 'in-memory' : name}`);
  const change = saved === undefined ? undefined : relateRows(rows, saved);
  const lines = [[...heads, ...columns, ...(saved === undefined ? [] : [`/ ${saved.version}`])]];
  for (const row of rows) {
    const label = [row.input, row.command];
    if (row.seconds.length === 0) {
      lines.push([...label, 'failed']);
      continue;
    }
    const middle = median(row.seconds);
    const times = [middle, Math.min(...row.seconds), Math.max(...row.seconds)].map((seconds) =>
      seconds.toFixed(3),
    );
    const ratios = rivals.map((name) => {
      const rival = rows.find(({ input, command }) => input === row.input && command === name);
      if (rival === undefined || rival === row || rival.seconds.length === 0) return '-';
      return (middle / median(rival.seconds)).toFixed(2);
    });
    const changes = change === undefined ? [] : [change(row)?.toFixed(2) ?? '-'];
    lines.push([...label, ...times, formatCount(triangles / middle), formatPeak(row), ...ratios, ...changes]);
  }
  const notes = rows.flatMap((row) => noteOn(row, `${row.input}, ${row.command}`));
  return [align(lines), notes.join('\n')].filter(Boolean).join('\n\n');
}

/** Time and memory as the mesh grows. */
export function formatCurve(rows: readonly CurveRow[]): string {
  const lines = [['triangles', 'command', 'seconds', 'triangles/s', 'peak MB']];
  for (const row of rows) {
    const label = [formatCount(row.triangles), row.command];
    if (row.seconds.length === 0) {
      lines.push([...label, 'failed']);
      continue;
    }
    const middle = median(row.seconds);
    lines.push([...label, middle.toFixed(2), formatCount(row.triangles / middle), formatPeak(row)]);
  }
  const notes = rows.flatMap((row) => noteOn(row, `${formatCount(row.triangles)} triangles, ${row.command}`));
  return [align(lines), notes.join('\n')].filter(Boolean).join('\n\n');
}

/** What is to be said about a row that is not as it should be. */
function noteOn({ failure, otherCounts }: Row, label: string): string[] {
  if (failure !== undefined) return [`${label}: failed: ${failure}`];
  if (otherCounts !== undefined) return [`${label}: its OFF has ${otherCounts} vertices and triangles`];
  return [];
}

/** A whole number with separators. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function formatPeak({ peakBytes }: Row): string {
  return peakBytes === undefined ? '-' : (peakBytes / 1e6).toFixed(0);
}

/** Millions of items a second. */
export function formatRates(items: string, rows: readonly RateRow[]): string {
  const lines = [[items, 'M/s', 'against', 'M/s', 'ratio']];
  for (const { name, own, other, otherName } of rows) {
    lines.push([name, (own / 1e6).toFixed(1), otherName, (other / 1e6).toFixed(1), (own / other).toFixed(1)]);
  }
  return align(lines);
}

/** Readers alone: millions of bytes and of triangles a second, and the time against that of binary STL. */
export function formatReaders(rows: readonly ReaderRow[], triangles: number): string {
  const lines = [['reading', 'MB', 'MB/s', 'M triangles/s', '/ stl']];
  for (const { encoding, bytes, seconds, ratio } of rows) {
    const rates = [bytes / 1e6, bytes / 1e6 / seconds].map((value) => value.toFixed(0));
    lines.push([encoding, ...rates, (triangles / 1e6 / seconds).toFixed(1), ratio.toFixed(2)]);
  }
  return align(lines);
}

/** Commands as whole processes on each version of Node, and against the first one. */
export function formatNodes(rows: readonly NodeRow[]): string {
  const [first] = rows;
  const versions = first?.versions.map(({ version }) => version) ?? [];
  const lines = [['command', ...versions.map((version) => `Node ${version}`)]];
  for (const { command, versions } of rows) {
    lines.push([
      command,
      ...versions.map(({ seconds, ratio }) => `${seconds.toFixed(3)} (${ratio.toFixed(2)})`),
    ]);
  }
  return align(lines);
}

/** Small runs as whole processes, and against Node alone. */
export function formatStarts(rows: readonly StartRow[]): string {
  const lines = [['small runs', 'median s', '/ node -e 0']];
  for (const { command, seconds, ratio } of rows) lines.push([command, seconds.toFixed(3), ratio.toFixed(2)]);
  return align(lines);
}

/** What a filter of the page keeps, and against a count in SQLite. */
export function formatPage(rows: readonly PageRow[]): string {
  const lines = [['filter of the page', 'median s', '/ SQLite']];
  for (const { where, seconds, ratio } of rows) lines.push([where, seconds.toFixed(3), ratio.toFixed(2)]);
  return align(lines);
}

/** A mesh in two orders with little memory, the second against the first. */
export function formatOverflow(rows: readonly OverflowRow[], triangles: number): string {
  const lines = [['input', 'command', 'median s', 'triangles/s', 'peak MB', '/ grid']];
  for (const row of rows) {
    const label = [row.input, row.command];
    if (row.seconds.length === 0) {
      lines.push([...label, 'failed']);
      continue;
    }
    const middle = median(row.seconds);
    const figures = [middle.toFixed(2), formatCount(triangles / middle), formatPeak(row)];
    lines.push([...label, ...figures, row.ratio?.toFixed(2) ?? '-']);
  }
  const notes = rows.flatMap((row) => noteOn(row, `${row.input}, ${row.command}`));
  return [align(lines), notes.join('\n')].filter(Boolean).join('\n\n');
}

/** What the columns are. */
export function explainRows(runs: number, present: readonly string[], hasInMemory: boolean): string {
  const absent = PEERS.map(({ name }) => name).filter((name) => !present.includes(name));
  return [
    `Wall time of whole processes, ${runs} ${runs === 1 ? 'run' : 'runs'} in turn after one to warm up, files in the page cache.`,
    `Another program that takes more than ${RUN_ONCE_SECONDS} s is run once.`,
    'Peak: resident memory, in millions of bytes. / cat and the like: median over that of the other command.',
    'cat reads the input and writes a file of the size of the output.',
    explainInMemory(hasInMemory),
    absent.length > 0 ? `Not on PATH: ${absent.join(', ')}.` : '',
  ]
    .filter(Boolean)
    .join('\n');
}

/** What the columns of the curve are. */
export function explainCurve(runs: number, hasInMemory: boolean): string {
  return [
    `Wall time of whole processes, ${runs === 1 ? '1 run' : `median of ${runs} runs`}, files in the page cache. Input: binary STL, stl grid.`,
    'Peak: resident memory, in millions of bytes.',
    explainInMemory(hasInMemory),
  ].join('\n');
}

/** What the columns of versions are. */
export function explainNodes(runs: number): string {
  return `Wall seconds of whole processes, ${runs === 1 ? '1 run' : `median of ${runs} runs`} in turn; in parentheses against the first version.`;
}

/** What the columns of the overflow are. */
export function explainOverflow(runs: number): string {
  return [
    `Wall time of whole processes, ${runs === 1 ? '1 run' : `median of ${runs} runs`} in turn, files in the page cache.`,
    'Peak: resident memory, in millions of bytes.',
  ].join('\n');
}

function explainInMemory(hasInMemory: boolean): string {
  return hasInMemory
    ? `${IN_MEMORY} is test/bench/in-memory.cpp: binary STL to OFF on one core, everything held in memory.`
    : `${IN_MEMORY} is missing: no compiler on PATH could make it.`;
}

/** Words to the left, figures to the right, two blanks between. */
function align(lines: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const line of lines) {
    for (const [k, cell] of line.entries()) widths[k] = Math.max(widths[k] ?? 0, cell.length);
  }
  const isText = widths.map((_, k) => /[a-z]{2}/.test(lines[1]?.[k] ?? '') && lines[1]![k] !== 'failed');
  return lines
    .map((line) =>
      line
        .map((cell, k) => (isText[k] ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
