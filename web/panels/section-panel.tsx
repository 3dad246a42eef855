/** The plane that cuts the mesh, and its contour. */

import { countOf, formatLength } from '../format.js';
import { saveFile, stemOf } from '../save-file.js';
import { toggleSection } from '../section.js';
import { axisOf, flip, middleOf, type Point, rangeOf, type SectionPlane } from '../section-plane.js';
import { toSvg } from '../section-svg.js';
import { contour, mesh, section, up as upAxis } from '../state.js';

const AXES = ['x', 'y', 'z'] as const;
/** Steps of the slider. */
const STEPS = 1000;

export function SectionPanel() {
  return (
    <>
      <label title="X">
        <input type="checkbox" checked={section.value !== undefined} onChange={toggleSection} />
        Cut the mesh
      </label>
      {section.value !== undefined && (
        <>
          <PlaneChoice plane={section.value} />
          <ContourFacts plane={section.value} />
        </>
      )}
    </>
  );
}

function PlaneChoice({ plane }: { readonly plane: SectionPlane }) {
  const bounds = mesh.value?.bounds;
  if (bounds === null || bounds === undefined) return null;
  const { normal, offset } = plane;
  const along = axisOf(normal);
  const turnTo = (next: Point) => {
    if (next.some((part) => part !== 0) && next.every(Number.isFinite))
      section.value = middleOf(next, bounds);
  };
  // Along an axis, the plane is at a coordinate whichever side is cut away.
  const sign = along?.isForward === false ? -1 : 1;
  const [low, high] = rangeOf(sign < 0 ? flip(plane).normal : normal, bounds);
  const move = (text: string) => {
    const value = Number(text);
    if (text !== '' && Number.isFinite(value)) section.value = { normal, offset: sign * value || 0 };
  };
  const place = sign * offset || 0;
  const title = along === undefined ? 'Offset' : AXES[along.axis]!;
  return (
    <>
      <div class="buttons three">
        {AXES.map((name, axis) => (
          <button
            key={name}
            type="button"
            aria-label={`Cut across ${name}`}
            aria-pressed={along?.axis === axis}
            title={`Cut across ${name}`}
            onClick={() =>
              along?.axis !== axis && turnTo([0, 1, 2].map((k) => (k === axis ? 1 : 0)) as never)
            }
          >
            {name}
          </button>
        ))}
      </div>
      <fieldset class="fields">
        <legend>Normal</legend>
        {AXES.map((name, axis) => (
          <input
            key={name}
            type="number"
            step="any"
            aria-label={`Normal ${name}`}
            value={normal[axis]}
            onChange={({ currentTarget }) => {
              const value = currentTarget.value === '' ? Number.NaN : Number(currentTarget.value);
              turnTo(normal.map((part, k) => (k === axis ? value : part)) as unknown as Point);
              // What is no plane is not kept.
              currentTarget.value = String(section.value?.normal[axis] ?? 0);
            }}
          />
        ))}
      </fieldset>
      <div class="field">
        <label for="section-offset">{title}</label>
        <input
          id="section-offset"
          type="number"
          step="any"
          value={Number(place.toPrecision(10))}
          onChange={({ currentTarget }) => move(currentTarget.value)}
        />
      </div>
      <input
        type="range"
        aria-label="Place of the plane"
        min={low}
        max={high}
        step={(high - low) / STEPS || 1}
        value={place}
        onInput={({ currentTarget }) => move(currentTarget.value)}
      />
      <button
        type="button"
        title="Cut the other side away"
        onClick={() => {
          section.value = flip(plane);
        }}
      >
        Flip
      </button>
    </>
  );
}

function ContourFacts({ plane }: { readonly plane: SectionPlane }) {
  const found = contour.value;
  if (found === undefined) return <p class="quiet">Computing the contour</p>;
  const { counts, closed, length, area, triangles, isComplete } = found;
  if (triangles === 0) return <p class="quiet">The plane misses the mesh.</p>;
  const loops = closed.reduce((sum, one) => sum + one, 0);
  const open = counts.length - loops;
  const save = () => {
    const svg = new Blob([toSvg(found, plane, upAxis.value, mesh.value?.name ?? 'mesh')], {
      type: 'image/svg+xml',
    });
    saveFile(svg, `${stemOf(mesh.value?.name ?? 'mesh')}-section.svg`);
  };
  return (
    <>
      <dl class="facts">
        <dt>contour</dt>
        <dd>
          {loops > 0 && countOf(loops, 'loop')}
          {loops > 0 && open > 0 && ', '}
          {(open > 0 || loops === 0) && countOf(open, 'open line')}
        </dd>
        <dt>length</dt>
        <dd>
          {!isComplete && 'at least '}
          {formatLength(length)}
        </dd>
        {area !== undefined && isComplete && (
          <>
            <dt>area inside</dt>
            <dd>{formatLength(area)}</dd>
          </>
        )}
      </dl>
      {!isComplete && (
        <p class="warning" role="status">
          The contour is incomplete: the plane crosses more than {countOf(triangles - 1, 'triangle')}.
        </p>
      )}
      <button class="wide" type="button" onClick={save} title="In the units of the mesh">
        Download SVG
      </button>
    </>
  );
}
