/** The flaws of the mesh by kind, with their sizes; each is a button that flies to it. */

import { useEffect, useRef } from 'preact/hooks';
import type { Flaw, FlawGroup, FlawKind } from '../../src/view/wire/messages.js';
import {
  allFlaws,
  currentFlaw,
  FLAW_LOOKS,
  flawSearch,
  flyToFlaw,
  hiddenKinds,
  isFlawCut,
  searchFlaws,
  stepFlaw,
  stopFlaws,
  switchKind,
} from '../flaws.js';
import { countOf, formatCount, formatLength } from '../format.js';
import { mesh } from '../state.js';

/** The most flaws in the list of a kind. */
const LISTED = 200;

export function FlawsPanel() {
  const search = flawSearch.value;
  if (search.state === 'searching') {
    return (
      <>
        <progress aria-label="Searching for flaws" value={search.share} max={1} />
        <button class="wide" type="button" onClick={stopFlaws}>
          Stop
        </button>
      </>
    );
  }
  if (search.state !== 'found') {
    return (
      <>
        {search.state === 'failed' && (
          <p class="note" role="alert">
            {search.error.message}
            {search.error.hint !== undefined && <span class="quiet"> {search.error.hint}</span>}
          </p>
        )}
        <button
          class="wide"
          type="button"
          disabled={mesh.value === undefined}
          onClick={() => void searchFlaws()}
        >
          Find flaws
        </button>
      </>
    );
  }
  const groups = search.groups.filter(({ count }) => count > 0);
  if (groups.length === 0) {
    return <p role="status">No flaws: the mesh is closed and manifold, with consistent winding.</p>;
  }
  return (
    <>
      <div class="buttons">
        <button type="button" title="K" onClick={() => void stepFlaw(-1)}>
          Previous
        </button>
        <button type="button" title="J" onClick={() => void stepFlaw(1)}>
          Next
        </button>
      </div>
      <p class="quiet" role="status">
        {currentFlaw.value === undefined
          ? 'J and K fly from one to the next.'
          : `Flaw ${formatCount(currentFlaw.value + 1)} of ${formatCount(allFlaws.value.length)}`}
        {isFlawCut.value && ', cut away by the section'}
      </p>
      <div>
        {groups.map((group) => (
          <Group key={group.kind} group={group} />
        ))}
      </div>
    </>
  );
}

function Group({ group: { kind, count, items, isPartial } }: { readonly group: FlawGroup }) {
  const { title } = FLAW_LOOKS[kind];
  const isHidden = hiddenKinds.value.has(kind);
  const first = isHidden ? 0 : allFlaws.value.findIndex((entry) => entry.kind === kind);
  const current = isHidden ? undefined : currentFlaw.value;
  const shown = items.slice(0, LISTED);
  // The one that was flown to is listed, too.
  const place = current === undefined ? -1 : current - first;
  const isBeyond = place >= LISTED && place < items.length;
  const left = count - shown.length;
  return (
    <details class="flaw-group" open={place >= 0 && place < items.length}>
      <summary>
        <KindMark kind={kind} />
        <span class="name">{title}</span>
        <span>
          {isPartial && 'at least '}
          {formatCount(count)}
        </span>
      </summary>
      <label>
        <input type="checkbox" checked={!isHidden} onChange={() => switchKind(kind)} />
        Mark in the picture
      </label>
      {!isHidden && (
        <ul class="list" aria-label={title}>
          {shown.map((flaw, k) => (
            <Item key={flaw.triangles[0]} kind={kind} flaw={flaw} index={first + k} isCurrent={k === place} />
          ))}
          {isBeyond && <Item kind={kind} flaw={items[place]!} index={first + place} isCurrent={true} />}
          {left > 0 && <li class="quiet">{formatCount(left)} more are not listed</li>}
        </ul>
      )}
    </details>
  );
}

interface ItemProps {
  readonly kind: FlawKind;
  readonly flaw: Flaw;
  readonly index: number;
  readonly isCurrent: boolean;
}

function Item({ kind, flaw, index, isCurrent }: ItemProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isCurrent) button.current!.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);
  const [what, size] = describe(kind, flaw);
  return (
    <li>
      <button ref={button} type="button" aria-current={isCurrent} onClick={() => flyToFlaw(index)}>
        <span>{what}</span>
        <span>{size}</span>
      </button>
    </li>
  );
}

/** What a flaw is, and its size. */
function describe(kind: FlawKind, { size, count, triangles, vertices }: Flaw): readonly [string, string] {
  if (kind === 'hole') return [countOf(count, 'edge'), `length ${formatLength(size)}`];
  if (kind === 'smallShell') return [countOf(count, 'triangle'), `area ${formatLength(size)}`];
  if (kind === 'nonManifoldVertex') return [`vertex ${vertices[0]}`, ''];
  if (kind === 'duplicate') return [`triangle ${triangles.at(-1)}`, `area ${formatLength(size)}`];
  if (kind === 'degenerate') return [`triangle ${triangles[0]}`, `length ${formatLength(size)}`];
  return [`edge ${vertices.join('–')}`, `length ${formatLength(size)}`];
}

/** The shape and the color of a kind, as in the picture. */
function KindMark({ kind }: { readonly kind: FlawKind }) {
  const { color, shape } = FLAW_LOOKS[kind];
  const line = { fill: 'none', stroke: color, 'stroke-width': 2.6 };
  return (
    <svg width="15" height="15" viewBox="0 0 16 16" aria-hidden="true">
      {shape === 'ring' && <circle cx="8" cy="8" r="5" {...line} />}
      {shape === 'cross' && <path d="M3 3 13 13M13 3 3 13" {...line} />}
      {shape === 'plus' && <path d="M8 2V14M2 8H14" {...line} />}
      {shape === 'diamond' && <path d="M8 2.5 13.5 8 8 13.5 2.5 8Z" {...line} />}
      {shape === 'bar' && <path d="M2.5 5.5H13.5M2.5 10.5H13.5" {...line} />}
      {shape === 'triangle' && <path d="M8 3 13.5 12.5H2.5Z" {...line} />}
      {shape === 'square' && <path d="M3 3H13V13H3Z" {...line} />}
    </svg>
  );
}
