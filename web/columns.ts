/** Coloring by a column: asks for its range, and then for the values of tiles. */

import { effect } from '@preact/signals';
import { ApiError, getValues, postColumn } from './api.js';
import { labelColor } from './label-colors.js';
import { color, column, columnRange, isComputing, mesh, problem, returns, scene } from './state.js';

/** Keeps the picture colored by the column that is chosen. */
export function keepColumn(): void {
  effect(() => {
    const name = color.value === 'column' ? column.value : undefined;
    const shown = mesh.value;
    const picture = scene.value;
    // What has failed without the server is asked for again.
    void returns.value;
    if (shown === undefined || picture === undefined) return;
    if (name === undefined) {
      picture.setValues(undefined);
      return;
    }
    const asking = new AbortController();
    isComputing.value = true;
    postColumn(name, asking.signal)
      .then((range) => {
        columnRange.value = range;
        problem.value = undefined;
        const isLabel = range.kind === 'label';
        const fetch = async (id: number, signal: AbortSignal) => {
          const values = await getValues(id, name, shown.version, signal);
          return isLabel ? values.map((value) => (Number.isNaN(value) ? value : labelColor(value))) : values;
        };
        const scale = range.kind === 'number' ? ([range.low ?? 0, range.high ?? 0] as const) : undefined;
        picture.setValues({ key: name, fetch }, scale);
      })
      .catch((error: unknown) => {
        if (!asking.signal.aborted && error instanceof ApiError) problem.value = error;
      })
      .finally(() => {
        if (!asking.signal.aborted) isComputing.value = false;
      });
    return () => asking.abort();
  });
}
