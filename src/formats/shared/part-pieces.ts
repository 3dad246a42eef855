/** Triangles cut where parts change, for writers of formats with names. */
import type { PartChange, SoupSelection, TriangleBatch } from '../../mesh.js';

/** Triangles `[from, to)` of a batch, and the changes of parts before them. */
export interface PartPiece<Batch> {
  readonly changes: readonly PartChange[];
  readonly batch: Batch;
  readonly from: number;
  readonly to: number;
}

/** Yields the batches of a selection in pieces within which no part and, with `sources`, no source changes. */
export function* cutAtParts<Batch extends Pick<TriangleBatch, 'count'>>(
  batches: Iterable<Batch>,
  selection: Pick<SoupSelection, 'hasParts' | 'parts'>,
  sources = false,
): Generator<PartPiece<Batch>> {
  const parts = (selection.hasParts || sources ? selection.parts({ sources }) : [])[Symbol.iterator]();
  try {
    let next = parts.next();
    let first = 0;
    for (const batch of batches) {
      for (let from = 0; from < batch.count; ) {
        const changes: PartChange[] = [];
        for (; !next.done && next.value.at === first + from; next = parts.next()) changes.push(next.value);
        const to = next.done ? batch.count : Math.min(batch.count, next.value.at - first);
        yield { changes, batch, from, to };
        from = to;
      }
      first += batch.count;
    }
  } finally {
    parts.return?.();
  }
}
