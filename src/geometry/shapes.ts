/**
 * Boxes, spheres and half-spaces that select triangles. Other modules decide which triangles are tested.
 *
 * A shape includes its boundary. A triangle without area is treated as a segment or a point.
 */
import { UsageError } from '../errors.js';
import type { Bounds } from '../mesh.js';
import { finite, flag, listOf, variant } from '../options.js';
import { parseNumbers } from './numbers.js';

type Vector = readonly [number, number, number];

/** Selects triangles completely inside, or `touching` it with at least one point. Plain data, all finite. */
export type Shape = BoxShape | SphereShape | PlaneShape;

export interface BoxShape {
  readonly kind: 'box';
  readonly min: Vector;
  readonly max: Vector;
  readonly touching: boolean;
}

export interface SphereShape {
  readonly kind: 'sphere';
  readonly center: Vector;
  readonly radius: number;
  readonly touching: boolean;
}

/** The side of a plane with a x + b y + c z + d >= 0; `normal` is a, b, c and `offset` is d. */
export interface PlaneShape {
  readonly kind: 'plane';
  readonly normal: Vector;
  readonly offset: number;
  readonly touching: boolean;
}

const vector = listOf<number, Vector>(finite, 'numbers', 3);

/** The rule for a {@link Shape}. */
export const SHAPE = variant<Shape, 'kind'>('kind', {
  box: { min: vector, max: vector, touching: flag },
  sphere: { center: vector, radius: finite, touching: flag },
  plane: { normal: vector, offset: finite, touching: flag },
});

/** Whether a triangle meets a condition; `t` are its corners ax ay az bx by bz cx cy cz. */
export type ShapeTest = (t: Float64Array) => boolean;

/** The square of a smaller length may be 0. */
const SQUARE_LOST = 1e-160;

/** Compiles the condition of a shape to a function. */
export function compileShape(shape: Shape): ShapeTest {
  switch (shape.kind) {
    case 'box':
      return compileBox(shape);
    case 'sphere':
      return compileSphere(shape);
    case 'plane':
      return compilePlane(shape);
  }
}

/** Returns a box that the bounding box of every matching triangle meets, if there is one. */
export function shapeBounds(shape: Shape): Bounds | undefined {
  switch (shape.kind) {
    case 'box':
      return { min: shape.min, max: shape.max };
    case 'sphere': {
      const { center, radius } = shape;
      // Wider by the error of the test itself: rounding, and squares too small for a float64.
      const reach = (k: 0 | 1 | 2) =>
        radius + 4 * Number.EPSILON * (Math.abs(center[k]) + radius) + SQUARE_LOST;
      return {
        min: [center[0] - reach(0), center[1] - reach(1), center[2] - reach(2)],
        max: [center[0] + reach(0), center[1] + reach(1), center[2] + reach(2)],
      };
    }
    case 'plane':
      return undefined;
  }
}

/** Throws UsageError for an invalid shape. */
export function checkShape(shape: Shape): void {
  switch (shape.kind) {
    case 'box':
      checkNumbers([...shape.min, ...shape.max], 6, 'box');
      for (const k of [0, 1, 2] as const) {
        const [min, max] = [shape.min[k], shape.max[k]];
        if (min <= max) continue;
        throw new UsageError(
          `the box ends before it begins in ${'xyz'[k]}, from ${min} to ${max}; expected the lower corner first`,
        );
      }
      return;
    case 'sphere':
      checkNumbers([...shape.center, shape.radius], 4, 'sphere');
      if (shape.radius >= 0) return;
      throw new UsageError(`a sphere with the radius ${shape.radius}; expected 0 or more`);
    case 'plane':
      checkNumbers([...shape.normal, shape.offset], 4, 'plane');
      if (shape.normal.some((value) => value !== 0)) return;
      throw new UsageError(
        'a plane with the normal 0,0,0; expected a,b,c,d with one of a, b, c other than 0',
      );
    default:
      throw new UsageError('an unknown shape; expected a box, a sphere or a plane');
  }
}

function checkNumbers(numbers: readonly unknown[], count: number, what: string): void {
  if (numbers.length === count && numbers.every(Number.isFinite)) return;
  throw new UsageError(`a ${what} of ${numbers}; expected ${count} finite numbers`);
}

/** Parses `x0,y0,z0,x1,y1,z1`, two opposite corners, the lower one first. Throws UsageError. */
export function parseBox(text: string): BoxShape {
  const [x0, y0, z0, x1, y1, z1] = parseNumbers(text, 6, '6 numbers: x0,y0,z0,x1,y1,z1') as Six;
  return checked({ kind: 'box', min: [x0, y0, z0], max: [x1, y1, z1], touching: false });
}

/** Parses `x,y,z,r`, center and radius. Throws UsageError. */
export function parseSphere(text: string): SphereShape {
  const [x, y, z, radius] = parseNumbers(text, 4, '4 numbers: x,y,z,r') as Four;
  return checked({ kind: 'sphere', center: [x, y, z], radius, touching: false });
}

/** Parses `a,b,c,d` of a x + b y + c z + d >= 0. Throws UsageError. */
export function parsePlane(text: string): PlaneShape {
  const [a, b, c, offset] = parseNumbers(text, 4, '4 numbers: a,b,c,d') as Four;
  return checked({ kind: 'plane', normal: [a, b, c], offset, touching: false });
}

function checked<T extends Shape>(shape: T): T {
  checkShape(shape);
  return shape;
}

type Four = [number, number, number, number];
type Six = [number, number, number, number, number, number];

/** Makes a triangle test of a point test; all three shapes are convex. */
function compileInside(isInside: (x: number, y: number, z: number) => boolean): ShapeTest {
  return (t) =>
    isInside(t[0]!, t[1]!, t[2]!) && isInside(t[3]!, t[4]!, t[5]!) && isInside(t[6]!, t[7]!, t[8]!);
}

function compilePlane({ normal: [a, b, c], offset: d, touching }: PlaneShape): ShapeTest {
  const isInside = (x: number, y: number, z: number) => a * x + b * y + c * z + d >= 0;
  if (!touching) return compileInside(isInside);
  return (t) =>
    isInside(t[0]!, t[1]!, t[2]!) || isInside(t[3]!, t[4]!, t[5]!) || isInside(t[6]!, t[7]!, t[8]!);
}

/**
 * The separating axis test of box and triangle (Akenine-Möller, "Fast 3D triangle-box overlap testing", 2001), but with
 * the box's corners instead of center and half size, which would round. Triangles that only rounding errors could
 * separate count as touching; integers of up to 14 bits are exact.
 */
function compileBox({ min: [x0, y0, z0], max: [x1, y1, z1], touching }: BoxShape): ShapeTest {
  const isInside = (x: number, y: number, z: number) =>
    x >= x0 && x <= x1 && y >= y0 && y <= y1 && z >= z0 && z <= z1;
  if (!touching) return compileInside(isInside);

  return (t) => {
    const ax = t[0]!;
    const ay = t[1]!;
    const az = t[2]!;
    const bx = t[3]!;
    const by = t[4]!;
    const bz = t[5]!;
    const cx = t[6]!;
    const cy = t[7]!;
    const cz = t[8]!;
    if ((ax < x0 && bx < x0 && cx < x0) || (ax > x1 && bx > x1 && cx > x1)) return false;
    if ((ay < y0 && by < y0 && cy < y0) || (ay > y1 && by > y1 && cy > y1)) return false;
    if ((az < z0 && bz < z0 && cz < z0) || (az > z1 && bz > z1 && cz > z1)) return false;
    if (isInside(ax, ay, az) || isInside(bx, by, bz) || isInside(cx, cy, cz)) return true;

    // The box relative to each corner, where the triangle's interval on an axis begins or ends.
    const ux = bx - ax;
    const uy = by - ay;
    const uz = bz - az;
    const vx = cx - ax;
    const vy = cy - ay;
    const vz = cz - az;
    const lx = x0 - ax;
    const ly = y0 - ay;
    const lz = z0 - az;
    const hx = x1 - ax;
    const hy = y1 - ay;
    const hz = z1 - az;
    if (separatesPlane(ux, uy, uz, vx, vy, vz, lx, ly, lz, hx, hy, hz)) return false;
    if (separatesEdge(ux, uy, uz, vx, vy, vz, lx, ly, lz, hx, hy, hz)) return false;
    if (separatesEdge(vx, vy, vz, ux, uy, uz, lx, ly, lz, hx, hy, hz)) return false;
    return !separatesEdge(
      cx - bx,
      cy - by,
      cz - bz,
      ax - bx,
      ay - by,
      az - bz,
      x0 - bx,
      y0 - by,
      z0 - bz,
      x1 - bx,
      y1 - by,
      z1 - bz,
    );
  };
}

/** Exceeds the total rounding error of a test, as a share of its summands. */
const ROUNDING = 8 * Number.EPSILON;
/** Exceeds the loss of products too small for a float64. */
const TINY = 1e-300;

/** Whether the box l to h is on one side of the plane of a triangle with the edges u and v from one corner. */
function separatesPlane(
  ux: number,
  uy: number,
  uz: number,
  vx: number,
  vy: number,
  vz: number,
  lx: number,
  ly: number,
  lz: number,
  hx: number,
  hy: number,
  hz: number,
): boolean {
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  const low = (nx > 0 ? nx * lx : nx * hx) + (ny > 0 ? ny * ly : ny * hy) + (nz > 0 ? nz * lz : nz * hz);
  const high = (nx > 0 ? nx * hx : nx * lx) + (ny > 0 ? ny * hy : ny * ly) + (nz > 0 ? nz * hz : nz * lz);
  // The normal of a thin triangle is small, but its error is that of the products it is the difference of.
  const mx = Math.abs(uy * vz) + Math.abs(uz * vy) + TINY;
  const my = Math.abs(uz * vx) + Math.abs(ux * vz) + TINY;
  const mz = Math.abs(ux * vy) + Math.abs(uy * vx) + TINY;
  const sum = mx * reach(lx, hx) + my * reach(ly, hy) + mz * reach(lz, hz);
  const slack = ROUNDING * sum + TINY;
  return low > slack || high < -slack;
}

/** Whether an axis normal to the edge e and to x, y or z separates the box l to h from 0 (both ends of e) and r. */
function separatesEdge(
  ex: number,
  ey: number,
  ez: number,
  rx: number,
  ry: number,
  rz: number,
  lx: number,
  ly: number,
  lz: number,
  hx: number,
  hy: number,
  hz: number,
): boolean {
  return (
    separatesAxis(-ez, ey, ry, rz, ly, lz, hy, hz) ||
    separatesAxis(-ex, ez, rz, rx, lz, lx, hz, hx) ||
    separatesAxis(-ey, ex, rx, ry, lx, ly, hx, hy)
  );
}

/** Whether the axis n separates the rectangle l to h in the plane. A zero axis separates nothing. */
function separatesAxis(
  nu: number,
  nv: number,
  ru: number,
  rv: number,
  lu: number,
  lv: number,
  hu: number,
  hv: number,
): boolean {
  const corner = nu * ru + nv * rv;
  const low = (nu > 0 ? nu * lu : nu * hu) + (nv > 0 ? nv * lv : nv * hv);
  const high = (nu > 0 ? nu * hu : nu * lu) + (nv > 0 ? nv * hv : nv * lv);
  const sum = Math.abs(nu) * (Math.abs(ru) + reach(lu, hu)) + Math.abs(nv) * (Math.abs(rv) + reach(lv, hv));
  const slack = ROUNDING * sum + TINY;
  return corner > 0 ? low - corner > slack || high < -slack : low > slack || corner - high > slack;
}

function reach(low: number, high: number): number {
  return Math.max(Math.abs(low), Math.abs(high));
}

/**
 * Tests the distance to the closest point of a triangle: a corner, on an edge, or within (Ericson, "Real-Time Collision
 * Detection", 2005, 5.1.5). This order, and comparing without division, keep edges exact however thin the triangle is,
 * and do not round numbers of few bits. Valid for coordinates up to 1e50.
 */
function compileSphere({ center: [x, y, z], radius: r, touching }: SphereShape): ShapeTest {
  const rr = r * r;
  if (!touching) {
    return compileInside((px, py, pz) => squareOf(px - x, py - y, pz - z) <= rr);
  }
  return (t) => {
    const ax = t[0]! - x;
    const ay = t[1]! - y;
    const az = t[2]! - z;
    const bx = t[3]! - x;
    const by = t[4]! - y;
    const bz = t[5]! - z;
    const cx = t[6]! - x;
    const cy = t[7]! - y;
    const cz = t[8]! - z;
    if ((ax < -r && bx < -r && cx < -r) || (ax > r && bx > r && cx > r)) return false;
    if ((ay < -r && by < -r && cy < -r) || (ay > r && by > r && cy > r)) return false;
    if ((az < -r && bz < -r && cz < -r) || (az > r && bz > r && cz > r)) return false;
    if (squareOf(ax, ay, az) <= rr || squareOf(bx, by, bz) <= rr || squareOf(cx, cy, cz) <= rr) return true;

    const ux = bx - ax;
    const uy = by - ay;
    const uz = bz - az;
    const vx = cx - ax;
    const vy = cy - ay;
    const vz = cz - az;
    return (
      isEdgeNear(ax, ay, az, ux, uy, uz, rr) ||
      isEdgeNear(ax, ay, az, vx, vy, vz, rr) ||
      isEdgeNear(bx, by, bz, cx - bx, cy - by, cz - bz, rr) ||
      isFaceNear(ax, ay, az, ux, uy, uz, vx, vy, vz, rr)
    );
  };
}

function squareOf(x: number, y: number, z: number): number {
  return x * x + y * y + z * z;
}

/** Whether 0 is near the inner part of the edge e from p; if 0 is not beside it, a corner is closest. */
function isEdgeNear(
  px: number,
  py: number,
  pz: number,
  ex: number,
  ey: number,
  ez: number,
  rr: number,
): boolean {
  const along = -(px * ex + py * ey + pz * ez);
  const ee = squareOf(ex, ey, ez);
  if (!(along > 0 && along < ee)) return false;
  return squareOf(py * ez - pz * ey, pz * ex - px * ez, px * ey - py * ex) <= rr * ee;
}

/** Whether 0 is above the inner part of the triangle with the edges u and v from p, and near it. False without area. */
function isFaceNear(
  px: number,
  py: number,
  pz: number,
  ux: number,
  uy: number,
  uz: number,
  vx: number,
  vy: number,
  vz: number,
  rr: number,
): boolean {
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  const nn = squareOf(nx, ny, nz);
  // The coefficients of u and v for the projection of 0, times nn: (v x p) n and (p x u) n.
  const alongU = (vy * pz - vz * py) * nx + (vz * px - vx * pz) * ny + (vx * py - vy * px) * nz;
  const alongV = (py * uz - pz * uy) * nx + (pz * ux - px * uz) * ny + (px * uy - py * ux) * nz;
  if (!(alongU > 0 && alongV > 0 && alongU + alongV < nn)) return false;
  const height = nx * px + ny * py + nz * pz;
  return height * height <= rr * nn;
}
