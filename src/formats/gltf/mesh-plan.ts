/**
 * Plans the reading of meshes: which primitives have triangles, and how many rows each takes. A plan holds numbers only;
 * accessors are resolved again when they are read.
 */
import { type Accessor, type Rows, resolveAccessor } from './accessor.js';
import { type Buffers, presentRows } from './buffers.js';
import type { GltfDocument } from './document.js';
import type { AttributesJson, PrimitiveJson } from './schema.js';

/** How the corners of triangles follow each other. */
export type Topology = 'triangles' | 'strip' | 'fan';
const TOPOLOGIES: Readonly<Record<number, Topology>> = { 4: 'triangles', 5: 'strip', 6: 'fan' };
/** Modes from points to line strips. */
const MODE_MAX = 6;

/** The vertices of one or more primitives of a mesh. */
export interface VertexSet {
  /** The number of the first one within the mesh. */
  readonly first: number;
  /** The announced number, and how many of them a truncated source holds. */
  readonly announced: number;
  readonly count: number;
  readonly positions: number;
  /** Undefined if absent or truncated. */
  readonly colors: number | undefined;
  readonly normals: number | undefined;
}

/** A primitive to read. */
export interface PrimitivePlan {
  readonly topology: Topology;
  readonly set: VertexSet;
  /** Whether its vertices have not been read for an earlier primitive. */
  readonly hasOwnVertices: boolean;
  /** Undefined if corners are the vertices in order. */
  readonly indices: number | undefined;
  readonly faces: number;
  /** The number of the first face within the mesh. */
  readonly firstFace: number;
  readonly material: number | undefined;
}

export interface MeshPlan {
  readonly primitives: readonly PrimitivePlan[];
  readonly vertices: number;
  readonly faces: number;
  /** Whether all positions are exact in 32-bit floats. */
  readonly isFloat32: boolean;
  /** Primitives that are skipped: of points or lines, without positions; and those with corners left over. */
  readonly skipped: {
    readonly notTriangles: number;
    readonly noPositions: number;
    readonly leftOver: number;
  };
}

export class MeshPlans {
  private readonly plans = new Map<number, MeshPlan>();

  /** `buffers` limit the plans to the data that exists; without it, they are as announced. */
  constructor(
    private readonly document: GltfDocument,
    private readonly buffers?: Buffers,
  ) {}

  /** Returns the plan of a mesh. Throws FormatError. */
  of(mesh: number): MeshPlan {
    let plan = this.plans.get(mesh);
    if (plan === undefined) {
      plan = this.make(mesh);
      this.plans.set(mesh, plan);
    }
    return plan;
  }

  private make(mesh: number): MeshPlan {
    const { document } = this;
    const primitives: PrimitivePlan[] = [];
    const sets = new Map<string, VertexSet>();
    let [vertices, faces, isFloat32] = [0, 0, true];
    const skipped = { notTriangles: 0, noPositions: 0, leftOver: 0 };
    for (const json of document.primitives(mesh)) {
      const mode = json.mode === undefined ? 4 : document.whole(json.mode, 'the mode of a primitive');
      if (mode > MODE_MAX) throw document.bad(`a primitive has the mode ${mode}`, `at most ${MODE_MAX}`);
      const topology = TOPOLOGIES[mode];
      const attributes = document.object<AttributesJson>(json.attributes, 'the attributes of a primitive');
      if (topology === undefined || attributes.POSITION === undefined) {
        skipped[topology === undefined ? 'notTriangles' : 'noPositions']++;
        continue;
      }
      const ids = [attributes.POSITION, attributes.COLOR_0, attributes.NORMAL].map((id) =>
        id === undefined ? undefined : document.whole(id, 'an attribute'),
      );
      const positions = resolveAccessor(document, ids[0]!, 'POSITION');
      isFloat32 &&= positions.isFloat32;
      const key = ids.join();
      let set = sets.get(key);
      const hasOwnVertices = set === undefined;
      if (set === undefined) {
        set = this.planVertices(positions, ids, vertices);
        sets.set(key, set);
        vertices += set.count;
      }
      const { indices, corners } = this.planCorners(json, set);
      const count = topology === 'triangles' ? Math.floor(corners / 3) : Math.max(0, corners - 2);
      if (topology === 'triangles' && corners % 3 !== 0 && this.buffers === undefined) skipped.leftOver++;
      const material = json.material === undefined ? undefined : document.whole(json.material, 'a material');
      primitives.push({ topology, set, hasOwnVertices, indices, faces: count, firstFace: faces, material });
      faces += count;
    }
    return { primitives, vertices, faces, isFloat32, skipped };
  }

  private planVertices(positions: Accessor, ids: readonly (number | undefined)[], first: number): VertexSet {
    const { document } = this;
    const attribute = (id: number | undefined, use: 'COLOR_0' | 'NORMAL'): number | undefined => {
      if (id === undefined) return undefined;
      const accessor = resolveAccessor(document, id, use);
      if (accessor.count !== positions.count) {
        throw document.bad(`accessors[${id}] has ${accessor.count} rows`, `${positions.count}, as positions`);
      }
      return this.countOf(accessor) < accessor.count ? undefined : id;
    };
    return {
      first,
      announced: positions.count,
      count: this.countOf(positions),
      positions: positions.id,
      colors: attribute(ids[1], 'COLOR_0'),
      normals: attribute(ids[2], 'NORMAL'),
    };
  }

  private planCorners(json: PrimitiveJson, set: VertexSet): { indices: number | undefined; corners: number } {
    if (json.indices === undefined) return { indices: undefined, corners: set.count };
    const indices = this.document.whole(json.indices, 'the indices of a primitive');
    return { indices, corners: this.countOf(resolveAccessor(this.document, indices, 'indices')) };
  }

  /** Returns how many rows of an accessor exist. */
  private countOf({ base, sparse, count }: Accessor): number {
    const { buffers } = this;
    if (buffers === undefined) return count;
    const present = (rows: Rows): number => presentRows(rows, buffers);
    const isCut = [sparse?.indices, sparse?.values].some(
      (rows) => rows !== undefined && present(rows) < rows.count,
    );
    if (isCut) return 0;
    return base === undefined ? count : present(base);
  }
}
