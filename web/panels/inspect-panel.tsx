/** What is picked: the triangle with its measures, its place in the source, its neighbors; a vertex; a distance. */

import type { PlaceAnswer, TriangleAnswer, VertexAnswer } from '../../src/view/wire/messages.js';
import { formatCount, formatLength } from '../format.js';
import {
  clearInspection,
  inspectTriangle,
  inspectVertex,
  lookAtPicked,
  measure,
  switchMeasuring,
} from '../inspect.js';
import { ends, isMeasuring, picked, pickNote, place, vertex } from '../state.js';
import { revealPart } from './parts-panel.js';

const CORNERS = ['a', 'b', 'c'] as const;
const EDGES = ['ab', 'bc', 'ca'] as const;

export function InspectPanel() {
  const triangle = picked.value;
  return (
    <>
      <div aria-live="polite">
        {pickNote.value !== undefined && <p class="note">{pickNote.value}</p>}
        {triangle === undefined && pickNote.value === undefined && (
          <p class="quiet">Click a triangle, or press Enter for the one at the center.</p>
        )}
        {triangle !== undefined && <h2>Triangle {triangle.id}</h2>}
      </div>
      {triangle !== undefined && <Triangle triangle={triangle} />}
      {vertex.value !== undefined && <Vertex vertex={vertex.value} />}
      <Measure />
    </>
  );
}

function Triangle({ triangle }: { readonly triangle: TriangleAnswer }) {
  const { corners, area, normal, edges, neighbors, parts, source, component } = triangle;
  return (
    <>
      <div class="buttons">
        <button type="button" title="Move the camera to the triangle" onClick={lookAtPicked}>
          Look at it
        </button>
        <button type="button" title="Esc" onClick={clearInspection}>
          Clear
        </button>
      </div>
      <table class="bounds corners">
        <caption class="hidden">Corners</caption>
        <thead>
          <tr>
            <th scope="col">vertex</th>
            <th scope="col">x</th>
            <th scope="col">y</th>
            <th scope="col">z</th>
          </tr>
        </thead>
        <tbody>
          {corners.map(({ vertex: id, position }, k) => (
            <tr key={CORNERS[k]}>
              <th scope="row">
                {CORNERS[k]}{' '}
                <button
                  class="link"
                  type="button"
                  title="Inspect the vertex"
                  onClick={() => void inspectVertex(id)}
                >
                  {id}
                </button>
              </th>
              {position.map((value, axis) => (
                <td key={axis}>{formatLength(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <dl class="facts">
        <dt>area</dt>
        <dd>{formatMeasure(area)}</dd>
        <dt>normal</dt>
        <dd>
          {normal === null ? 'none' : normal.map((value) => formatLength(Number(value.toFixed(4)))).join(' ')}
        </dd>
        {EDGES.map((name, k) => (
          <>
            <dt key={`${name} name`}>edge {name}</dt>
            <dd key={name}>{formatMeasure(edges[k] ?? null)}</dd>
          </>
        ))}
        {EDGES.map((name, k) => (
          <>
            <dt key={`${name} name`}>across {name}</dt>
            <dd key={name}>
              <Triangles ids={neighbors[k]!} none="boundary" />
            </dd>
          </>
        ))}
        {parts.map(({ id, kind, name }) => (
          <>
            <dt key={`${id} kind`}>{kind}</dt>
            <dd key={id}>
              <button
                class="link"
                type="button"
                title="Show it in the list of parts"
                onClick={() => revealPart(id)}
              >
                {name === '' ? '(no name)' : name}
              </button>
            </dd>
          </>
        ))}
        {component !== null && (
          <>
            <dt>component</dt>
            <dd>
              {component.id}, {formatCount(component.triangles)} triangles
            </dd>
          </>
        )}
        {source !== null && (
          <>
            <dt>source</dt>
            <dd class="path" title={source.path}>
              {source.path.split(/[/\\]/).at(-1)}
            </dd>
          </>
        )}
      </dl>
      <Place place={place.value} />
    </>
  );
}

/** Where the triangle is in its source. */
function Place({ place: found }: { readonly place: PlaceAnswer | undefined }) {
  if (found === undefined) return <p class="quiet">Looking it up in the source …</p>;
  if (!found.isFound) return <p class="note">{found.message}</p>;
  const { line, lines, offset, size, inside, text, isCut } = found;
  return (
    <div class="place">
      <p>
        {line === null
          ? `byte ${formatCount(offset)}, ${formatCount(size)} bytes`
          : `line ${formatCount(line)}`}
        {lines !== null && lines > 1 && ` to ${formatCount(line! + lines - 1)}`}
        {inside !== null && `, in ${inside}`}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <section tabIndex={0} aria-label="Text of the source">
        <pre>
          {text}
          {isCut && ' …'}
        </pre>
      </section>
    </div>
  );
}

function Vertex({ vertex: { id, position, triangles, count } }: { readonly vertex: VertexAnswer }) {
  return (
    <section aria-label={`Vertex ${id}`} class="vertex">
      <h2>Vertex {id}</h2>
      <p>{position.map(formatLength).join('  ')}</p>
      <p>
        {formatCount(count)} {count === 1 ? 'triangle' : 'triangles'}:{' '}
        <Triangles ids={triangles} none="none" />
        {count > triangles.length && ` and ${formatCount(count - triangles.length)} more`}
      </p>
    </section>
  );
}

/** Triangles as buttons. */
function Triangles({ ids, none }: { readonly ids: readonly number[]; readonly none: string }) {
  if (ids.length === 0) return <>{none}</>;
  return (
    <>
      {ids.map((id) => (
        <>
          <button
            key={id}
            class="link"
            type="button"
            title="Inspect the triangle"
            aria-label={`triangle ${id}`}
            onClick={() => void inspectTriangle(id)}
          >
            {id}
          </button>{' '}
        </>
      ))}
    </>
  );
}

function Measure() {
  const found = measure(ends.value);
  return (
    <>
      <button class="wide" type="button" title="M" aria-pressed={isMeasuring.value} onClick={switchMeasuring}>
        Measure a distance
      </button>
      {isMeasuring.value && found === undefined && (
        <p class="quiet" role="status">
          {ends.value.length === 0 ? 'Pick the first point.' : 'Pick the second point.'}
        </p>
      )}
      {found !== undefined && (
        <div role="status">
          <dl class="facts">
            <dt>distance</dt>
            <dd>{formatLength(found.distance)}</dd>
            {['dx', 'dy', 'dz'].map((name, axis) => (
              <>
                <dt key={`${name} name`}>{name}</dt>
                <dd key={name}>{formatLength(found.along[axis]!)}</dd>
              </>
            ))}
          </dl>
        </div>
      )}
    </>
  );
}

function formatMeasure(value: number | null): string {
  return value === null ? 'too large' : formatLength(value);
}
