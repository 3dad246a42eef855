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
        <div class="numbers">
          {AXES.map((axis, k) => (
            <>
              <span key={axis}>{axis}</span>
              <NumberField
                label={`from ${axis}`}
                value={shape.min[k]!}
                onChange={(value) => onChange({ ...shape, min: replace(shape.min, k, value) })}
              />
              <span>to</span>
              <NumberField
                label={`to ${axis}`}
                value={shape.max[k]!}
                onChange={(value) => onChange({ ...shape, max: replace(shape.max, k, value) })}
              />
            </>
          ))}
        </div>
      );
    case 'sphere':
      return (
        <div class="numbers">
          {AXES.map((axis, k) => (
            <>
              <span key={axis}>{axis}</span>
              <NumberField
                label={`center ${axis}`}
                value={shape.center[k]!}
                onChange={(value) => onChange({ ...shape, center: replace(shape.center, k, value) })}
              />
            </>
          ))}
          <span>r</span>
          <NumberField
            label="radius"
            value={shape.radius}
            min={0}
            onChange={(radius) => onChange({ ...shape, radius })}
          />
        </div>
      );
    case 'plane':
      return (
        <>
          <div class="numbers" title="ax + by + cz + d ≥ 0">
            {AXES.map((axis, k) => (
              <>
                <span key={axis}>{'abc'[k]}</span>
                <NumberField
                  label={`normal ${axis}`}
                  value={shape.normal[k]!}
                  onChange={(value) => onChange({ ...shape, normal: replace(shape.normal, k, value) })}
                />
              </>
            ))}
            <span>d</span>
            <NumberField
              label="offset"
              value={shape.offset}
              onChange={(offset) => onChange({ ...shape, offset })}
            />
          </div>
          <button
            type="button"
            onClick={() => {
              const [a, b, c] = shape.normal;
              onChange({ ...shape, normal: [0 - a, 0 - b, 0 - c], offset: 0 - shape.offset });
            }}
          >
            Keep the other side
          </button>
        </>
      );
  }
}

function replace([x, y, z]: Point, axis: number, value: number): [number, number, number] {
  return [axis === 0 ? value : x, axis === 1 ? value : y, axis === 2 ? value : z];
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
