/**
 * Faces of an indexed source as triangles with positions, to show them while they are read. Only as many vertices as the
 * memory holds are kept: faces with others are left out.
 */

import type { IndexedFaces, IndexedVertices } from '../../mesh.js';

/** Vertices of a block, as a power of two. */
const BLOCK_BITS = 16;
const BLOCK_VERTICES = 2 ** BLOCK_BITS;
/** Bytes of a vertex: three float32 values. */
const VERTEX_BYTES = 12;

export class FaceSoup {
  /** Whether all triangles so far were handed over. */
  isComplete = true;
  private readonly blocks: Float32Array[] = [];
  private readonly verticesMax: number;
  private vertices = 0;
  private soup = new Float32Array(0);

  /** `bytes` bounds the memory of vertices. */
  constructor(bytes: number) {
    this.verticesMax = BLOCK_VERTICES * Math.floor(bytes / (VERTEX_BYTES * BLOCK_VERTICES));
  }

  /** Keeps the next vertices, as long as they fit. */
  addVertices({ positions, count }: Pick<IndexedVertices, 'positions' | 'count'>): void {
    const kept = Math.min(count, this.verticesMax - this.vertices);
    for (let done = 0; done < kept; ) {
      const at = this.vertices % BLOCK_VERTICES;
      if (at === 0) this.blocks.push(new Float32Array(3 * BLOCK_VERTICES));
      const some = Math.min(kept - done, BLOCK_VERTICES - at);
      this.blocks.at(-1)!.set(positions.subarray(3 * done, 3 * (done + some)), 3 * at);
      this.vertices += some;
      done += some;
    }
  }

  /**
   * Returns the triangles of faces, nine coordinates each, until the next call. Polygons are fans around their first corner,
   * which is near enough for a coarse mesh.
   */
  triangles({ count, sizes, corners }: Pick<IndexedFaces, 'count' | 'sizes' | 'corners'>): {
    readonly positions: Float32Array;
    readonly count: number;
  } {
    const { blocks, vertices } = this;
    let most = 0;
    for (let face = 0; face < count; face++) most += (sizes?.[face] ?? 3) - 2;
    if (this.soup.length < 9 * most) this.soup = new Float32Array(9 * most);
    const { soup } = this;
    let to = 0;
    const put = (vertex: number) => {
      const block = blocks[vertex >>> BLOCK_BITS]!;
      const from = 3 * (vertex % BLOCK_VERTICES);
      for (let axis = 0; axis < 3; axis++) soup[to++] = block[from + axis]!;
    };
    for (let face = 0, first = 0; face < count; face++) {
      const size = sizes?.[face] ?? 3;
      for (let k = first + 1; k < first + size - 1; k++) {
        const [a, b, c] = [corners[first]!, corners[k]!, corners[k + 1]!];
        if (a < vertices && b < vertices && c < vertices) {
          put(a);
          put(b);
          put(c);
        } else this.isComplete = false;
      }
      first += size;
    }
    return { positions: soup, count: to / 9 };
  }
}
