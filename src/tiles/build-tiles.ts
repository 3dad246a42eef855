/**
 * Takes the triangles of a mesh with their positions, sorts them in space, and builds the tiles from them. Memory holds a
 * part of the records at a time; the tiles do not depend on how many.
 */

import { IdSet } from '../collections/id-set.js';
import { type RecordBlock, RecordSort } from '../collections/sort/record-sort.js';
import type { SpillFiles } from '../collections/spill-file.js';
import { stepsWithin } from '../collections/steps.js';
import type { Rows } from '../database/pages/leaf-decoder.js';
import type { CornerPositions } from '../database/rows/corner-positions.js';
import type { TriangleBatch } from '../mesh.js';
import { type CellTable, CellTableBuilder } from './cell-table.js';
import type { CoarseMesh } from './coarse/coarse-mesh.js';
import { type CornerKeys, cornerKeys } from './corner-keys.js';
import { Lattice, type LatticeFrame } from './lattice.js';
import { RECORD_WORDS } from './tile-mesh.js';
import type { TileStore } from './tile-store.js';
import { setId, type TileLimits, TileTree } from './tile-tree.js';

/** Words of a vertex: its key. */
const VERTEX_WORDS = 2;

/** Memory for building tiles, in bytes. */
export interface TileMemory {
  /** Keys of corners, while triangles are collected. */
  readonly keysBytes: number;
  /** Sorting triangles. */
  readonly trianglesBytes: number;
  /** Sorting vertices. */
  readonly verticesBytes: number;
  /** Representatives of cells. */
  readonly cellsBytes: number;
}

/** Ids are below these. */
interface MeshRange {
  readonly triangleRange: number;
  readonly vertexRange: number;
}

/** Receives all triangles in id order. */
export class TileBuilder {
  private readonly triangles: RecordSort;
  private readonly vertices: RecordSort;
  private readonly used: IdSet;
  private readonly keys: CornerKeys;

  constructor(
    range: MeshRange,
    frame: LatticeFrame,
    positions: CornerPositions,
    private readonly memory: TileMemory,
    private readonly files: SpillFiles,
    /** Receives all triangles, too, if there is one. */
    private coarse: CoarseMesh | undefined = undefined,
  ) {
    const { trianglesBytes, verticesBytes } = memory;
    const { triangleRange, vertexRange } = range;
    this.triangles = new RecordSort(RECORD_WORDS, trianglesBytes, triangleRange, files, 'triangles');
    this.vertices = new RecordSort(VERTEX_WORDS, verticesBytes, vertexRange, files, 'vertices');
    this.used = IdSet.create(vertexRange);
    this.keys = cornerKeys(new Lattice(frame), positions, memory.keysBytes);
  }

  /** Returns the bytes of disk for sorting and for the cells. */
  static bytesOf({ triangleRange, vertexRange }: MeshRange, memory: TileMemory): number {
    return (
      RecordSort.bytesOf(RECORD_WORDS, memory.trianglesBytes, triangleRange) +
      RecordSort.bytesOf(VERTEX_WORDS, memory.verticesBytes, vertexRange) +
      8 * vertexRange
    );
  }

  take({ count, ids, corners }: TriangleBatch & Rows): void {
    const { keys, triangles, coarse } = this;
    for (let k = 0; k < count; k++) {
      const a = corners[3 * k]!;
      const b = corners[3 * k + 1]!;
      const c = corners[3 * k + 2]!;
      const at = triangles.add();
      const { records } = triangles;
      keys.copyNext(a, b, c, records, at);
      this.use(a, records, at);
      this.use(b, records, at + 2);
      this.use(c, records, at + 4);
      coarse?.add(records[at]!, records[at + 2]!, records[at + 4]!);
      setId(records, at, ids[k]!);
    }
  }

  /** Adds the key at a word to the vertices, unless the vertex was used before. */
  private use(vertex: number, words: Int32Array, word: number): void {
    if (this.used.has(vertex)) return;
    this.used.add(vertex);
    this.coarse?.place(words[word]!);
    const at = this.vertices.add();
    this.vertices.records[at] = words[word]!;
    this.vertices.records[at + 1] = words[word + 1]!;
  }

  /** Builds the tiles. Yields the progress, from 0 to 1. */
  *finish(store: TileStore, limits: TileLimits): Generator<number> {
    this.coarse = undefined;
    const cells = yield* stepsWithin(0, 0.1, this.gatherCells());
    const tree = new TileTree(cells, (node) => store.add(node), limits);
    const total = Math.max(1, this.triangles.length);
    for (const done of tree.run(this.triangles.sorted())) yield 0.1 + (0.9 * done) / total;
    cells.remove();
  }

  /** Removes the files of triangles and vertices, if this builder is not finished. */
  remove(): void {
    this.triangles.remove();
    this.vertices.remove();
  }

  private *gatherCells(): Generator<number, CellTable> {
    const builder = new CellTableBuilder(this.files);
    const total = Math.max(1, this.vertices.length);
    let done = 0;
    for (const block of this.vertices.sorted()) {
      addAll(builder, block);
      done += block.count;
      yield done / total;
    }
    return builder.finish(this.memory.cellsBytes);
  }
}

function addAll(builder: CellTableBuilder, { words, count }: RecordBlock): void {
  for (let k = 0; k < VERTEX_WORDS * count; k += VERTEX_WORDS) builder.add(words[k]!, words[k + 1]!);
}
