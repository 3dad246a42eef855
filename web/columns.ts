/** Coloring by a column: asks for its range, and then for the values of tiles. */

import { effect } from '@preact/signals';
import type { ColumnAnswer } from '../src/view/wire/messages.js';
import { ApiError, getValues, postColumn } from './api.js';
import { labelColor } from './label-colors.js';
import {
  color,
  column,
  columnRange,
  hasNormals,
  isComputing,
  isSmooth,
  mesh,
  problem,
  returns,
  type ScaleEnds,
  scaleEnds,
  scene,
} from './state.js';

/** Keeps the picture shaded by the normals of the source, if that is chosen. */
export function keepNormals(): void {
  effect(() => {
    const shown = mesh.value;
    const picture = scene.value;
    void returns.value;
    if (shown === undefined || picture === undefined) return;
    if (!isSmooth.value || !hasNormals.value) {
      picture.setNormals(undefined);
      return;
    }
    const asking = new AbortController();
    postColumn('normal', asking.signal)
      .then(() => {
        const fetch = (id: number, signal: AbortSignal) => getValues(id, 'normal', shown.version, signal);
        if (!asking.signal.aborted) picture.setNormals({ key: 'normal', fetch });
      })
      .catch((error: unknown) => {
        if (!asking.signal.aborted && error instanceof ApiError) problem.value = error;
      });
    return () => asking.abort();
  });
}

/** Returns the values that get the first and the last color: as typed, or those that suit the column. */
export function scaleOf({ low, high }: ColumnAnswer, typed: ScaleEnds): readonly [low: number, high: number] {
  return [typed.low ?? low ?? 0, typed.high ?? high ?? 0];
}

/** Keeps the picture colored by the column that is chosen. */
export function keepColumn(): void {
  effect(() => {
    const range = columnRange.value;
    if (range?.kind === 'number') scene.value?.setScale(scaleOf(range, scaleEnds.value));
  });
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
        picture.setValues({ key: name, fetch }, range.kind !== 'number');
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
