/**
 * What reading hands its batches to, in one shape for soup and for indexed sources: here formats' batches meet the
 * welders of the database.
 */
import { IndexedWelder } from '../database/indexed-welder.js';
import type { IndexedRecord, MeshLoad } from '../database/mesh-load.js';
import { Welder, type WelderOptions } from '../database/welder.js';
import type { MeshReader } from '../formats/format.js';
import type { IndexedFaces, IndexedVertices, SoupBatch } from '../mesh.js';

type Batch = SoupBatch | IndexedVertices | IndexedFaces;

/** Corners as coordinates: each is looked up. */
export class SoupWelding {
  triangles = 0;
  readonly record: IndexedRecord | undefined = undefined;
  private readonly welder: Welder;

  constructor(
    private readonly rows: MeshLoad,
    options: WelderOptions,
  ) {
    this.welder = new Welder(rows, options);
  }

  /** Whether about so many vertices need spill files. */
  static spills(vertices: number, budgetBytes: number, bytesPerValue: 4 | 8): boolean {
    return vertices > Welder.capacityOf(budgetBytes, bytesPerValue);
  }

  get isExact(): boolean {
    return this.welder.isExact;
  }

  get vertices(): number {
    return this.welder.vertices;
  }

  add(batch: Batch): void {
    if (batch.kind !== 'soup') throw new TypeError(`a soup reader has yielded ${batch.kind}`);
    this.rows.addPlace(batch, this.triangles);
    this.welder.add(batch);
    this.triangles += batch.count;
  }

  finish(): Generator<number> {
    return this.welder.finish();
  }

  close(): void {
    this.welder.close();
  }
}

/** Corners as numbers of vertices: vertices are looked up, faces wait for them. */
export class IndexedWelding {
  private readonly welder: IndexedWelder;

  constructor(
    private readonly rows: MeshLoad,
    options: WelderOptions,
  ) {
    this.welder = new IndexedWelder(rows, options);
  }

  /** Faces always wait on disk. */
  static spills(): boolean {
    return true;
  }

  get triangles(): number {
    return this.welder.triangles;
  }

  get record(): IndexedRecord {
    return { faces: this.welder.faces, fileVertices: this.welder.vertices, ...this.welder.tally };
  }

  get isExact(): boolean {
    return this.welder.isExact;
  }

  get vertices(): number {
    return this.welder.vertices;
  }

  add(batch: Batch): void {
    if (batch.kind === 'soup') throw new TypeError('an indexed reader has yielded soup');
    if (batch.kind === 'vertices') {
      this.welder.addVertices(batch);
      return;
    }
    this.rows.addPlace(batch, this.welder.triangles);
    this.welder.addFaces(batch);
  }

  finish(reader: MeshReader): Generator<number> {
    return this.welder.finish(reader.colorScales?.() ?? { vertex: 1, face: 1 });
  }

  close(): void {
    this.welder.close();
  }
}
