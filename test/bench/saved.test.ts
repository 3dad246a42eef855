import { describe, expect, it } from 'vitest';
import { IN_MEMORY } from './others.js';
import type { Row } from './run-case.js';
import { parseRows, relateRows } from './saved.js';
import { formatRows } from './table.js';

function makeRow(command: string, seconds: number[], role: Row['role'] = 'own', input = 'stl grid'): Row {
  const rest = { peakBytes: 2e8, failure: undefined, otherCounts: undefined, isRunOnce: false };
  return { input, command, role, seconds, ...rest };
}

const ROWS = [
  makeRow('convert', [2, 4, 3]),
  makeRow('convert to .off.gz', []),
  makeRow('cp, import --append 10 %', [1.25]),
  makeRow(IN_MEMORY, [1.5], 'yardstick'),
];

describe('saved tables', () => {
  it('are read as they are written', () => {
    const table = `a title\n\n${formatRows(ROWS, 1e6)}\n\nnumbers  M/s\nstl grid  convert  9\n`;
    expect([...parseRows(table)]).toEqual([
      ['stl grid, convert', 3],
      ['stl grid, cp, import --append 10 %', 1.25],
      [`stl grid, ${IN_MEMORY}`, 1.5],
    ]);
    expect(parseRows('nothing').size).toBe(0);
  });

  it('are compared by the speed of the machine', () => {
    const saved = { version: '0.1.0', seconds: parseRows(formatRows(ROWS, 1e6)) };
    const slower = [makeRow('convert', [6]), makeRow('export', [1]), makeRow(IN_MEMORY, [3], 'yardstick')];
    const relate = relateRows(slower, saved);
    expect(slower.map(relate)).toEqual([1, undefined, 1]);
    expect(relateRows(slower.slice(0, 2), saved)(slower[0]!)).toBe(2);
    expect(formatRows(slower, 1e6, saved).split('\n')[0]).toMatch(/ {2}\/ 0\.1\.0$/);
  });
});
