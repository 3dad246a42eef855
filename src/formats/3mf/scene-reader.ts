/**
 * Reads the instances of a scene: for each its name as a part, then its vertices and its triangles. Only numbers state where
 * the reader is, so it starts anywhere by passing over the instances before.
 */
import { FormatError } from '../../errors.js';
import type { TemporaryFile } from '../../io/input/temporary-file.js';
import { NAME_BYTES_MAX } from '../../memory.js';
import type { IndexedFaces, IndexedVertices, MeshItem } from '../../mesh.js';
import type { ReadOptions, ReadStart, SavedReader } from '../format.js';
import { FaceBatcher, VertexBatcher } from '../shared/indexed-batches.js';
import { readName } from '../shared/text.js';
import { UnusableVertices } from '../shared/unusable-vertices.js';
import { isIdentity, isMirror, transformPositions } from './affine.js';
import { type RowForm, RowReader } from './row-spool.js';
import type { Instance, Scene } from './scene.js';

/** What comes next of an instance. */
type Step = 'part' | 'vertices' | 'faces';

/** A place in the scene, as plain data: the next row of a step of an instance. */
interface Cursor {
  readonly instance: number;
  readonly step: Step;
  readonly row: number;
}

const BEGIN: Cursor = { instance: 0, step: 'part', row: 0 };

export class SceneReader {
  private next: Cursor = BEGIN;
  private readonly vertexRows: RowReader;
  private readonly triangleRows: RowReader;
  private readonly vertexBatcher: VertexBatcher;
  private readonly faceBatcher: FaceBatcher;

  constructor(
    private readonly scene: Scene,
    file: TemporaryFile,
    forms: { readonly vertices: RowForm; readonly triangles: RowForm },
    private readonly options: ReadOptions,
  ) {
    const { batchTriangles, placeBytes } = options;
    this.vertexRows = new RowReader(file, forms.vertices);
    this.triangleRows = new RowReader(file, forms.triangles);
    this.vertexBatcher = new VertexBatcher(batchTriangles, 'float64', placeBytes);
    this.faceBatcher = new FaceBatcher(batchTriangles, new UnusableVertices(options), placeBytes);
  }

  /** Yields the items from a start on. Throws FormatError. */
  async *items(start?: ReadStart | SavedReader): AsyncGenerator<MeshItem> {
    if (start === undefined) this.next = BEGIN;
    else this.next = 'memory' in start ? (start.memory as Cursor) : this.find(start);
    const { instance: first } = this.next;
    let [number, firstVertex, firstFace] = [0, 0, 0];
    for (const instance of this.scene.instances()) {
      if (number >= first) {
        if (number > first) this.next = { ...BEGIN, instance: number };
        yield* this.readInstance(instance, firstVertex, firstFace);
      }
      number++;
      firstVertex += instance.vertices.count;
      firstFace += instance.triangles.count;
    }
    this.next = { ...BEGIN, instance: number };
  }

  /** Returns where to resume. */
  save(): SavedReader {
    return { offset: 0, memory: { ...this.next } };
  }

  private *readInstance(instance: Instance, firstVertex: number, firstFace: number): Generator<MeshItem> {
    const { options } = this;
    const { vertices, triangles } = instance;
    if (this.next.step === 'part') {
      this.next = { ...this.next, step: 'vertices' };
      yield { kind: 'part', partKind: 'object', name: cutName(instance.name, options) };
    }
    if (this.next.step === 'vertices') {
      while (this.next.row < vertices.count) {
        const { row } = this.next;
        const count = Math.min(options.batchTriangles, vertices.count - row);
        this.next = { ...this.next, row: row + count };
        yield this.readVertices(instance, row, count, firstVertex);
      }
      this.next = { ...this.next, step: 'faces', row: 0 };
    }
    const isMirrored = isMirror(instance.transform);
    while (this.next.row < triangles.count) {
      const { row } = this.next;
      const count = Math.min(options.batchTriangles, triangles.count - row);
      this.next = { ...this.next, row: row + count };
      yield this.readFaces(instance, row, count, firstVertex, firstFace, isMirrored);
    }
  }

  private readVertices(
    { vertices, transform, name }: Instance,
    first: number,
    count: number,
    firstVertex: number,
  ): IndexedVertices {
    const { vertexBatcher: batcher } = this;
    const positions = batcher.positions as Float64Array;
    batcher.total = firstVertex + first;
    this.vertexRows.read(vertices, first, count, (numbers, at, some, place) => {
      positions.set(numbers.subarray(at, at + 3 * some), 3 * batcher.count);
      let rest = some;
      if (place !== undefined) {
        batcher.add(place.offset, place.end, place.line);
        rest--;
      }
      batcher.count += rest;
      batcher.total += rest;
    });
    if (!isIdentity(transform)) {
      transformPositions(transform, positions, count);
      checkFinite(positions, count, name);
    }
    return batcher.take();
  }

  private readFaces(
    { triangles }: Instance,
    first: number,
    count: number,
    firstVertex: number,
    firstFace: number,
    isMirrored: boolean,
  ): IndexedFaces {
    const { faceBatcher: batcher } = this;
    const { corners } = batcher;
    const [second, third] = isMirrored ? [2, 1] : [1, 2];
    batcher.records = firstFace + first;
    this.triangleRows.read(triangles, first, count, (numbers, at, some, place) => {
      let to = batcher.used;
      for (let from = at; from < at + 3 * some; from += 3, to += 3) {
        corners[to] = firstVertex + numbers[from]!;
        corners[to + second] = firstVertex + numbers[from + 1]!;
        corners[to + third] = firstVertex + numbers[from + 2]!;
      }
      let rest = some;
      if (place !== undefined) {
        batcher.addFace(3, place.offset, place.end, place.line);
        rest--;
      }
      batcher.addUnplaced(rest);
    });
    return batcher.take();
  }

  /** Finds a vertex or triangle by its number. */
  private find({ kind, record }: ReadStart): Cursor {
    const isVertex = kind === 'vertices';
    let [number, before] = [0, 0];
    for (const { vertices, triangles } of this.scene.instances()) {
      const { count } = isVertex ? vertices : triangles;
      if (record < before + count) {
        return { instance: number, step: isVertex ? 'vertices' : 'faces', row: record - before };
      }
      before += count;
      number++;
    }
    return { ...BEGIN, instance: number };
  }
}

function cutName(name: string, { warn }: ReadOptions): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= NAME_BYTES_MAX) return name;
  return readName(bytes, 0, bytes.length, 'an object', 0, warn);
}

/** Throws FormatError if a transform moved a position out of range. */
function checkFinite(positions: Float64Array, count: number, name: string): void {
  let sum = 0;
  // Zero times any finite number is zero.
  for (let k = 0; k < 3 * count; k++) sum += positions[k]! * 0;
  if (sum === 0) return;
  throw new FormatError(`the transform of '${name}' makes a coordinate infinite; expected a smaller one`, {
    place: { offset: 0 },
  });
}
