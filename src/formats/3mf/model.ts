/** What the model parts of a 3MF package define: objects, where their rows are kept, and what is built of them. */
import { FormatError } from '../../errors.js';
import type { ZipEntry } from '../../io/zip/directory.js';
import { formatBytes } from '../../wording.js';
import type { Affine } from './affine.js';
import type { SpooledRows } from './row-spool.js';

/** Units of length as 3MF names them, by their names in offload. */
export const UNITS: Readonly<Record<string, string>> = {
  micron: 'um',
  millimeter: 'mm',
  centimeter: 'cm',
  inch: 'inch',
  foot: 'foot',
  meter: 'm',
};

/** A model part of the package. */
export interface ModelPart {
  /** For messages, without control characters. */
  readonly name: string;
  /** Where its XML begins if that of all parts is joined in this order, in bytes. */
  readonly base: number;
  readonly entry: ZipEntry;
}

/** A reference to an object, with a transform: a component of an object, or an item of the build. */
export interface ObjectReference {
  /** Index of the part that defines the object, and its number there. */
  readonly part: number;
  readonly id: number;
  readonly transform: Affine;
  /** Where the reference is. */
  readonly place: ModelPlace;
}

/** A line of a part. */
export interface ModelPlace {
  readonly line: number;
  readonly part: string;
}

export interface ModelObject {
  readonly id: number;
  /** Empty if it has none. */
  readonly name: string;
  readonly type: ObjectType;
  /** Undefined if it has no mesh. */
  vertices: SpooledRows | undefined;
  triangles: SpooledRows | undefined;
  /** Undefined if it has no components. */
  components: ObjectReference[] | undefined;
  readonly place: ModelPlace;
}

export const OBJECT_TYPES = ['model', 'solidsupport', 'support', 'surface', 'other'] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** Estimated bytes of memory for an object, or for a reference. */
const OBJECT_BYTES = 600;
const REFERENCE_BYTES = 500;

export class Model {
  readonly parts: ModelPart[] = [];
  readonly items: ObjectReference[] = [];
  /** The unit of the root part as 3MF names it. */
  unit = 'millimeter';
  /** Kinds of content that were passed over, for warnings. */
  readonly unread = new Set<string>();
  heldBytes = 0;
  private readonly objects = new Map<string, ModelObject>();

  /** `heldBytesMax` limits the memory for objects and references. */
  constructor(private readonly heldBytesMax: number) {}

  /** Finds an object. */
  find(part: number, id: number): ModelObject | undefined {
    return this.objects.get(`${part} ${id}`);
  }

  /** Adds an object; false if its part has one of the same number. */
  add(part: number, object: ModelObject): boolean {
    const key = `${part} ${object.id}`;
    if (this.objects.has(key)) return false;
    this.objects.set(key, object);
    this.hold(OBJECT_BYTES + 2 * object.name.length, object.place);
    return true;
  }

  /** Counts a reference. */
  addTo(list: ObjectReference[], reference: ObjectReference): void {
    list.push(reference);
    this.hold(REFERENCE_BYTES, reference.place);
  }

  /** Finds the part that has byte `offset` of all parts. */
  partAt(offset: number): ModelPart {
    return this.parts.findLast(({ base }) => base <= offset)!;
  }

  private hold(bytes: number, place: ModelPlace): void {
    this.heldBytes += bytes;
    if (this.heldBytes <= this.heldBytesMax) return;
    const limit = formatBytes(this.heldBytesMax);
    throw new FormatError(`the objects take more than ${limit} of memory; expected fewer`, {
      place,
      hint: 'raise `memoryBytes`',
    });
  }
}
