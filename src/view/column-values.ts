/** The columns that triangles of a mesh can be colored by, each computed once, when it is first asked for. */

import { RUN_LABELS } from '../database/label-runs.js';
import { MEASURES } from '../filter/expression/measures.js';
import type { SlotColumn } from '../pipeline/scan/measure-slots.js';
import { type NormalColumn, SlotNormalReader } from '../pipeline/view/slot-normals.js';
import { SlotValueReader, type ValueRange } from '../tiles/slot-values.js';
import type { RunTask } from './jobs/job.js';
import { Refusal } from './refusal.js';
import type { ColumnAnswer, ColumnLabels } from './wire/messages.js';

/** What computes columns: the session. */
export interface ColumnHome {
  run: RunTask;
  /** Returns a new path for a file of values. */
  newFile(ending: string): string;
}

interface Column {
  readonly column: ViewColumn;
  readonly answer: ColumnAnswer;
  readonly values: SlotValueReader | SlotNormalReader;
}

/** What is computed for all triangles once. */
type ViewColumn = SlotColumn | NormalColumn;

/** All columns that triangles can be colored by, if the mesh has them, and the normals of the source. */
export const COLUMNS: readonly ViewColumn[] = [
  ...MEASURES.map((name) => ({ kind: 'number', name }) as const),
  ...RUN_LABELS.map((name) => ({ kind: 'label', name }) as const),
  { kind: 'color', name: 'color' },
  { kind: 'normal', name: 'normal' },
];

export class ColumnValues {
  private readonly columns = new Map<string, Promise<Column>>();
  private readonly ready = new Map<string, Column>();
  private readonly ending = new AbortController();

  constructor(private readonly slots: number) {}

  /** Computes a column, or waits until another request has. Throws Refusal if there is no such column. */
  async range(name: string, home: ColumnHome): Promise<ColumnAnswer> {
    const column = COLUMNS.find((one) => one.name === name);
    if (column === undefined) throw new Refusal(400, 'USAGE', `there is no column ${name}`);
    let computing = this.columns.get(name);
    if (computing === undefined) {
      computing = this.compute(column, home);
      this.columns.set(name, computing);
      // A failed one may be tried again.
      computing.catch(() => this.columns.delete(name));
    }
    return (await computing).answer;
  }

  /**
   * Returns the values of a column that is computed, for a node with this mesh: of its slots if it is a leaf; above, of each
   * vertex the mean of a number, the first label or normal, or the mean of some colors below it. A leaf has three normals for
   * each slot. Throws Refusal for any other.
   */
  values(
    column: string,
    { first, count }: { readonly first: number; readonly count: number },
    { isLeaf, slots }: { readonly isLeaf: boolean; readonly slots: Float64Array },
  ): Float32Array {
    const found = this.ready.get(column);
    if (found !== undefined) {
      const { values } = found;
      if (isLeaf) return values.read(first, count);
      if (values instanceof SlotNormalReader || found.column.kind === 'label')
        return values.firsts(first, slots);
      return found.column.kind === 'color' ? values.blends(first, slots) : values.means(first, slots);
    }
    throw new Refusal(409, 'NO_VALUES', `the column ${column} is not computed`, {
      hint: 'POST it to /api/columns first',
    });
  }

  close(): void {
    this.ending.abort(new Error('the mesh is no longer shown'));
    for (const { values } of this.ready.values()) values.close();
    this.ready.clear();
  }

  private async compute(column: ViewColumn, home: ColumnHome): Promise<Column> {
    const { name, kind } = column;
    const output = home.newFile(`.${name}`);
    let range: ValueRange | undefined;
    let labels: ColumnLabels | undefined;
    await home.run({ kind: 'values', column, output }, this.ending.signal, (message) => {
      if ('range' in message) ({ range, labels } = message);
    });
    const answer = { column: name, kind, labels, ...range! };
    const values = kind === 'normal' ? new SlotNormalReader(output) : new SlotValueReader(output, this.slots);
    const found = { column, answer, values };
    this.ready.set(name, found);
    return found;
  }
}
