import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listLabels, type RunLabel, readLabels } from '../../src/database/label-runs.js';
import { migrate } from '../../src/database/migrate.js';

let db: Database.Database;
beforeEach(() => {
  db = new Database(':memory:');
  migrate(db);
});
afterEach(() => db.close());

function addParts(kind: string, runs: readonly (readonly [first: number, last: number])[]): void {
  for (const [first, last] of runs) {
    const id = db.prepare('SELECT count(*) FROM parts').pluck().get() as number;
    db.prepare('INSERT INTO parts VALUES (?, ?, ?)').run(id, `${kind} ${id}`, kind);
    db.prepare('INSERT INTO part_runs VALUES (?, ?, ?, ?)').run(id, id, first, last);
  }
}

/** All labels of `range` triangles, null for none. */
function labelsOf(label: RunLabel, range: number, most: number): (number | null)[] {
  const labels: (number | null)[] = [];
  for (const values of readLabels(db, label, range, most)) {
    for (const value of values) labels.push(Number.isNaN(value) ? null : value);
  }
  return labels;
}

describe('labels of triangles', () => {
  it.each([1, 2, 3, 7, 100])('are those of runs, read %i at a time', (most) => {
    addParts('group', [
      [0, 3],
      [6, 8],
    ]);
    addParts('object', [
      [2, 2],
      [8, 11],
    ]);
    addParts('material', [[0, 11]]);
    expect(labelsOf('part', 12, most)).toEqual([0, 0, 2, 0, null, null, 1, 1, 3, 3, 3, 3]);
  });

  it('prefer solids to objects to groups', () => {
    addParts('solid', [[2, 2]]);
    addParts('group', [[0, 2]]);
    addParts('object', [[1, 2]]);
    expect(labelsOf('part', 4, 3)).toEqual([1, 2, 0, null]);
  });

  it('survive rows that any program may have written', () => {
    addParts('solid', [
      [-5, 0],
      [3, 2],
      [2, 1e15],
    ]);
    expect(labelsOf('part', 4, 3)).toEqual([0, null, 2, 2]);
    expect(labelsOf('component', 3, 3)).toEqual([null, null, null]);
    expect(labelsOf('part', 0, 3)).toEqual([]);
  });

  it('are listed by size', () => {
    addParts('group', [
      [0, 3],
      [4, 20],
    ]);
    addParts('material', [[0, 20]]);
    db.exec('INSERT INTO components VALUES (0, 3, 5, 0), (1, 9, 7, 3)');
    db.exec('INSERT INTO component_runs VALUES (0, 2, 0), (3, 11, 1)');
    expect(listLabels(db, 'part', 1)).toEqual({
      labels: [{ id: 1, name: 'group 1', triangles: 17 }],
      count: 2,
    });
    expect(listLabels(db, 'component', 5)).toEqual({
      labels: [
        { id: 1, name: '', triangles: 9 },
        { id: 0, name: '', triangles: 3 },
      ],
      count: 2,
    });
    expect(labelsOf('component', 12, 5)).toEqual([0, 0, 0, ...Array(9).fill(1)]);
    expect(listLabels(db, 'source', 5)).toEqual({ labels: [], count: 0 });
  });
});
