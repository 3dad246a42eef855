/** The conditions of boxes, balls and half-spaces as functions of a triangle's corners. shapes.ts defines their meaning. */
import type { BoxShape, PlaneShape, Shape, SphereShape } from './shapes.js';

/** Whether a triangle meets a condition; `t` are its corners ax ay az bx by bz cx cy cz. */
type ShapeTest = (t: Float64Array) => boolean;

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
  // The normal of a thin triangle is small, but its error is that of the products whose difference it is.
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
