/**
 * From an indexed source to rows: vertices are welded as they come, faces wait until all vertices are there.
 *
 * Vertices get their ids in the order of the source, whether a face uses them or not. The result does not depend on
 * the budget, nor on the order in which vertices and faces come.
 */
import { SpillFiles } from '../io/spill-file.js';
import type { ColorScales, IndexedFaces, IndexedVertices } from '../mesh.js';
import { AttributeFile, weldAttributes } from './attribute-file.js';
import { FaceSpool, type TriangleSink } from './face-spool.js';
import { type VertexSink, VertexWelder } from './vertex-welder.js';
import { allocateArena, type RowSink, type WelderOptions } from './welder.js';

/** Takes rows and what belongs to them. The arrays are only lent. */
export interface MeshSink extends RowSink, TriangleSink, VertexSink {
  addVertexColor(id: number, color: Float64Array): void;
  addVertexNormal(id: number, normal: Float64Array): void;
}

/** What only shows when all is welded. */
export interface IndexedTally {
  /** Vertices that no triangle has. */
  readonly unreferenced: number;
  /** Vertices of the source whose colour, or normal, is not the one that was kept for their position. */
  readonly colorConflicts: number;
  readonly normalConflicts: number;
}

export class IndexedWelder {
  tally: IndexedTally = { unreferenced: 0, colorConflicts: 0, normalConflicts: 0 };
  private readonly arena: ArrayBuffer;
  private readonly files: SpillFiles;
  private readonly welder: VertexWelder;
  private readonly spool: FaceSpool;
  private readonly colors: AttributeFile;
  private readonly normals: AttributeFile;

  constructor(
    private readonly sink: MeshSink,
    private readonly options: WelderOptions,
  ) {
    const { bytesPerValue, expectedVertices } = options;
    this.arena = allocateArena(options.budgetBytes);
    this.files = new SpillFiles(options.spillPath);
    try {
      this.welder = new VertexWelder(sink, this.arena, bytesPerValue, this.files, expectedVertices);
      this.colors = new AttributeFile(4, 'colors', this.files);
      this.normals = new AttributeFile(3, 'normals', this.files);
      this.spool = new FaceSpool(new AttributeFile(4, 'face-colors', this.files), this.files);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** True while all vertices fit the memory. */
  get isExact(): boolean {
    return this.welder.isExact;
  }

  /** Vertices of the source so far. */
  get vertices(): number {
    return this.welder.count;
  }

  /** Faces of the source so far. */
  get faces(): number {
    return this.spool.faces;
  }

  /** Triangles that the faces so far will give. */
  get triangles(): number {
    return this.spool.triangles;
  }

  /** Takes the next vertices. Changes -0 to 0 in their positions. */
  addVertices({ positions, count, colors, normals }: IndexedVertices): void {
    this.colors.add(colors, this.vertices, count);
    this.normals.add(normals, this.vertices, count);
    this.welder.add(positions, count);
  }

  /** Takes the next faces. Their vertices must have come when {@link finish} is called. */
  addFaces(faces: IndexedFaces): void {
    this.spool.add(faces);
  }

  /** Hands on whatever waits; at its end the sink has all. Yields now and then how much is done, from 0 to 1. */
  *finish(scales: ColorScales): Generator<number> {
    const { sink, arena, spool, options } = this;
    const map = yield* inShare(0, 0.4, this.welder.finish());
    const colorConflicts = yield* inShare(
      0.4,
      0.45,
      weldAttributes(this.colors, map, arena, scales.vertex, (id, color) => sink.addVertexColor(id, color)),
    );
    const normalConflicts = yield* inShare(
      0.45,
      0.5,
      weldAttributes(this.normals, map, arena, 1, (id, normal) => sink.addVertexNormal(id, normal)),
    );
    const unreferenced = yield* inShare(
      0.5,
      1,
      spool.emit(map, sink, arena, options.bytesPerValue, scales.face),
    );
    this.tally = { unreferenced, colorConflicts, normalConflicts };
  }

  /** Removes the spill files. To be called in any case. */
  close(): void {
    this.files.remove();
  }
}

/** Passes on the shares of one step of a work as those of the whole: from `low` to `high`. */
function* inShare<T>(low: number, high: number, step: Generator<number, T>): Generator<number, T> {
  let result = step.next();
  for (; !result.done; result = step.next()) yield low + (high - low) * result.value;
  return result.value;
}
