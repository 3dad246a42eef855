/** Boxes, spheres and planes of the filter, with their numbers. */

import type { Shape } from '../../src/geometry/shapes.js';
import type { MeshAnswer, WireBounds } from '../../src/view/wire/messages.js';
import { filter, mesh, shownSet } from '../state.js';
import { dropPart, makeShape, setItem } from './filter-parts.js';
import { NumberField } from './number-field.js';
import { RemoveButton } from './remove-button.js';

type Point = readonly [x: number, y: number, z: number];

const AXES = ['x', 'y', 'z'] as const;
const TITLES = { box: 'Box', sphere: 'Sphere', plane: 'Plane' } as const;

export function ShapeRows() {
  const shapes = filter.value.shapes ?? [];
  if (shapes.length === 0) return null;
  const touches = shapes.some(({ touching }) => touching);
  return (
    <>
      {shapes.map((shape, index) => (
        <fieldset key={index} class="shape">
          <legend>
            {TITLES[shape.kind]}
            <RemoveButton
              what={TITLES[shape.kind].toLowerCase()}
              onClick={() => {
                filter.value = dropPart(filter.value, { name: 'shapes', index });
              }}
            />
          </legend>
          <ShapeFields
            shape={shape}
            onChange={(next) => {
              filter.value = setItem(filter.value, 'shapes', index, next);
            }}
          />
        </fieldset>
      ))}
      <label title="Also keep triangles that are partly inside">
        <input
          type="checkbox"
          checked={touches}
          onChange={() => {
            filter.value = { ...filter.value, shapes: shapes.map((one) => ({ ...one, touching: !touches })) };
          }}
        />
        Also what touches
      </label>
    </>
  );
}

function ShapeFields({
  shape,
  onChange,
}: {
  readonly shape: Shape;
  readonly onChange: (shape: Shape) => void;
}) {
  switch (shape.kind) {
    case 'box':
      return (
        <>
          <Triple label="from" value={shape.min} onChange={(min) => onChange({ ...shape, min })} />
          <Triple label="to" value={shape.max} onChange={(max) => onChange({ ...shape, max })} />
        </>
      );
    case 'sphere':
      return (
        <>
          <Triple label="center" value={shape.center} onChange={(center) => onChange({ ...shape, center })} />
          <div class="numbers">
            <span>radius</span>
            <NumberField
              label="radius"
              value={shape.radius}
              min={0}
              onChange={(radius) => onChange({ ...shape, radius })}
            />
          </div>
        </>
      );
    case 'plane':
      return (
        <>
          <Triple label="normal" value={shape.normal} onChange={(normal) => onChange({ ...shape, normal })} />
          <div class="numbers">
            <span>offset</span>
            <NumberField
              label="offset"
              value={shape.offset}
              onChange={(offset) => onChange({ ...shape, offset })}
            />
            <button
              type="button"
              title="Keep the other side"
              onClick={() => {
                const [a, b, c] = shape.normal;
                onChange({ ...shape, normal: [0 - a, 0 - b, 0 - c], offset: 0 - shape.offset });
              }}
            >
              Flip
            </button>
          </div>
        </>
      );
  }
}

interface TripleProps {
  readonly label: string;
  readonly value: Point;
  readonly onChange: (value: [number, number, number]) => void;
}

function Triple({ label, value, onChange }: TripleProps) {
  return (
    <div class="numbers">
      <span>{label}</span>
      {AXES.map((axis, k) => (
        <NumberField
          key={axis}
          label={`${label} ${axis}`}
          value={value[k]!}
          onChange={(next) => {
            const [x, y, z] = value;
            onChange([k === 0 ? next : x, k === 1 ? next : y, k === 2 ? next : z]);
          }}
        />
      ))}
    </div>
  );
}

/** Adds a shape in the middle of what is shown, half as large. */
export function addShape(kind: Shape['kind']): void {
  const { shapes = [] } = filter.value;
  const touching = shapes.some((shape) => shape.touching);
  const bounds = boundsOfShown(mesh.value);
  if (bounds === null) return;
  filter.value = { ...filter.value, shapes: [...shapes, makeShape(kind, bounds, touching)] };
}

function boundsOfShown(shown: MeshAnswer | undefined): WireBounds | null {
  const known = shownSet.value.state === 'found' ? shownSet.value.set.bounds : null;
  return known ?? shown?.bounds ?? null;
}
