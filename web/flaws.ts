/** Finds flaws, marks them in the picture, and flies from one to the next. */

import { computed, effect, signal, untracked } from '@preact/signals';
import type { ErrorAnswer, Flaw, FlawGroup, FlawKind } from '../src/view/wire/messages.js';
import { ApiError, findFlaws } from './api.js';
import { frameOf, pointToScene } from './pose.js';
import type { Shape } from './scene/mark-layer.js';
import { isCutAway } from './section-plane.js';
import { camera, mesh, scene, section, shownFlaw } from './state.js';

/** How a kind is shown: colors of Okabe and Ito, and a shape that no other kind has. */
export const FLAW_LOOKS: Readonly<
  Record<FlawKind, { readonly title: string; readonly color: string; readonly shape: Shape }>
> = {
  hole: { title: 'Holes', color: '#e69f00', shape: 'ring' },
  nonManifoldEdge: { title: 'Non-manifold edges', color: '#d55e00', shape: 'cross' },
  nonManifoldVertex: { title: 'Non-manifold vertices', color: '#cc79a7', shape: 'plus' },
  misorientedEdge: { title: 'Misoriented edges', color: '#56b4e9', shape: 'diamond' },
  degenerate: { title: 'Degenerate triangles', color: '#f0e442', shape: 'bar' },
  duplicate: { title: 'Duplicate triangles', color: '#009e73', shape: 'triangle' },
  smallShell: { title: 'Small shells', color: '#0072b2', shape: 'square' },
};

export type FlawSearchState =
  | { readonly state: 'idle' }
  | { readonly state: 'searching'; readonly share: number }
  | { readonly state: 'found'; readonly groups: readonly FlawGroup[]; readonly shells: number }
  | { readonly state: 'failed'; readonly error: ErrorAnswer };

export const flawSearch = signal<FlawSearchState>({ state: 'idle' });
/** Kinds that are not marked in the picture. */
export const hiddenKinds = signal<ReadonlySet<FlawKind>>(new Set());
/** All listed flaws of the kinds that are shown, group after group. */
export const allFlaws = computed<readonly { readonly kind: FlawKind; readonly flaw: Flaw }[]>(() => {
  const search = flawSearch.value;
  if (search.state !== 'found') return [];
  const shown = search.groups.filter(({ kind }) => !hiddenKinds.value.has(kind));
  return shown.flatMap(({ kind, items }) => items.map((flaw) => ({ kind, flaw })));
});

/** The place of the flaw that was flown to, among {@link allFlaws}; undefined if it is none of them. */
export const currentFlaw = computed<number | undefined>(() => {
  const wanted = shownFlaw.value;
  if (wanted === undefined) return undefined;
  const all = allFlaws.value;
  const place = all.findIndex(({ kind }) => kind === wanted.kind) + wanted.number - 1;
  return all[place]?.kind === wanted.kind ? place : undefined;
});

/** Whether the section cuts the current flaw away. */
export const isFlawCut = computed(() => {
  const { min, max } = allFlaws.value[currentFlaw.value ?? -1]?.flaw.bounds ?? {};
  if (min === undefined || max === undefined) return false;
  return isCutAway([0, 1, 2].map((axis) => min[axis]! / 2 + max[axis]! / 2) as never, section.value);
});

/** The least part of the mesh that is looked at around a flaw. */
const RADIUS_MIN = 0.004;
/** Sizes of marks, in pixels of the page. */
const MARK_PIXELS = 20;
const CURRENT_PIXELS = 40;

let searching: AbortController | undefined;

/** Searches for flaws. */
export async function searchFlaws(): Promise<void> {
  const version = mesh.value?.version;
  if (version === undefined || flawSearch.value.state === 'searching') return;
  const own = new AbortController();
  searching = own;
  flawSearch.value = { state: 'searching', share: 0 };
  try {
    for await (const message of findFlaws(version, own.signal)) {
      if (own.signal.aborted) return;
      if (message.type === 'progress') flawSearch.value = { state: 'searching', share: message.share };
      else if (message.type === 'failed') flawSearch.value = { state: 'failed', error: message.error };
      else flawSearch.value = { state: 'found', groups: message.groups, shells: message.shells };
    }
    if (flawSearch.value.state === 'searching') throw new Error('the server is out of reach');
  } catch (error) {
    if (own.signal.aborted) return;
    const known = error instanceof ApiError ? error : { message: 'the server is out of reach', code: 'GONE' };
    flawSearch.value = { state: 'failed', error: known };
  }
}

/** Ends the search. */
export function stopFlaws(): void {
  searching?.abort();
  flawSearch.value = { state: 'idle' };
  shownFlaw.value = undefined;
}

/** Flies to the next flaw, or to the one before; searches for them first. */
export async function stepFlaw(by: 1 | -1): Promise<void> {
  if (flawSearch.value.state === 'idle' || flawSearch.value.state === 'failed') await searchFlaws();
  const count = allFlaws.value.length;
  if (count === 0) return;
  const current = currentFlaw.value ?? (by === 1 ? -1 : 0);
  flyToFlaw((current + by + count) % count);
}

/** Flies to a flaw by its place among {@link allFlaws}. */
export function flyToFlaw(index: number): void {
  const entry = allFlaws.value[index];
  const [picture, shown] = [scene.value, mesh.value];
  if (entry === undefined || picture === undefined || shown === undefined) return;
  const { kind } = entry;
  const first = allFlaws.value.findIndex((one) => one.kind === kind);
  shownFlaw.value = { kind, number: index - first + 1 };
  const { min, max } = entry.flaw.bounds;
  const radius = Math.hypot(...[0, 1, 2].map((axis) => (max[axis]! - min[axis]!) / 2)) / frameOf(shown).size;
  picture.rig.lookAt(centerOf(entry.flaw), Math.max(radius, RADIUS_MIN), entry.flaw.normal);
}

/** Shows or hides the marks of a kind. */
export function switchKind(kind: FlawKind): void {
  const next = new Set(hiddenKinds.value);
  if (!next.delete(kind)) next.add(kind);
  shownFlaw.value = undefined;
  hiddenKinds.value = next;
}

/** Searches for the flaw that the URL names, and flies to it unless the URL has the camera. */
async function restoreFlaw(): Promise<void> {
  const flies = camera.peek() === undefined;
  await searchFlaws();
  if (flawSearch.value.state !== 'found') return;
  const index = currentFlaw.value;
  if (index === undefined) shownFlaw.value = undefined;
  else if (flies) flyToFlaw(index);
}

/** Keeps the marks in the picture up to date, for as long as the page is open. */
export function keepFlaws(): void {
  let version: string | undefined;
  effect(() => {
    const next = mesh.value?.version;
    if (version !== undefined && next !== version) stopFlaws();
    else if (version === undefined && next !== undefined && shownFlaw.peek() !== undefined)
      untracked(() => void restoreFlaw());
    version = next;
  });
  effect(() => {
    const [picture, shown, search] = [scene.value, mesh.value, flawSearch.value];
    if (picture === undefined || shown === undefined) return;
    for (const [kind, { color, shape }] of Object.entries(FLAW_LOOKS)) {
      const group = search.state === 'found' ? search.groups.find((one) => one.kind === kind) : undefined;
      const items = group === undefined || hiddenKinds.value.has(group.kind) ? [] : group.items;
      const points = items.flatMap((flaw) => [...centerOf(flaw)]);
      const lines = items.flatMap(({ lines: ends }) => linesToScene(ends));
      picture.marks.set(`flaw-${kind}`, {
        color,
        shape,
        points,
        pixels: MARK_PIXELS,
        lines,
        lineWidth: 3,
        hiddenOpacity: 0.35,
      });
    }
  });
  effect(() => {
    const [picture, entry] = [scene.value, allFlaws.value[currentFlaw.value ?? -1]];
    if (picture === undefined) return;
    const points = entry === undefined ? [] : [...centerOf(entry.flaw)];
    const color = entry === undefined ? '#000000' : FLAW_LOOKS[entry.kind].color;
    const lines = entry === undefined ? [] : linesToScene(entry.flaw.lines);
    picture.marks.set('flaw', {
      color,
      shape: 'ring',
      points,
      pixels: CURRENT_PIXELS,
      lines,
      lineWidth: 5,
      hiddenOpacity: 1,
    });
  });
}

function linesToScene(ends: readonly number[]): number[] {
  const scaled: number[] = [];
  for (let at = 0; at < ends.length; at += 3)
    scaled.push(...pointToScene([ends[at]!, ends[at + 1]!, ends[at + 2]!], mesh.peek()!));
  return scaled;
}

/** The center of the box of a flaw, in scene units. */
function centerOf({ bounds: { min, max } }: Flaw): readonly [number, number, number] {
  const middle = (axis: 0 | 1 | 2) => min[axis] / 2 + max[axis] / 2;
  return pointToScene([middle(0), middle(1), middle(2)], mesh.peek()!);
}
