/** A camera that sees a mesh in perspective, from where it fills the picture. */
import { UsageError } from '../errors.js';
import { lengthOf } from '../geometry/linear.js';
import type { Vector } from '../geometry/numbers.js';
import type { VertexBatch } from '../mesh.js';

/** Directions from the mesh to the camera, for meshes whose z axis points up. */
export const VIEWS = {
  iso: [1, -1, 1],
  front: [0, -1, 0],
  back: [0, 1, 0],
  left: [-1, 0, 0],
  right: [1, 0, 0],
  top: [0, 0, 1],
  bottom: [0, 0, -1],
} as const satisfies Readonly<Record<string, Vector>>;

export type ViewName = keyof typeof VIEWS;
/** The axis that points up in the picture. */
export type UpAxis = 'y' | 'z';

/** Tangent of half the angle of view along the shorter side of the picture, which is 30 degrees. */
const TANGENT = 0.2679491924311227;
/** The share of the picture that the mesh may fill. */
const FILL = 0.94;
/** The least distance to the nearest vertex, as a share of the size of the mesh. */
const NEAREST = 1e-3;

export interface Camera {
  /** The axes of the picture, and the direction from the mesh to the camera, as unit vectors. */
  readonly right: Vector;
  readonly up: Vector;
  readonly back: Vector;
  /** Where the camera is, along these three axes. */
  readonly place: Vector;
  /** Pixels in the picture of a length of 1 at distance 1. */
  readonly focal: number;
  readonly width: number;
  readonly height: number;
}

/** Finds the nearest place from which all vertices are in the picture. */
export class Aim {
  private readonly right: Vector;
  private readonly up: Vector;
  private readonly back: Vector;
  private readonly focal: number;
  /** Tangents of half the angles across and along the picture. */
  private readonly tangents: readonly [number, number];
  /** How far vertices reach towards the four sides of the picture, and towards the camera and away from it. */
  private readonly reach = Float64Array.from({ length: 6 }, () => -Infinity);

  /** `view` is a name, or the direction from the mesh to the camera. Throws UsageError for a direction without a length. */
  constructor(
    view: ViewName | Vector,
    upAxis: UpAxis,
    private readonly width: number,
    private readonly height: number,
  ) {
    this.back = unit(typeof view === 'string' ? turn(VIEWS[view], upAxis) : view);
    const vertical: Vector = upAxis === 'y' ? [0, 1, 0] : [0, 0, 1];
    // Seen from above, what is farther away in the view from the front is up.
    const isVertical = Math.abs(dot(this.back, vertical)) > 0.999_999;
    this.right = unit(cross(isVertical ? turn(VIEWS.back, upAxis) : vertical, this.back));
    this.up = cross(this.back, this.right);
    this.focal = Math.min(width, height) / 2 / TANGENT;
    this.tangents = [(FILL * width) / 2 / this.focal, (FILL * height) / 2 / this.focal];
  }

  /** Takes vertices into account. */
  take({ count, positions }: VertexBatch): void {
    const { right, up, back, reach } = this;
    const [across, along] = this.tangents;
    for (let k = 0; k < 3 * count; k += 3) {
      const [x, y, z] = [positions[k]!, positions[k + 1]!, positions[k + 2]!];
      const h = x * right[0] + y * right[1] + z * right[2];
      const v = x * up[0] + y * up[1] + z * up[2];
      const near = x * back[0] + y * back[1] + z * back[2];
      reach[0] = Math.max(reach[0]!, near * across + h);
      reach[1] = Math.max(reach[1]!, near * across - h);
      reach[2] = Math.max(reach[2]!, near * along + v);
      reach[3] = Math.max(reach[3]!, near * along - v);
      reach[4] = Math.max(reach[4]!, near);
      reach[5] = Math.max(reach[5]!, 0 - near);
    }
  }

  /** Returns the camera, or undefined if a vertex is not finite or there is none. */
  camera(): Camera | undefined {
    const { right, up, back, focal, width, height, reach } = this;
    if (!reach.every(Number.isFinite)) return undefined;
    const [across, along] = this.tangents;
    const [east, west, north, south, near, far] = reach as unknown as readonly [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    // Two planes through the camera touch the mesh at opposite sides; where they meet is the camera.
    const fitted = Math.max((east + west) / 2 / across, (north + south) / 2 / along);
    const size = Math.max(near + far, fitted - near);
    const distance = Math.max(fitted, near + (size > 0 ? NEAREST * size : 1));
    return {
      right,
      up,
      back,
      place: [(east - west) / 2, (north - south) / 2, distance],
      focal,
      width,
      height,
    };
  }
}

/** Turns a direction for meshes whose z axis points up into one for meshes with another axis up. */
function turn([x, y, z]: Vector, upAxis: UpAxis): Vector {
  return upAxis === 'z' ? [x, y, z] : [x, z, 0 - y];
}

function mapAxes(value: (axis: number) => number): Vector {
  return [value(0), value(1), value(2)];
}

function unit(vector: Vector): Vector {
  const length = lengthOf(...vector);
  if (!(length > 0))
    throw new UsageError('the direction of the view has no length; expected one that is not 0,0,0');
  return mapAxes((d) => vector[d]! / length);
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
