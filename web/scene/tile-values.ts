/**
 * Values of the triangles of tiles, such as a column to color by: loads those of the tiles that are drawn, and gives them to
 * the graphics card as an attribute.
 */

import type { TileGeometry } from './tile-geometry.js';

/** Where the values of an attribute come from. */
export interface ValueSource {
  /** Identifies the values: another key replaces all. */
  readonly key: string;
  /**
   * Gets a value for each triangle of a leaf, or three normals; above, one for each vertex. NaN stands for none.
   */
  readonly fetch: (id: number, signal: AbortSignal) => Promise<Float32Array>;
}

/** The value of what has none: shaders cannot rely on NaN. */
export const NO_VALUE = 3e38;

const REQUESTS_MAX = 3;

/** Puts values in the order of the vertices of a geometry: those of triangles first, then those of shared vertices. */
export function spreadValues(tile: TileGeometry, values: Float32Array): Float32Array {
  const { isLeaf, triangles, vertices, owned } = tile;
  const expected = isLeaf ? triangles : vertices;
  if (values.length !== expected) throw new RangeError(`${values.length} values; expected ${expected}`);
  const spread = new Float32Array(triangles + vertices).fill(NO_VALUE);
  if (isLeaf) {
    spread.set(values);
  } else {
    spread.set(values, triangles);
    let triangle = 0;
    for (let vertex = 0; vertex < vertices; vertex++) {
      const end = triangle + owned[vertex]!;
      spread.fill(values[vertex]!, triangle, end);
      triangle = end;
    }
  }
  for (let k = 0; k < spread.length; k++) if (Number.isNaN(spread[k]!)) spread[k] = NO_VALUE;
  return spread;
}

/**
 * Puts packed normals in the order of the vertices of a geometry: a leaf has three for each triangle, any other node one for
 * each vertex. Shared corners of a leaf have one normal, as the database has one for each vertex.
 */
export function spreadNormals(tile: TileGeometry, normals: Float32Array): Float32Array {
  const { isLeaf, triangles, vertices, index } = tile;
  if (!isLeaf) return spreadValues(tile, normals);
  if (normals.length !== 3 * triangles)
    throw new RangeError(`${normals.length} normals; expected ${3 * triangles}`);
  const spread = new Float32Array(triangles + vertices).fill(NO_VALUE);
  for (let k = 0; k < triangles; k++) {
    // The index begins with the second corner.
    for (let corner = 0; corner < 3; corner++) {
      const normal = normals[3 * k + ((corner + 1) % 3)]!;
      if (!Number.isNaN(normal)) spread[index[3 * k + corner]!] = normal;
    }
  }
  return spread;
}

/** Loads the values of tiles, a few at a time. */
export class ValueLoader {
  private readonly requests = new Map<number, AbortController>();
  private readonly failed = new Set<number>();
  private wanted: readonly number[] = [];

  constructor(
    readonly source: ValueSource,
    private readonly onLoad: (id: number, values: Float32Array) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  get isBusy(): boolean {
    return this.requests.size > 0;
  }

  /** Sets the tiles that are drawn without their values. */
  want(ids: readonly number[]): void {
    this.wanted = ids;
    for (const [id, request] of this.requests) if (!ids.includes(id)) request.abort();
    this.pump();
  }

  close(): void {
    this.wanted = [];
    for (const request of this.requests.values()) request.abort();
  }

  private pump(): void {
    for (const id of this.wanted) {
      if (this.requests.size >= REQUESTS_MAX) return;
      if (!this.requests.has(id) && !this.failed.has(id)) void this.load(id);
    }
  }

  private async load(id: number): Promise<void> {
    const request = new AbortController();
    this.requests.set(id, request);
    try {
      const values = await this.source.fetch(id, request.signal);
      this.wanted = this.wanted.filter((other) => other !== id);
      if (!request.signal.aborted) this.onLoad(id, values);
    } catch (error) {
      if (!request.signal.aborted) {
        this.failed.add(id);
        this.onError(error);
      }
    } finally {
      this.requests.delete(id);
      this.pump();
    }
  }
}
