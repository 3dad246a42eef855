/** The columns of triangles that are written on request: names of parts and sources, and measures. */
import type { PartChange } from '../../mesh.js';
import { type Column, NullableColumn } from './column.js';
import { NAME_COLUMNS, type ParquetOptions } from './options.js';
import { TextColumn } from './text-column.js';

/** The kinds of parts that a column names, in order of precedence. */
const KINDS: Readonly<Record<string, readonly PartChange['partKind'][]>> = {
  part: ['solid', 'object', 'group'],
  material: ['material'],
  source: ['source'],
};

/** Divides requested columns into those of names and measures, in the order of the request. */
export function columnsOf({ columns = [] }: ParquetOptions) {
  const names = [...new Set(columns)];
  return {
    parts: names.filter((name) => NAME_COLUMNS.includes(name)),
    measures: names.filter((name) => !NAME_COLUMNS.includes(name)),
  };
}

/** The number of requested columns beside those that each table has. */
export function countMore(options: ParquetOptions): number {
  const { parts, measures } = columnsOf(options);
  return parts.length + measures.length;
}

/** The requested columns of triangles: names of parts and sources, and measures. */
export class MoreColumns {
  readonly columns: readonly Column[];
  readonly namesParts: boolean;
  readonly namesSources: boolean;
  private readonly parts: readonly TextColumn[];
  private readonly measures: readonly NullableColumn[];
  private readonly names: Partial<Record<PartChange['partKind'], string | undefined>> = {};

  constructor(options: ParquetOptions, capacity: number) {
    const { parts, measures } = columnsOf(options);
    this.parts = parts.map((name) => new TextColumn(name));
    this.measures = measures.map((name) => new NullableColumn(name, capacity));
    this.columns = [...this.parts, ...this.measures];
    this.namesParts = parts.some((name) => name !== 'source');
    this.namesSources = parts.includes('source');
  }

  /** Takes note of the parts and the source of the next triangles. */
  change(changes: readonly PartChange[]): void {
    for (const { partKind, name } of changes) this.names[partKind] = name;
  }

  /** Adds the values of triangles `[from, to)` of a batch. */
  add(measures: Float64Array | undefined, from: number, to: number): void {
    for (const column of this.parts) {
      const kind = KINDS[column.name]!.find((some) => this.names[some] !== undefined);
      column.add(kind && this.names[kind], to - from);
    }
    const width = this.measures.length;
    for (const [at, column] of this.measures.entries()) column.add(measures, width, at, from, to);
  }
}
