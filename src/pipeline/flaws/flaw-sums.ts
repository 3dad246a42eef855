/** Sums up a flaw edge by edge or triangle by triangle. */

import { type Flaw, IDS_MAX, LINES_MAX } from './flaw.js';

export class FlawSum {
  private count = 0;
  private length = 0;
  private area = 0;
  private readonly min: [number, number, number] = [Infinity, Infinity, Infinity];
  private readonly max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  private readonly normal: [number, number, number] = [0, 0, 0];
  private readonly triangles: number[] = [];
  private readonly lines: number[] = [];

  /** Adds the edge from corner `k` of a triangle, given by the nine coordinates of its corners. */
  addEdge(triangle: number, t: ArrayLike<number>, k: number, budget: { left: number }): void {
    const [from, to] = [3 * k, (3 * k + 3) % 9];
    this.length += distance(t, from, to);
    this.extend(t, from);
    this.extend(t, to);
    if (this.lines.length < 6 * LINES_MAX && budget.left > 0) {
      budget.left--;
      this.addLine(t, from, to);
    }
    this.note(triangle, t);
  }

  /** Adds a triangle; its edges are drawn if `isOutlined`. */
  addTriangle(triangle: number, t: ArrayLike<number>, isOutlined = false): void {
    for (let at = 0; at < 9; at += 3) {
      this.extend(t, at);
      this.length = Math.max(this.length, distance(t, at, (at + 3) % 9));
      if (isOutlined) this.addLine(t, at, (at + 3) % 9);
    }
    this.note(triangle, t);
  }

  /** Describes what was added, by the sum of lengths or of areas. */
  describe(measure: 'length' | 'area', vertices: readonly number[] = []): Flaw {
    const { count, min, max, normal, triangles, lines } = this;
    const length = Math.hypot(...normal);
    const isSeen = length > 0 && Number.isFinite(length);
    return {
      size: Math.min(this[measure], Number.MAX_VALUE),
      count,
      bounds: { min, max },
      normal: isSeen ? [normal[0] / length, normal[1] / length, normal[2] / length] : undefined,
      triangles,
      vertices,
      lines,
    };
  }

  private note(triangle: number, t: ArrayLike<number>): void {
    const [ux, uy, uz] = [t[3]! - t[0]!, t[4]! - t[1]!, t[5]! - t[2]!];
    const [vx, vy, vz] = [t[6]! - t[0]!, t[7]! - t[1]!, t[8]! - t[2]!];
    const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    this.normal[0] += nx;
    this.normal[1] += ny;
    this.normal[2] += nz;
    this.area += Math.sqrt(nx * nx + ny * ny + nz * nz) / 2;
    this.count++;
    if (this.triangles.length < IDS_MAX && this.triangles.at(-1) !== triangle) this.triangles.push(triangle);
  }

  private addLine(t: ArrayLike<number>, from: number, to: number): void {
    this.lines.push(t[from]!, t[from + 1]!, t[from + 2]!, t[to]!, t[to + 1]!, t[to + 2]!);
  }

  private extend(t: ArrayLike<number>, at: number): void {
    for (let axis = 0; axis < 3; axis++) {
      this.min[axis] = Math.min(this.min[axis]!, t[at + axis]!);
      this.max[axis] = Math.max(this.max[axis]!, t[at + axis]!);
    }
  }
}

function distance(t: ArrayLike<number>, from: number, to: number): number {
  return Math.hypot(t[to]! - t[from]!, t[to + 1]! - t[from + 1]!, t[to + 2]! - t[from + 2]!);
}
