/**
 * The contour of a mesh on a plane: lines where triangles cross it, joined into loops where the mesh is closed.
 *
 * A vertex on the plane counts as above it. So each triangle crosses in one segment between two of its edges, or not at
 * all, and an edge has the same point in all of its triangles: joining compares no positions. The contour is the border of
 * what is below the plane.
 */

import { lengthOf } from './linear.js';

/** A plane: points with `normal x point = offset`. The normal has length 1. */
export interface CutPlane {
  readonly normal: readonly [x: number, y: number, z: number];
  readonly offset: number;
}

/** A contour, in the units of the mesh. */
export interface Contour {
  /** Three coordinates for each point, line after line. */
  readonly points: Float64Array;
  /** The number of points of each line. The first point of a loop is not repeated at its end. */
  readonly counts: Uint32Array;
  /** For each line, 1 if it is a loop. */
  readonly closed: Uint8Array;
  readonly length: number;
  /** What the loops enclose, without holes; undefined unless all lines are loops and all triangles oriented alike. */
  readonly area: number | undefined;
}

const NONE = -1;
/** Local numbers of two vertices are one number, so there are fewer of them than this. */
const VERTICES_MAX = 2 ** 26;

/** Returns the plane with a normal of length 1; undefined for a normal without a direction. */
export function planeOf([x, y, z]: CutPlane['normal'], offset: number): CutPlane | undefined {
  const length = lengthOf(x, y, z);
  if (!(length > 0 && Number.isFinite(length))) return undefined;
  return { normal: [x / length, y / length, z / length], offset };
}

/** Returns the distance of a point from a plane, negative below it. */
export function distanceOf({ normal, offset }: CutPlane, x: number, y: number, z: number): number {
  return normal[0] * x + normal[1] * y + normal[2] * z - offset;
}

/** Collects the triangles that a plane crosses, and joins their segments. */
export class ContourBuilder {
  /** The number of segments so far. */
  size = 0;
  private readonly vertices = new Map<number, number>();
  private readonly positions: number[] = [];
  private readonly distances: number[] = [];
  private readonly nodes = new Map<number, number>();
  private readonly points: number[] = [];
  /** The nodes where each segment begins and ends: the inside is to the left, seen from above. */
  private readonly from: number[] = [];
  private readonly to: number[] = [];

  constructor(private readonly plane: CutPlane) {}

  /** Returns the number of a vertex by its id; undefined if it was not added. */
  vertex(id: number): number | undefined {
    return this.vertices.get(id);
  }

  /** Adds a vertex, and returns its number. */
  addVertex(id: number, x: number, y: number, z: number): number {
    const number = this.distances.length;
    if (number >= VERTICES_MAX) throw new RangeError(`more than ${VERTICES_MAX} vertices in a contour`);
    this.vertices.set(id, number);
    this.positions.push(x, y, z);
    this.distances.push(distanceOf(this.plane, x, y, z));
    return number;
  }

  /** Adds the segment of a triangle with corners of these numbers, if it crosses the plane and is not degenerate. */
  addTriangle(a: number, b: number, c: number): void {
    if (a === b || b === c || c === a) return;
    const above = this.isAbove(a);
    // First the corner that is alone on its side.
    if (this.isAbove(b) === above) {
      if (this.isAbove(c) !== above) this.addSegment(c, a, b);
    } else if (this.isAbove(c) === above) {
      this.addSegment(b, c, a);
    } else {
      this.addSegment(a, b, c);
    }
  }

  /** Joins the segments into lines. Lines without length, such as those around a touching vertex, are left out. */
  finish(): Contour {
    const lines = new LineJoiner(this.points.length / 3, this.from, this.to);
    const points: number[] = [];
    const counts: number[] = [];
    const closed: number[] = [];
    let length = 0;
    let area = 0;
    let isOriented = true;
    for (const line of lines.join()) {
      const first = points.length;
      const added = this.addLine(line, points);
      if (added.length === 0) {
        points.length = first;
        continue;
      }
      counts.push((points.length - first) / 3);
      closed.push(line.isLoop ? 1 : 0);
      length += added.length;
      area += added.area;
      isOriented &&= line.isLoop && line.isOriented;
    }
    return {
      points: Float64Array.from(points),
      counts: Uint32Array.from(counts),
      closed: Uint8Array.from(closed),
      length,
      area: isOriented && counts.length > 0 ? Math.abs(area) : undefined,
    };
  }

  private isAbove(vertex: number): boolean {
    return this.distances[vertex]! >= 0;
  }

  /** Adds the segment between the edges of a corner that is alone on its side; `next` and `last` follow it. */
  private addSegment(alone: number, next: number, last: number): void {
    const entry = this.node(alone, next);
    const exit = this.node(last, alone);
    const isAbove = this.isAbove(alone);
    this.from.push(isAbove ? entry : exit);
    this.to.push(isAbove ? exit : entry);
    this.size++;
  }

  /** Returns the node of an edge that crosses the plane. Its point is the same from both ends. */
  private node(one: number, other: number): number {
    const low = Math.min(one, other);
    const high = Math.max(one, other);
    const key = low * VERTICES_MAX + high;
    const known = this.nodes.get(key);
    if (known !== undefined) return known;
    const { positions, distances, points } = this;
    const number = points.length / 3;
    const begin = distances[low]!;
    const end = distances[high]!;
    const share = begin / (begin - end);
    for (let axis = 0; axis < 3; axis++) {
      const from = positions[3 * low + axis]!;
      const to = positions[3 * high + axis]!;
      // A vertex on the plane is a point of the contour as it is.
      points.push(end === 0 ? to : from + (to - from) * share);
    }
    this.nodes.set(key, number);
    return number;
  }

  /** Appends the points of a line without repetitions; returns its length and the area that it goes around. */
  private addLine({ nodes, isLoop }: Line, target: number[]): { length: number; area: number } {
    const { points, plane } = this;
    const first = target.length;
    const pointOf = (node: number) =>
      [points[3 * node]!, points[3 * node + 1]!, points[3 * node + 2]!] as const;
    const [x0, y0, z0] = pointOf(nodes[0]!);
    let [x, y, z] = [x0, y0, z0];
    let length = 0;
    let area = 0;
    const advance = (u: number, v: number, w: number) => {
      length += lengthOf(u - x, v - y, w - z);
      area += cross(plane.normal, [x - x0, y - y0, z - z0], [u - x0, v - y0, w - z0]) / 2;
      [x, y, z] = [u, v, w];
    };
    target.push(x, y, z);
    for (const node of nodes) {
      const [u, v, w] = pointOf(node);
      if (u === x && v === y && w === z) continue;
      advance(u, v, w);
      target.push(u, v, w);
    }
    if (isLoop) {
      advance(x0, y0, z0);
      const last = target.length - 3;
      const repeats = target[last] === x0 && target[last + 1] === y0 && target[last + 2] === z0;
      if (repeats && last > first) target.length = last;
    }
    return { length, area };
  }
}

/** Nodes of a line in their order. */
interface Line {
  readonly nodes: readonly number[];
  readonly isLoop: boolean;
  /** Whether all segments lead the same way. */
  readonly isOriented: boolean;
}

/** Joins segments at their nodes; each is in one line. */
class LineJoiner {
  /**
   * Ends of segments, 2 k for the beginning of segment k and 2 k + 1 for its end. Each node has a list of the segments that
   * begin there, and one of those that end there.
   */
  private readonly firstEnd: Int32Array;
  private readonly nextEnd: Int32Array;
  private readonly degree: Int32Array;
  private readonly isUsed: Uint8Array;

  constructor(
    private readonly nodes: number,
    private readonly from: readonly number[],
    private readonly to: readonly number[],
  ) {
    this.firstEnd = new Int32Array(2 * nodes).fill(NONE);
    this.nextEnd = new Int32Array(2 * from.length);
    this.degree = new Int32Array(nodes);
    this.isUsed = new Uint8Array(from.length);
    // Backwards, so that lists are in the order of the segments.
    for (let end = 2 * from.length - 1; end >= 0; end--) {
      const node = this.nodeOf(end);
      const list = 2 * node + (end % 2);
      this.nextEnd[end] = this.firstEnd[list]!;
      this.firstEnd[list] = end;
      this.degree[node]!++;
    }
  }

  *join(): Generator<Line> {
    const { nodes, from, isUsed } = this;
    // Open lines begin and end where an odd number of segments meet. What is left consists of loops.
    for (let node = 0; node < nodes; node++) {
      while (this.degree[node]! % 2 === 1) yield this.follow(node);
    }
    for (let segment = 0; segment < from.length; segment++) {
      if (isUsed[segment] === 0) yield this.follow(from[segment]!);
    }
  }

  /** Follows segments from a node until there are no more, or the line is back. */
  private follow(start: number): Line {
    const isOpen = this.degree[start]! % 2 === 1;
    const nodes = [start];
    let forwards = 0;
    let node = start;
    for (let end = this.takeEnd(node, 0); end !== NONE; end = this.takeEnd(node, end % 2)) {
      this.degree[node]!--;
      if (end % 2 === 0) forwards++;
      node = this.nodeOf(end ^ 1);
      this.degree[node]!--;
      if (node === start && !isOpen) break;
      nodes.push(node);
    }
    const segments = isOpen ? nodes.length - 1 : nodes.length;
    if (2 * forwards < segments) nodes.reverse();
    return { nodes, isLoop: !isOpen, isOriented: forwards === 0 || forwards === segments };
  }

  /** Takes a segment at a node: one that begins there if `side` is 0, else one that ends there, or else any. */
  private takeEnd(node: number, side: number): number {
    const end = this.headOf(2 * node + side);
    const taken = end === NONE ? this.headOf(2 * node + 1 - side) : end;
    if (taken !== NONE) this.isUsed[taken >> 1] = 1;
    return taken;
  }

  /** Returns the first end of a list whose segment is unused. */
  private headOf(list: number): number {
    let end = this.firstEnd[list]!;
    while (end !== NONE && this.isUsed[end >> 1] === 1) end = this.nextEnd[end]!;
    this.firstEnd[list] = end;
    return end;
  }

  private nodeOf(end: number): number {
    return (end % 2 === 0 ? this.from : this.to)[end >> 1]!;
  }
}

type Triple = readonly [x: number, y: number, z: number];

/** The product of three vectors: normal x (a cross b). */
function cross([nx, ny, nz]: Triple, [ax, ay, az]: Triple, [bx, by, bz]: Triple): number {
  return nx * (ay * bz - az * by) + ny * (az * bx - ax * bz) + nz * (ax * by - ay * bx);
}
