/**
 * Turns table rows into OFF rows: only selected ones, with dense indices and transformed positions.
 *
 * The order: reverse the triangles of inside-out shells, replace welded vertices, drop unselected rows, transform
 * positions, turn corners into indices, flip all triangles if requested.
 */

import { IdSet, type SharedIdSet } from '../../collections/id-set.js';
import { LabelRows, type SharedLabels } from '../../collections/label-rows.js';
import { RowCache } from '../../collections/row-cache.js';
import { Transform, type TransformStep } from '../../geometry/transform.js';
import type { TriangleBatch, VertexBatch } from '../../mesh.js';
import type { Rows } from '../pages/leaf-decoder.js';

/** How rows are mapped. Plain data and shared memory, to pass to threads. */
export interface RowMap {
  /** The selected triangles and vertices (default: all). */
  readonly triangles?: SharedIdSet | undefined;
  readonly vertices?: SharedIdSet | undefined;
  /** The vertex that replaces each vertex (default: itself). */
  readonly labels?: SharedLabels | undefined;
  readonly transform: readonly TransformStep[];
  /** Triangles whose winding is reversed before anything else, to corners a, c, b (default: none). */
  readonly turned?: SharedIdSet | undefined;
  /** The vertices of these triangles, whose normals are reversed (default: none). */
  readonly turnedVertices?: SharedIdSet | undefined;
  /** Whether the winding of all triangles is reversed, to corners a, c, b. */
  readonly flip: boolean;
}

export class RowMapper {
  private readonly selected: IdSet | undefined;
  private readonly used: IdSet | undefined;
  private readonly labels: RowCache | undefined;
  private readonly turned: IdSet | undefined;
  private readonly turnedVertices: IdSet | undefined;
  private readonly transform: Transform | undefined;
  private readonly flip: boolean;
  private readonly turnsNormals: boolean;

  /** `cacheBytes` are for the rows of labels. */
  constructor(map: RowMap, cacheBytes: number) {
    this.selected = map.triangles && IdSet.attach(map.triangles);
    this.used = map.vertices && IdSet.attach(map.vertices);
    this.labels = map.labels && new RowCache(new LabelRows(map.labels), cacheBytes);
    this.turned = map.turned && IdSet.attach(map.turned);
    this.turnedVertices = map.turnedVertices && IdSet.attach(map.turnedVertices);
    this.transform = map.transform.length > 0 ? new Transform(map.transform) : undefined;
    this.flip = map.flip;
    this.turnsNormals = map.flip && this.transform?.isMirroring !== true;
  }

  /** Keeps the selected ones of these vertices, in the same memory. */
  vertices(batch: VertexBatch & Rows): VertexBatch {
    const { positions, normals, colors } = batch;
    if (this.turnedVertices !== undefined && normals !== undefined) {
      turnNormals(normals, batch, this.turnedVertices);
    }
    const count =
      this.used === undefined ? batch.count : this.keep(this.used, batch, positions, normals, colors);
    if (this.transform !== undefined) {
      this.transform.apply(positions, count);
      if (normals !== undefined) this.transform.applyToNormals(normals, count);
    }
    // Flipping reverses normals, unless it only compensates for a mirror. NaN stays.
    if (this.turnsNormals && normals !== undefined)
      for (let k = 0; k < 3 * count; k++) normals[k] = 0 - normals[k]!;
    return { count, positions, normals, colors };
  }

  /** Keeps the selected ones of these triangles, in the same memory. */
  triangles(batch: TriangleBatch & Rows): TriangleBatch {
    const { corners, colors } = batch;
    const { used, labels } = this;
    if (this.turned !== undefined) turnTriangles(corners, batch, this.turned);
    const count =
      this.selected === undefined ? batch.count : this.keep(this.selected, batch, corners, undefined, colors);
    for (let k = 0; k < 3 * count; k++) {
      let vertex = corners[k]!;
      if (labels !== undefined) vertex = labels.values[labels.locate(vertex)]!;
      corners[k] = used === undefined ? vertex : used.rank(vertex);
    }
    if (this.flip) {
      for (let k = 0; k < count; k++) turnTriangle(corners, k);
    }
    return { count, corners, colors };
  }

  /** Compacts the rows of a set; returns their number. */
  private keep(
    set: IdSet,
    { count, ids }: Rows,
    triples: Float64Array,
    moreTriples: Float64Array | undefined,
    quadruples: Float64Array | undefined,
  ): number {
    let kept = 0;
    for (let k = 0; k < count; k++) {
      if (!set.has(ids[k]!)) continue;
      if (kept < k) {
        move(triples, 3, k, kept);
        if (moreTriples !== undefined) move(moreTriples, 3, k, kept);
        if (quadruples !== undefined) move(quadruples, 4, k, kept);
      }
      kept++;
    }
    return kept;
  }
}

/** Reverses the winding of triangles that are in a set. */
function turnTriangles(corners: Float64Array, { count, ids }: Rows, set: IdSet): void {
  for (let k = 0; k < count; k++) if (set.has(ids[k]!)) turnTriangle(corners, k);
}

function turnTriangle(corners: Float64Array, k: number): void {
  const b = corners[3 * k + 1]!;
  corners[3 * k + 1] = corners[3 * k + 2]!;
  corners[3 * k + 2] = b;
}

/** Reverses the normals of vertices that are in a set. NaN stays. */
function turnNormals(normals: Float64Array, { count, ids }: Rows, set: IdSet): void {
  for (let k = 0; k < count; k++) {
    if (!set.has(ids[k]!)) continue;
    for (let d = 3 * k; d < 3 * k + 3; d++) normals[d] = 0 - normals[d]!;
  }
}

function move(values: Float64Array, width: number, from: number, to: number): void {
  for (let d = 0; d < width; d++) values[width * to + d] = values[width * from + d]!;
}
