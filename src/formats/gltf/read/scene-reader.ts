/**
 * Reads the meshes of a scene: for each node with a mesh its name as a part, then the vertices and triangles of each
 * primitive. Only numbers say where the reader is, so it starts anywhere by walking the nodes up to there.
 */
import { FormatError, TRUNCATED } from '../../../errors.js';
import type { ByteSource } from '../../../io/input/byte-source.js';
import { NAME_BYTES_MAX } from '../../../memory.js';
import type { MeshItem, PartStart, Precision } from '../../../mesh.js';
import { countOf, formatCount } from '../../../wording.js';
import type { BinaryField, ReadOptions, ReadStart, SavedReader } from '../../format.js';
import { type SavedUnusable, UnusableVertices } from '../../shared/unusable-vertices.js';
import type { Buffers } from '../buffers.js';
import type { Container } from '../container.js';
import type { GltfDocument } from '../document.js';
import { isIdentity, isMirror } from '../matrix.js';
import { type MeshPlan, MeshPlans, type PrimitivePlan } from '../mesh-plan.js';
import { type MeshInstance, walkScene } from '../scene.js';
import { dissectRows } from './dissect.js';
import { FaceReader } from './face-reader.js';
import type { RecordRows } from './records.js';
import { VertexReader } from './vertex-reader.js';
import { warnOfMesh } from './warnings.js';

/** More vertices or triangles than this are refused: no disk holds them. */
const COUNT_MAX = 1e12;
/** More primitives than this, counted at each node that shows them, are refused: to pass over them takes minutes. */
const PRIMITIVES_MAX = 1e7;

/** What comes next in a primitive. */
type Step = 'object' | 'material' | 'vertices' | 'faces';

/** A place in the scene, as plain data: the next row of a step of a primitive of an instance. */
interface Cursor {
  readonly instance: number;
  readonly primitive: number;
  readonly step: Step;
  readonly row: number;
  /** The material of the last part; undefined before the first. */
  readonly material: string | undefined;
}

interface SavedScene extends Cursor {
  readonly unusable: SavedUnusable;
}

const BEGIN: Cursor = { instance: 0, primitive: 0, step: 'object', row: 0, material: undefined };

export class SceneReader {
  readonly precision: Precision;
  /** The announced number of triangles. */
  readonly triangles: number;
  private readonly unusable: UnusableVertices;
  private next: Cursor = BEGIN;
  /** The rows that the last place points to. */
  private records: RecordRows | undefined;

  /** Walks the scene once. Throws FormatError if it is damaged or too large. */
  constructor(
    private readonly source: ByteSource,
    private readonly container: Container,
    private readonly document: GltfDocument,
    private readonly buffers: Buffers,
    private readonly options: ReadOptions,
  ) {
    const plans = new MeshPlans(document);
    let [vertices, triangles, primitives, isFloat32] = [0, 0, 0, true];
    for (const { mesh, matrix } of walkScene(document)) {
      const plan = plans.of(mesh);
      vertices += plan.vertices;
      triangles += plan.faces;
      primitives += plan.primitives.length;
      isFloat32 &&= plan.isFloat32 && isIdentity(matrix);
      if (vertices > COUNT_MAX || triangles > COUNT_MAX || primitives > PRIMITIVES_MAX) {
        throw document.bad(
          `the scene shows ${formatCount(triangles)} triangles in ${formatCount(primitives)} primitives, or more`,
          `at most ${formatCount(COUNT_MAX)} in ${formatCount(PRIMITIVES_MAX)}`,
        );
      }
    }
    this.triangles = triangles;
    this.precision = isFloat32 ? 'float32' : 'float64';
    this.unusable = new UnusableVertices(options);
  }

  /** Yields the items from a start on. Throws FormatError. */
  async *items(start?: ReadStart | SavedReader): AsyncGenerator<MeshItem> {
    const { document, buffers, unusable, options } = this;
    const plans = await this.planPresent();
    if (start !== undefined && 'memory' in start) {
      const { unusable: saved, ...cursor } = start.memory as SavedScene;
      unusable.restore(saved);
      this.next = cursor;
    } else this.next = start === undefined ? BEGIN : this.find(start, plans);
    const vertexReader = new VertexReader(document, buffers, unusable, options, this.precision);
    const faceReader = new FaceReader(document, buffers, unusable, options);
    const first = this.next.instance;
    let [number, firstVertex, firstFace] = [0, 0, 0];
    for (const instance of walkScene(document)) {
      const plan = plans.of(instance.mesh);
      if (number >= first) {
        if (number > first) this.next = { ...BEGIN, instance: number, material: this.next.material };
        yield* this.readInstance(instance, plan, firstVertex, firstFace, vertexReader, faceReader);
      }
      number++;
      firstVertex += plan.vertices;
      firstFace += plan.faces;
    }
    await this.checkEnd();
  }

  /** Returns where to resume. */
  save(): SavedReader {
    return { offset: this.document.offset, memory: { ...this.next, unusable: this.unusable.save() } };
  }

  /** Names the bytes of the last vertex or triangle. */
  dissect(bytes: Uint8Array): readonly BinaryField[] {
    return this.records === undefined ? [] : dissectRows(this.records, this.buffers, bytes);
  }

  private async *readInstance(
    instance: MeshInstance,
    plan: MeshPlan,
    firstVertex: number,
    firstFace: number,
    vertexReader: VertexReader,
    faceReader: FaceReader,
  ): AsyncGenerator<MeshItem> {
    const { document } = this;
    if (this.next.step === 'object') {
      warnOfMesh(instance, plan, document, this.options.warn);
      this.next = { ...this.next, step: 'material' };
      yield this.part('object', instance.name);
    }
    const isMirrored = isMirror(instance.matrix);
    for (let k = this.next.primitive; k < plan.primitives.length; k++) {
      const primitive = plan.primitives[k]!;
      const { set } = primitive;
      if (this.next.step === 'material') {
        const part = this.materialOf(primitive);
        this.next = { ...this.next, step: 'vertices', material: part?.name ?? this.next.material };
        if (part !== undefined) yield part;
      }
      if (this.next.step === 'vertices') {
        if (primitive.hasOwnVertices) {
          this.records = vertexReader.recordsOf(set);
          const batches = vertexReader.read(set, instance.matrix, firstVertex + set.first, this.next.row);
          for await (const batch of batches) {
            this.next = { ...this.next, row: this.next.row + batch.count };
            yield batch;
          }
        }
        this.next = { ...this.next, step: 'faces', row: 0 };
      }
      this.records = faceReader.recordsOf(primitive);
      const origin = {
        firstFace: firstFace + primitive.firstFace,
        firstVertex: firstVertex + set.first,
        isMirrored,
      };
      for await (const batch of faceReader.read(primitive, origin, this.next.row)) {
        this.next = { ...this.next, row: faceReader.position };
        yield batch;
      }
      this.next = { ...this.next, primitive: k + 1, step: 'material', row: 0 };
    }
  }

  /** Returns the part that a primitive begins, if its material differs from the last one. */
  private materialOf({ material }: PrimitivePlan): PartStart | undefined {
    const { document } = this;
    if (!document.hasMaterials) return undefined;
    const name = material === undefined ? '' : document.materialName(material);
    const part = this.part('material', name);
    return part.name === (this.next.material ?? '') ? undefined : part;
  }

  private part(partKind: 'object' | 'material', name: string): PartStart {
    const bytes = Buffer.from(name);
    if (bytes.length <= NAME_BYTES_MAX) return { kind: 'part', partKind, name };
    const message = `the name of a${partKind === 'object' ? 'n' : ''} ${partKind} is cut to ${NAME_BYTES_MAX} bytes`;
    this.options.warn({ kind: 'name-cut', message });
    let end = NAME_BYTES_MAX;
    // A character is not cut in two: its bytes after the first begin with the bits 10.
    while ((bytes[end]! & 0xc0) === 0x80) end--;
    return { kind: 'part', partKind, name: bytes.toString('utf8', 0, end).trim() };
  }

  /** Finds a vertex or face by its number. */
  private find({ kind, record }: ReadStart, plans: MeshPlans): Cursor {
    const isVertex = kind === 'vertices';
    let [instance, before] = [0, 0];
    for (const { mesh } of walkScene(this.document)) {
      const plan = plans.of(mesh);
      const inMesh = record - before;
      const primitive = plan.primitives.findIndex(({ set, hasOwnVertices, firstFace, faces }) => {
        const [first, count] = isVertex ? [set.first, hasOwnVertices ? set.count : 0] : [firstFace, faces];
        return inMesh >= first && inMesh < first + count;
      });
      if (primitive >= 0) {
        const { set, firstFace } = plan.primitives[primitive]!;
        const row = inMesh - (isVertex ? set.first : firstFace);
        return { instance, primitive, step: isVertex ? 'vertices' : 'faces', row, material: undefined };
      }
      before += isVertex ? plan.vertices : plan.faces;
      instance++;
    }
    return { ...BEGIN, instance };
  }

  /** Plans the meshes; with salvage, only what a truncated source holds of them. */
  private async planPresent(): Promise<MeshPlans> {
    const { source, document, buffers, options, container } = this;
    const { end } = container;
    if (!options.salvage) {
      if (end !== undefined && source.size !== undefined && source.size < end) {
        throw this.tooShort(source.size, end);
      }
      return new MeshPlans(document);
    }
    const size = end === undefined ? Number.MAX_SAFE_INTEGER : await source.measure(end);
    if (end !== undefined && size < end) {
      const { message } = this.tooShort(size, end);
      options.warn({ kind: 'salvaged', message: `${message}; only what is complete is read` });
    }
    buffers.cutAt(size);
    return new MeshPlans(document, buffers);
  }

  private tooShort(size: number, end: number): FormatError {
    const problem = `truncated: the header announces ${countOf(end, 'byte')}, the file holds ${formatCount(size)}`;
    return new FormatError(problem, { place: { offset: size }, ...TRUNCATED });
  }

  /** Checks that the source ends where it announces. */
  private async checkEnd(): Promise<void> {
    const { source, options } = this;
    const { end } = this.container;
    if (end === undefined || options.salvage) return;
    const around = new Uint8Array(2);
    const count = await source.readAt(around, end - 1);
    if (count === 0) throw this.tooShort(await source.measure(end), end);
    if (count > 1) {
      const message = `byte ${end}: bytes after the announced end are ignored`;
      options.warn({ kind: 'trailing-bytes', message });
    }
  }
}
