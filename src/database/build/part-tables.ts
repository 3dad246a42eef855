/** The parts of a mesh and the runs of triangles that belong to them. */
import type { PartStart } from '../../mesh.js';
import type { TableWriter } from '../pages/table-writer.js';

/** A part that has not ended: its number and its first triangle. */
interface OpenPart {
  readonly part: number;
  readonly first: number;
}

/** The saved state of parts. Plain data. */
export interface SavedParts {
  readonly parts: number;
  readonly runs: number;
  readonly open: readonly (readonly [kind: PartStart['partKind'], part: OpenPart])[];
}

export class PartTables {
  private parts = 0;
  private runs = 0;
  /** For each kind, the open part and its first triangle. */
  private readonly open = new Map<PartStart['partKind'], OpenPart>();

  constructor(private readonly tables: Readonly<Record<'parts' | 'part_runs', TableWriter>>) {}

  /** Returns the state for {@link restore}. */
  save(): SavedParts {
    const { parts, runs, open } = this;
    return { parts, runs, open: [...open] };
  }

  restore({ parts, runs, open }: SavedParts): void {
    this.beginAfter(parts, runs);
    for (const [kind, part] of open) this.open.set(kind, part);
  }

  /** Begins after parts and runs that are there already. */
  beginAfter(parts: number, runs: number): void {
    this.parts = parts;
    this.runs = runs;
  }

  /** Begins a part with triangle `first`, and ends the previous part of its kind. */
  add({ name, partKind }: PartStart, first: number): void {
    this.endPart(partKind, first);
    this.tables.parts.appendRow(this.parts, [null, name, partKind]);
    this.open.set(partKind, { part: this.parts++, first });
  }

  /** Ends a source before triangle `next`: the next source has its own parts. */
  endSource(next: number): void {
    for (const kind of this.open.keys()) this.endPart(kind, next);
    this.open.clear();
  }

  private endPart(kind: PartStart['partKind'], next: number): void {
    const last = this.open.get(kind);
    if (last === undefined || last.first === next) return;
    this.tables.part_runs.appendRow(this.runs++, [null, last.part, last.first, next - 1]);
  }
}
