/** The keys of the page: one list, which the help shows, too. */

import { stopFinding } from './filter/find-set.js';
import { toggleRest } from './filter/result.js';
import { FIRST_FIELD } from './filter/text-rows.js';
import { stepFlaw } from './flaws.js';
import { clearInspection, pickAt, switchMeasuring } from './inspect.js';
import { stopSql } from './sql/run-sql.js';
import { scene, sheet, showsEdges, showsHelp, showsSql } from './state.js';

export interface KeyBinding {
  /** The value of KeyboardEvent.key, and whether Shift is held. */
  readonly key: string;
  readonly shift?: boolean;
  /** What the help shows for the key, and for what it does; several bindings may share a line. */
  readonly shown: string;
  readonly does: string;
  readonly run: () => void;
}

const ORBIT_DEGREES = 7.5;
const PAN_SHARE = 0.06;
const ZOOM = 1.2;

const orbit = (key: string, right: number, up: number): KeyBinding => ({
  key,
  shown: 'Arrows',
  does: 'orbit',
  run: () => scene.value?.rig.orbit(right * ORBIT_DEGREES, up * ORBIT_DEGREES),
});

const pan = (key: string, right: number, up: number): KeyBinding => ({
  key,
  shift: true,
  shown: 'Shift + arrows',
  does: 'pan',
  run: () => scene.value?.rig.pan(right * PAN_SHARE, up * PAN_SHARE),
});

const zoom = (key: string, factor: number): KeyBinding => ({
  key,
  shown: '+ −',
  does: 'zoom',
  run: () => scene.value?.rig.zoom(factor),
});

const DIRECTIONS = ['front', 'back', 'left', 'right', 'top', 'bottom'] as const;

export const KEYS: readonly KeyBinding[] = [
  orbit('ArrowLeft', -1, 0),
  orbit('ArrowRight', 1, 0),
  orbit('ArrowUp', 0, 1),
  orbit('ArrowDown', 0, -1),
  pan('ArrowLeft', -1, 0),
  pan('ArrowRight', 1, 0),
  pan('ArrowUp', 0, 1),
  pan('ArrowDown', 0, -1),
  zoom('+', 1 / ZOOM),
  zoom('=', 1 / ZOOM),
  zoom('-', ZOOM),
  { key: 'f', shown: 'F', does: 'fit the view', run: () => scene.value?.rig.fit() },
  ...DIRECTIONS.map((direction, k) => ({
    key: String(k + 1),
    shown: '1 – 6',
    does: DIRECTIONS.join(', '),
    run: () => scene.value?.rig.fit(direction),
  })),
  {
    key: 'w',
    shown: 'W',
    does: 'wireframe',
    run: () => {
      showsEdges.value = !showsEdges.value;
    },
  },
  { key: 'h', shown: 'H', does: 'hide or dim the rest', run: toggleRest },
  {
    key: '/',
    shown: '/',
    does: 'filter',
    run: () => {
      sheet.value = 'left';
      // On a small screen, the panel appears first.
      setTimeout(() => document.getElementById(FIRST_FIELD)?.focus());
    },
  },
  {
    key: 's',
    shown: 'S',
    does: 'open or close SQL',
    run: () => {
      showsSql.value = !showsSql.value;
    },
  },
  { key: 'Enter', shown: 'Enter', does: 'pick at the center of the picture', run: () => void pickAt(0, 0) },
  { key: 'j', shown: 'J K', does: 'next and previous flaw', run: () => stepFlaw(1) },
  { key: 'k', shown: 'J K', does: 'next and previous flaw', run: () => stepFlaw(-1) },
  { key: 'm', shown: 'M', does: 'measure between two picks', run: switchMeasuring },
  {
    key: '?',
    shown: '?',
    does: 'show or hide this list',
    run: () => {
      showsHelp.value = !showsHelp.value;
    },
  },
  {
    key: 'Escape',
    shown: 'Esc',
    does: 'stop a filter or a query, close, then clear what is picked',
    run: () => {
      if (stopFinding()) return;
      stopSql();
      if (!showsHelp.value && sheet.value === undefined) clearInspection();
      showsHelp.value = false;
      sheet.value = undefined;
    },
  },
];

/** Where keys are text, or belong to what has the focus. */
const TYPING = 'input, textarea, select, [contenteditable], [role="slider"]';

/** What Enter presses. */
const PRESSED = 'button, summary, a';

/** Runs what the keys are bound to, for as long as the page is open. */
export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey, target } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (key !== 'Escape' && target instanceof Element && target.closest(TYPING) !== null) return;
    if (key === 'Enter' && target instanceof Element && target.closest(PRESSED) !== null) return;
    const wanted = key.length === 1 ? key.toLowerCase() : key;
    const binding = KEYS.find(
      (one) => one.key === wanted && (key.length === 1 || (one.shift ?? false) === shiftKey),
    );
    if (binding === undefined) return;
    event.preventDefault();
    binding.run();
  });
}
