/**
 * The state of the page, as signals. Components read them; what the user does sets them. The view (camera, colors) is also
 * in the fragment of the URL.
 */

import { computed, effect, signal } from '@preact/signals';
import type {
  CoarseAnswer,
  ColumnAnswer,
  ErrorAnswer,
  MeshAnswer,
  PlaceAnswer,
  SetAnswer,
  ShownFilter,
  TriangleAnswer,
  VertexAnswer,
  ViewState,
  WirePoint,
} from '../src/view/wire/messages.js';
import type { SectionAnswer } from '../src/view/wire/section-bytes.js';
import { readShownFilter } from '../src/view/wire/shown-filter.js';
import { parseNumbers, readFragment, writeFragment } from './fragment.js';
import type { Pose, UpAxis } from './scene/camera-rig.js';
import { COLOR_MODES, type ColorMode } from './scene/material.js';
import type { MeshScene, SceneStatus } from './scene/mesh-scene.js';
import type { Point, SectionPlane } from './section-plane.js';

/** Whether the server answers: not yet, now, no longer; or it refuses the token. */
export type Connection = 'connecting' | 'open' | 'gone' | 'refused';

export const connection = signal<Connection>('connecting');
/** Counts how often the server came back: what has failed meanwhile is asked for again. */
export const returns = signal(0);
/** What the server shows or prepares; undefined until it has said so. */
export const view = signal<ViewState | undefined>(undefined);
/** The mesh on show; undefined until it is known. */
export const mesh = signal<MeshAnswer | undefined>(undefined);
/** What is drawn before the mesh is ready, if anything. */
export const coarse = signal<CoarseAnswer | undefined>(undefined);
/** What is drawn: the mesh, or a coarse one. */
export const drawn = computed(() => mesh.value ?? coarse.value);
/** Memory of the server, and its limit, in bytes. */
export const memory = signal<{ readonly used: number; readonly limit: number } | undefined>(undefined);
/** The last error of loading or drawing. */
export const problem = signal<ErrorAnswer | undefined>(undefined);

/** The picture; undefined before it exists, and without WebGL. */
export const scene = signal<MeshScene | undefined>(undefined);
export const hasWebgl = signal(true);
/** Whether the graphics card has lost the picture, and not given it back yet. */
export const isPictureLost = signal(false);
export const status = signal<SceneStatus | undefined>(undefined);
/** The camera in the units of the mesh; undefined for the first view. */
export const camera = signal<Pose | undefined>(undefined);
/** The axis of the mesh that points up. */
export const up = signal<UpAxis>('z');
/** Counts moves of the camera, for what is drawn over the picture. */
export const moved = signal(0);

export const color = signal<ColorMode>('plain');
/** The column of the color mode `column`, the range of its values, and whether it is being computed. */
export const column = signal('area');
export const columnRange = signal<ColumnAnswer | undefined>(undefined);
export const isComputing = signal(false);
/** The values that get the first and the last color of the scale; undefined for those that suit the column. */
export interface ScaleEnds {
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}
export const scaleEnds = signal<ScaleEnds>({});
export const isLit = signal(true);
/** Whether the normals of the source shade the mesh, if it has some. */
export const isSmooth = signal(false);
/** Whether the mesh has normals of the source. */
export const hasNormals = computed(() => mesh.value?.columns.some(({ kind }) => kind === 'normal') ?? false);
export const showsEdges = signal(false);

/** Which triangles are shown: the filter of an export, with names of saved filters; empty for all. */
export const filter = signal<ShownFilter>({});
/** Whether the rest is hidden instead of dimmed. */
export const hidesRest = signal(false);

/** What is known of the triangles of the filter. */
export type SetState =
  | { readonly state: 'all' }
  | { readonly state: 'finding' }
  | { readonly state: 'stopped' }
  | { readonly state: 'found'; readonly set: SetAnswer }
  | { readonly state: 'failed'; readonly error: ErrorAnswer };
export const shownSet = signal<SetState>({ state: 'all' });

/** Whether the SQL panel is open, and the text of its query. */
export const showsSql = signal(false);
export const sqlText = signal('');
/** What is inspected: a triangle, or one of its vertices. */
export const picked = signal<TriangleAnswer | undefined>(undefined);
export const vertex = signal<VertexAnswer | undefined>(undefined);
/** Where the picked triangle is in its source; undefined until that is known. */
export const place = signal<PlaceAnswer | undefined>(undefined);
/** What became of the last pick, if there is nothing to show for it. */
export const pickNote = signal<string | undefined>(undefined);
/** The id of the triangle that the URL names, before and after it is loaded. */
export const pickedId = signal<number | undefined>(undefined);

/** The flaw that was flown to: its kind, and its number in the list of the kind, from 1. */
export const shownFlaw = signal<{ readonly kind: string; readonly number: number } | undefined>(undefined);

/** Whether picks are ends of a distance, and up to two of them, in the units of the mesh. */
export const isMeasuring = signal(false);
export const ends = signal<readonly WirePoint[]>([]);
/** The plane that cuts the mesh, if any; the one before; and the contour, once it is known. */
export const section = signal<SectionPlane | undefined>(undefined);
export const lastSection = signal<SectionPlane | undefined>(undefined);
export const contour = signal<SectionAnswer | undefined>(undefined);

/** Which panels are open on a small screen. */
export const sheet = signal<'left' | 'right' | undefined>(undefined);
/** Whether the list of keys is shown. */
export const showsHelp = signal(false);

/** How the mesh is drawn. */
export const look = computed(() => ({
  color: color.value,
  isLit: isLit.value,
  showsEdges: showsEdges.value,
}));

const COLUMN = 'column:';

/** Takes the view from the fragment of the URL. */
export function takeFragment(): void {
  const parts = readFragment();
  const pose = parseNumbers(parts.get('camera'), 6);
  if (pose !== undefined) {
    const [x, y, z, u, v, w] = pose as [number, number, number, number, number, number];
    camera.value = { position: [x, y, z], target: [u, v, w] };
  }
  const id = parseNumbers(parts.get('pick'), 1)?.[0];
  if (id !== undefined && Number.isSafeInteger(id) && id >= 0) pickedId.value = id;
  const [, kind, number] = /^(\w+):(\d{1,9})$/.exec(parts.get('flaw') ?? '') ?? [];
  if (kind !== undefined) shownFlaw.value = { kind, number: Number(number) };
  const [ax, ay, az, bx, by, bz] = parseNumbers(parts.get('measure'), 6) ?? [];
  if (bz !== undefined)
    ends.value = [
      [ax!, ay!, az!],
      [bx!, by!, bz],
    ];
  isMeasuring.value = bz !== undefined;
  up.value = parts.get('up') === 'y' ? 'y' : 'z';
  const mode = parts.get('color') ?? 'plain';
  if (mode.startsWith(COLUMN)) {
    color.value = 'column';
    column.value = mode.slice(COLUMN.length);
  } else if (Object.hasOwn(COLOR_MODES, mode)) {
    color.value = mode as ColorMode;
  }
  const [low, high] = (parts.get('scale') ?? '').split(',').map(parseEnd);
  scaleEnds.value = { low, high };
  const plane = parseNumbers(parts.get('section'), 4);
  if (plane?.slice(0, 3).some((part) => part !== 0)) {
    section.value = { normal: plane.slice(0, 3) as unknown as Point, offset: plane[3]! };
  }
  showsEdges.value = parts.get('edges') === '1';
  isLit.value = parts.get('lit') !== '0';
  isSmooth.value = parts.get('smooth') === '1';
  filter.value = parseFilter(parts.get('filter'));
  hidesRest.value = parts.get('rest') === 'hidden';
  // It is shown but not run: a link must not make this machine work.
  showsSql.value = parts.has('sql');
  sqlText.value = parts.get('sql') ?? '';
}

/** Reads an end of the scale of colors; undefined for none. */
function parseEnd(text: string): number | undefined {
  return parseNumbers(text === '' ? null : text, 1)?.[0];
}

/** Reads a filter from the fragment; none if another program has written something else there. */
function parseFilter(text: string | null): ShownFilter {
  try {
    return readShownFilter(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}

/** Keeps the fragment of the URL up to date. */
export function keepFragment(): void {
  effect(() => {
    const pose = camera.value;
    const plane = section.value;
    writeFragment({
      camera: pose === undefined ? undefined : [...pose.position, ...pose.target].map(shorten).join(','),
      up: up.value === 'z' ? undefined : up.value,
      color: describeColor(),
      scale: describeScale(),
      section: plane === undefined ? undefined : [...plane.normal, plane.offset].map(shorten).join(','),
      edges: showsEdges.value ? '1' : undefined,
      lit: isLit.value ? undefined : '0',
      smooth: isSmooth.value ? '1' : undefined,
      filter: Object.keys(filter.value).length === 0 ? undefined : JSON.stringify(filter.value),
      rest: hidesRest.value ? 'hidden' : undefined,
      sql: showsSql.value ? sqlText.value : undefined,
      pick: pickedId.value?.toString(),
      flaw: shownFlaw.value && `${shownFlaw.value.kind}:${shownFlaw.value.number}`,
      measure: ends.value.length === 2 ? ends.value.flat().join(',') : undefined,
    });
  });
}

/** The color in the fragment: `height`, or `column:area`. */
function describeColor(): string | undefined {
  if (color.value === 'column') return `${COLUMN}${column.value}`;
  return color.value === 'plain' ? undefined : color.value;
}

/** The ends of the scale of colors in the fragment, if any was typed: `0,2.5`, or `,2.5` for the last one alone. */
function describeScale(): string | undefined {
  const { low, high } = scaleEnds.value;
  if (color.value !== 'column' || (low === undefined && high === undefined)) return undefined;
  return `${low ?? ''},${high ?? ''}`;
}

/** Ten digits are more than a screen can show. */
function shorten(value: number): string {
  return String(Number(value.toPrecision(10)));
}
