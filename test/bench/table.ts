/** Results as text: aligned columns, the same on a terminal and in a saved file. */
import { PEERS } from './cases.js';
import { median, type RateRow } from './rates.js';
import type { ReaderRow } from './readers.js';
import type { Row } from './run-case.js';

/** Wall times, and how they compare with the others of the same input. */
export function formatRows(rows: readonly Row[], triangles: number): string {
  const rivals = [
    ...new Set(
      rows.filter(({ role, seconds }) => role !== 'own' && seconds.length > 0).map((row) => row.command),
    ),
  ];
  rivals.sort((a, b) => Number(b === 'cat') - Number(a === 'cat'));
  const heads = ['input', 'command', 'median s', 'min', 'max', 'triangles/s', 'peak MB'];
  const lines = [[...heads, ...rivals.map((name) => `/ ${name}`)]];
  const notes: string[] = [];
  for (const row of rows) {
    const label = [row.input, row.command];
    if (row.failure !== undefined) notes.push(`${label.join(', ')}: failed: ${row.failure}`);
    else if (row.otherCounts !== undefined)
      notes.push(`${label.join(', ')}: its OFF has ${row.otherCounts} vertices and triangles`);
    if (row.seconds.length === 0) {
      lines.push([...label, 'failed']);
      continue;
    }
    const middle = median(row.seconds);
    const peak = row.peakBytes === undefined ? '-' : (row.peakBytes / 1e6).toFixed(0);
    const times = [middle, Math.min(...row.seconds), Math.max(...row.seconds)].map((seconds) =>
      seconds.toFixed(3),
    );
    const ratios = rivals.map((name) => {
      const rival = rows.find(({ input, command }) => input === row.input && command === name);
      if (rival === undefined || rival === row || rival.seconds.length === 0) return '-';
      return (middle / median(rival.seconds)).toFixed(2);
    });
    lines.push([...label, ...times, Math.round(triangles / middle).toLocaleString('en-US'), peak, ...ratios]);
  }
  return [align(lines), notes.join('\n')].filter(Boolean).join('\n\n');
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

/** What the columns are. */
export function explainRows(runs: number, present: readonly string[]): string {
  const absent = PEERS.map(({ name }) => name).filter((name) => !present.includes(name));
  return [
    `Wall time of whole processes, ${runs} ${runs === 1 ? 'run' : 'runs'} in turn after one to warm up, files in the page cache.`,
    'Peak: resident memory, in millions of bytes. / cat and the like: median over that of the other command.',
    'cat reads the input and writes a file of the size of the output.',
    absent.length > 0 ? `Not on PATH: ${absent.join(', ')}.` : '',
  ]
    .filter(Boolean)
    .join('\n');
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
