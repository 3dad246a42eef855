/** The columns that a caller requests beside those of the mesh. */
import type { StoredSelection } from '../../database/rows/selection.js';
import { UsageError } from '../../errors.js';
import { compileMeasures, MEASURES } from '../../filter/expression/measures.js';
import { NAME_COLUMNS } from '../../formats/parquet/options.js';
import { suggest } from '../../suggest.js';

/** The names that may be requested. */
export const OUTPUT_COLUMNS: readonly string[] = [...NAME_COLUMNS, ...MEASURES];

/** Throws UsageError for a column that no triangle has; `option` is the name of the option. */
export function checkColumns(columns: readonly string[], option: string): void {
  const unknown = columns.find((name) => !OUTPUT_COLUMNS.includes(name));
  if (unknown === undefined) return;
  throw new UsageError(`unknown column '${unknown}'; expected some of ${OUTPUT_COLUMNS.join(', ')}`, {
    option,
    hint: suggest(unknown, OUTPUT_COLUMNS),
  });
}

/** Whether some of the requested columns need the positions of corners. */
export function hasMeasures(columns: readonly string[] = []): boolean {
  return columns.some((name) => MEASURES.includes(name));
}

/** Returns a selection whose triangles with positions also come with the measures that their reader requests. */
export function withMeasures(selection: StoredSelection): StoredSelection {
  const soup: StoredSelection['soup'] = function* ({ measures, ...options } = {}) {
    if (measures === undefined) return yield* selection.soup(options);
    const measure = compileMeasures(measures);
    let values = new Float64Array(0);
    for (const batch of selection.soup(options)) {
      const { count, positions } = batch;
      if (values.length < measures.length * count) values = new Float64Array(measures.length * count);
      measure(positions, count, values);
      yield { ...batch, measures: values };
    }
  };
  return Object.assign(Object.create(selection) as StoredSelection, { soup });
}
