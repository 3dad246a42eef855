/**
 * Closes the cracks between tiles of several levels. A vertex is drawn where the coarsest tile has it that is drawn there:
 * the cell of a coarse vertex contains whole cells of finer tiles, and all tiles take a vertex of the mesh by its cell. So
 * a vertex has one place whatever the levels of its triangles, and a closed surface stays closed.
 */

import type { TileGeometry } from './tile-geometry.js';

/** A tile that is drawn. */
export interface SeamTile {
  readonly id: number;
  readonly tile: TileGeometry;
  /** The box around its triangles, in lattice steps: the smallest x, y, z, and the largest. */
  readonly box: ArrayLike<number>;
}

/** Cells of a tile are numbered within its box, if there are no more than this. */
const CELLS_MAX = 2 ** 52;

/** The vertices of a coarse tile by their cells. */
class CellIndex {
  private readonly cells = new Map<number, number>();
  private readonly size: number;
  private readonly least: [number, number, number] = [0, 0, 0];
  private readonly counts: [number, number, number] = [1, 1, 1];

  constructor(readonly tile: TileGeometry) {
    const { positions, triangles, vertices, origin, scale, shift } = tile;
    this.size = 2 ** shift;
    const { size, least, counts } = this;
    const first = 4 * triangles;
    for (let axis = 0; axis < 3; axis++) {
      let [low, high] = [Number.POSITIVE_INFINITY, 0];
      for (let at = first + axis; at < 4 * (triangles + vertices); at += 4) {
        const value = positions[at]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      least[axis] = Math.floor((origin[axis]! + scale * low) / size);
      counts[axis] = Math.floor((origin[axis]! + scale * high) / size) - least[axis]! + 1;
    }
    if (!(counts[0] * counts[1] * counts[2] <= CELLS_MAX)) return;
    for (let vertex = 0, at = first; vertex < vertices; vertex++, at += 4) {
      const [x, y, z] = [0, 1, 2].map((axis) => origin[axis]! + scale * positions[at + axis]!);
      this.cells.set(this.cellOf(x!, y!, z!), vertex);
    }
  }

  /** Returns the vertex whose cell contains a lattice point; undefined if there is none. */
  find(x: number, y: number, z: number): number | undefined {
    const cell = this.cellOf(x, y, z);
    return cell < 0 ? undefined : this.cells.get(cell);
  }

  /** Returns the number of the cell that contains a lattice point; -1 outside of the box. */
  private cellOf(x: number, y: number, z: number): number {
    const { size, least, counts } = this;
    const u = Math.floor(x / size) - least[0];
    const v = Math.floor(y / size) - least[1];
    const w = Math.floor(z / size) - least[2];
    if (u < 0 || v < 0 || w < 0 || u >= counts[0] || v >= counts[1] || w >= counts[2]) return -1;
    return (u * counts[1] + v) * counts[2] + w;
  }
}

export class TileSeams {
  private readonly indexes = new WeakMap<TileGeometry, CellIndex>();

  /** Lists, for each tile, the coarser ones that it may meet, the coarsest first. */
  meet(tiles: readonly SeamTile[]): Map<number, SeamTile[]> {
    const coarse = tiles.filter(({ tile }) => tile.shift > 0);
    coarse.sort((a, b) => b.tile.shift - a.tile.shift || a.id - b.id);
    return new Map(
      tiles.map((fine) => [
        fine.id,
        coarse.filter((other) => other.tile.shift > fine.tile.shift && isNear(other, fine)),
      ]),
    );
  }

  /** Returns the positions of a tile that meets coarser ones, the coarsest first; undefined if none changes. */
  place(tile: TileGeometry, coarser: readonly SeamTile[]): Float32Array | undefined {
    const { positions, triangles, vertices, origin, scale, owned } = tile;
    const indexes = coarser.map((other) => this.indexOf(other.tile));
    let placed: Float32Array | undefined;
    let triangle = 0;
    for (let vertex = 0, at = 4 * triangles; vertex < vertices; vertex++, at += 4) {
      const x = origin[0] + scale * positions[at]!;
      const y = origin[1] + scale * positions[at + 1]!;
      const z = origin[2] + scale * positions[at + 2]!;
      const begin = triangle;
      triangle += owned[vertex]!;
      for (const index of indexes) {
        const found = index.find(x, y, z);
        if (found === undefined) continue;
        placed ??= Float32Array.from(positions);
        const { tile: other } = index;
        const from = 4 * (other.triangles + found);
        for (let axis = 0; axis < 3; axis++) {
          const place = other.origin[axis]! + other.scale * other.positions[from + axis]!;
          const value = (place - origin[axis]!) / scale;
          placed[at + axis] = value;
          for (let k = begin; k < triangle; k++) placed[4 * k + axis] = value;
        }
        break;
      }
    }
    return placed;
  }

  private indexOf(tile: TileGeometry): CellIndex {
    let index = this.indexes.get(tile);
    if (index === undefined) {
      index = new CellIndex(tile);
      this.indexes.set(tile, index);
    }
    return index;
  }
}

/** Whether a cell of a coarse tile may contain a vertex of another. */
function isNear(coarse: SeamTile, fine: SeamTile): boolean {
  const reach = 2 ** coarse.tile.shift;
  for (let axis = 0; axis < 3; axis++) {
    if (coarse.box[axis]! - reach > fine.box[3 + axis]! || coarse.box[3 + axis]! + reach < fine.box[axis]!)
      return false;
  }
  return true;
}
