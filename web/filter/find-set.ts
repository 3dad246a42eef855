/**
 * Keeps the shown set of triangles up to date: asks the server a moment after the filter has changed, gives up the former
 * question, and tells the picture.
 */

import { effect, untracked } from '@preact/signals';
import { ApiError, postSet } from '../api.js';
import { filter, mesh, returns, scene, shownSet } from '../state.js';
import { cleanFilter } from './filter-parts.js';

/** The time from the last change of the filter to the question, in milliseconds. */
const DEBOUNCE_MS = 250;

/** The code of an error of the connection. */
const GONE = 'GONE';

let asking = new AbortController();

/** Follows the filter for as long as the page is open. */
export function followFilter(): void {
  let before = '';
  effect(() => {
    const version = mesh.value?.version;
    const picture = scene.value;
    const wanted = JSON.stringify([version, picture !== undefined, cleanFilter(filter.value)]);
    if (version === undefined || wanted === before) return;
    const isTyped = before !== '' && shownSet.peek().state !== 'all';
    before = wanted;
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    setTimeout(() => !signal.aborted && void find(signal), isTyped ? DEBOUNCE_MS : 0);
  });
  effect(() => {
    if (returns.value > 0 && isUnanswered()) untracked(findAgain);
  });
}

/** Whether there is no answer, or none any more, because the server was gone. */
function isUnanswered(): boolean {
  const found = shownSet.peek();
  return found.state === 'finding' || (found.state === 'failed' && found.error.code === GONE);
}

/** Asks again: the server has forgotten the set, or the question was stopped. */
export function findAgain(): void {
  asking.abort();
  asking = new AbortController();
  void find(asking.signal);
}

/** Gives up the present question. Returns whether there was one. */
export function stopFinding(): boolean {
  if (shownSet.value.state !== 'finding') return false;
  asking.abort();
  shownSet.value = { state: 'stopped' };
  return true;
}

async function find(signal: AbortSignal): Promise<void> {
  const wanted = cleanFilter(filter.value);
  if (Object.keys(wanted).length === 0) {
    shownSet.value = { state: 'all' };
    scene.value?.keep(undefined);
    return;
  }
  shownSet.value = { state: 'finding' };
  try {
    const set = await postSet(wanted, mesh.value!.version, signal);
    if (signal.aborted) return;
    shownSet.value = { state: 'found', set };
    scene.value?.keep(set.id);
  } catch (error) {
    if (signal.aborted) return;
    // A mesh that has changed comes with an event, and then the question is asked again.
    if (error instanceof ApiError) {
      const { message, code, hint, option } = error;
      shownSet.value = { state: 'failed', error: { message, code, hint, option } };
    } else {
      shownSet.value = { state: 'failed', error: { message: 'the server cannot be reached', code: GONE } };
    }
  }
}
