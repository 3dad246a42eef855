/** What the filter has found: its count and box, what to do with the rest, and why there may be nothing. */

import { formatCount, formatLength } from '../format.js';
import { frameOf } from '../pose.js';
import { hidesRest, mesh, scene, shownSet } from '../state.js';
import { findAgain, stopFinding } from './find-set.js';

export function Result() {
  return (
    <div class="result" role="status">
      <ResultText />
    </div>
  );
}

function ResultText() {
  const found = shownSet.value;
  const total = mesh.value?.triangles ?? 0;
  if (found.state === 'all') return <p class="quiet">All triangles are shown.</p>;
  if (found.state === 'finding') {
    return (
      <div class="row">
        <span class="quiet name">Finding triangles…</span>
        <button type="button" title="Stop (Esc)" onClick={stopFinding}>
          Stop
        </button>
      </div>
    );
  }
  if (found.state === 'stopped') {
    return (
      <div class="row">
        <span class="quiet name">Stopped.</span>
        <button type="button" onClick={findAgain}>
          Run again
        </button>
      </div>
    );
  }
  if (found.state === 'failed') {
    const { message, hint, option } = found.error;
    // Shown beside its field.
    if (option === 'filter.where' || option === 'filter.sql') return <p class="quiet">Nothing found yet.</p>;
    return (
      <p class="field-problem">
        {message}
        {hint !== undefined && <span class="quiet"> {hint}</span>}
      </p>
    );
  }
  const { triangles, bounds } = found.set;
  if (triangles === 0) return <p>No triangle is left.</p>;
  const size =
    bounds === null
      ? []
      : [0, 1, 2].map((k) => formatLength(Number((bounds.max[k]! - bounds.min[k]!).toPrecision(4))));
  return (
    <>
      <p>
        <strong>{formatCount(triangles)}</strong> of {formatCount(total)}
        <span class="quiet">, {formatShare(triangles / Math.max(1, total))}</span>
      </p>
      <p class="quiet">{size.join(' × ')}</p>
    </>
  );
}

/** Moves the camera to what the filter keeps, or to the complete mesh. */
export function fitToResult(): void {
  const found = shownSet.value;
  const shown = mesh.value;
  if (found.state !== 'found' || found.set.bounds === null || shown === undefined) {
    scene.value?.rig.fit();
    return;
  }
  const { min, max } = found.set.bounds;
  const { center, size } = frameOf(shown);
  const along = (value: (axis: number) => number): [number, number, number] => [value(0), value(1), value(2)];
  scene.value?.rig.fitBox(
    along((axis) => ((min[axis]! + max[axis]!) / 2 - center[axis]!) / size),
    along((axis) => Math.max((max[axis]! - min[axis]!) / 2 / size, 1e-6)),
  );
}

/** Hides the rest, or dims it. */
export function toggleRest(): void {
  hidesRest.value = !hidesRest.value;
}

function formatShare(share: number): string {
  const percent = 100 * share;
  return percent > 0 && percent < 0.01 ? 'less than 0.01 %' : `${Number(percent.toPrecision(2))} %`;
}
