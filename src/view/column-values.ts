/** The columns that triangles of a mesh can be colored by, each computed once, when it is first asked for. */

import { MEASURES } from '../filter/expression/measures.js';
import { SlotValueReader, type ValueRange } from '../tiles/slot-values.js';
import { runJob } from './jobs/run-job.js';
import { Refusal } from './refusal.js';

export interface ColumnValuesOptions {
  readonly database: string;
  readonly tilesFiles: readonly string[];
  readonly slots: number;
  readonly memoryBytes: number;
  readonly threads: number | undefined;
  /** Returns a new path for a file of values. */
  readonly place: (column: string) => string;
  /** Aborted when the view ends. */
  readonly signal: AbortSignal;
}

interface Column {
  readonly range: ValueRange;
  readonly values: SlotValueReader;
}

export class ColumnValues {
  private readonly columns = new Map<string, Promise<Column>>();
  private readonly ready = new Map<string, Column>();
  private readonly ending = new AbortController();

  constructor(private readonly options: ColumnValuesOptions) {}

  /** Computes a column, or waits until another request has. Throws Refusal if there is no such column. */
  async range(column: string): Promise<ValueRange> {
    if (!MEASURES.includes(column)) throw new Refusal(400, 'USAGE', `there is no column ${column}`);
    let computing = this.columns.get(column);
    if (computing === undefined) {
      computing = this.compute(column);
      this.columns.set(column, computing);
      // A failed one may be tried again.
      computing.catch(() => this.columns.delete(column));
    }
    return (await computing).range;
  }

  /** Returns the values of a column that is computed. Throws Refusal for any other. */
  values(column: string): SlotValueReader {
    const found = this.ready.get(column);
    if (found !== undefined) return found.values;
    throw new Refusal(409, 'NO_VALUES', `the column ${column} is not computed`, {
      hint: 'POST it to /api/columns first',
    });
  }

  /** Waits until nothing is computed any more. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.columns.values());
  }

  close(): void {
    this.ending.abort(new Error('the mesh is no longer shown'));
    for (const { values } of this.ready.values()) values.close();
    this.ready.clear();
  }

  private async compute(column: string): Promise<Column> {
    const { database, tilesFiles, slots, memoryBytes, threads, place } = this.options;
    const output = place(column);
    let range: ValueRange | undefined;
    const job = { kind: 'values', database, tilesFiles, column, output, memoryBytes, threads } as const;
    const signal = AbortSignal.any([this.options.signal, this.ending.signal]);
    await runJob(job, signal, (message) => {
      if ('range' in message) range = message.range;
    });
    const found = { range: range!, values: new SlotValueReader(output, slots) };
    this.ready.set(column, found);
    return found;
  }
}
