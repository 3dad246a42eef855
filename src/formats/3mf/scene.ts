/** The build of a model as instances of meshes: each use of an object with its transform. */
import { FormatError } from '../../errors.js';
import { formatCount } from '../../wording.js';
import { type Affine, combine } from './affine.js';
import type { Model, ModelObject, ObjectReference } from './model.js';
import type { SpooledRows } from './row-spool.js';

/** Objects within each other. */
const DEPTH_MAX = 100;
/** More uses of objects are refused: to pass over them takes minutes. */
const USES_MAX = 1e7;
/** More triangles or vertices are refused: no disk holds them. */
const COUNT_MAX = 1e12;

/** A mesh in the scene. */
export interface Instance {
  readonly name: string;
  readonly vertices: SpooledRows;
  readonly triangles: SpooledRows;
  readonly transform: Affine;
}

/** What an object is built of, with all its components. */
interface Totals {
  readonly uses: number;
  readonly vertices: number;
  readonly triangles: number;
  readonly depth: number;
}

export class Scene {
  readonly vertices: number;
  readonly triangles: number;
  /** References to objects of the type `other`, which are left out. */
  leftOut = 0;
  private readonly totals = new Map<ModelObject, Totals>();

  /** Counts what is built. Throws FormatError if objects are missing, contain themselves, or are too many. */
  constructor(private readonly model: Model) {
    let [vertices, triangles, uses] = [0, 0, 0];
    for (const item of model.items) {
      const total = this.count(item, new Set());
      vertices += total.vertices;
      triangles += total.triangles;
      uses += total.uses;
      if (uses > USES_MAX || vertices > COUNT_MAX || triangles > COUNT_MAX) {
        const found = `the build has ${formatCount(triangles)} triangles in ${formatCount(uses)} objects, or more`;
        throw new FormatError(
          `${found}; expected at most ${formatCount(COUNT_MAX)} in ${formatCount(USES_MAX)}`,
          { place: item.place },
        );
      }
    }
    this.vertices = vertices;
    this.triangles = triangles;
  }

  /** Yields the instances in the order of the build, components in the order of their objects. */
  *instances(): Generator<Instance> {
    for (const item of this.model.items) yield* this.walk(item, item.transform, '');
  }

  private *walk({ part, id }: ObjectReference, transform: Affine, above: string): Generator<Instance> {
    const object = this.model.find(part, id)!;
    if (object.type === 'other') return;
    const { vertices, triangles, components = [] } = object;
    const name = object.name || above;
    if (vertices !== undefined && triangles !== undefined) {
      yield { name: name || `object ${id}`, vertices, triangles, transform };
    }
    for (const component of components) {
      yield* this.walk(component, combine(component.transform, transform), name);
    }
  }

  private count({ part, id, place }: ObjectReference, above: Set<ModelObject>): Totals {
    const object = this.model.find(part, id);
    if (object === undefined) {
      const where = this.model.parts[part]!.name;
      throw new FormatError(`object ${id} does not exist in ${where}; expected one that does`, { place });
    }
    if (above.has(object)) {
      throw new FormatError(`object ${id} is a component of itself; expected objects without cycles`, {
        place,
      });
    }
    if (object.type === 'other') {
      this.leftOut++;
      return { uses: 1, vertices: 0, triangles: 0, depth: 1 };
    }
    const known = this.totals.get(object);
    if (known !== undefined) return known;
    const { vertices, triangles, components } = object;
    if (vertices === undefined && components === undefined) {
      throw new FormatError(`object ${id} has no mesh and no components; expected one of them`, {
        place: object.place,
      });
    }
    let [uses, vertexCount, faceCount, depth] = [1, vertices?.count ?? 0, triangles?.count ?? 0, 1];
    above.add(object);
    for (const component of components ?? []) {
      if (above.size > DEPTH_MAX) throw tooDeep(component);
      const total = this.count(component, above);
      uses += total.uses;
      vertexCount += total.vertices;
      faceCount += total.triangles;
      depth = Math.max(depth, total.depth + 1);
      if (depth > DEPTH_MAX) throw tooDeep(component);
    }
    above.delete(object);
    // No number may become infinite, whose difference to another is none.
    const total = { uses: cap(uses), vertices: cap(vertexCount), triangles: cap(faceCount), depth };
    this.totals.set(object, total);
    return total;
  }
}

function tooDeep({ place }: ObjectReference): FormatError {
  return new FormatError(`components more than ${DEPTH_MAX} deep; expected fewer`, { place });
}

const cap = (count: number): number => Math.min(count, 1e15);
