/**
 * What is to be known of a mesh before it is printed, sliced or computed with: how large it is, and whether it bounds a
 * solid. Out of core: neither edges nor components are held in memory.
 *
 * A pass over the triangles sums up area and volume, another links vertices and deals corners out to the stars of their
 * vertices; what can be told of edges is counted in the stars. Where neighbours face different ways a third pass finds
 * out whether turning some of them round would help. Figures do not depend on memory or order.
 */
import { basename, dirname, join } from 'node:path';
import { databaseError } from '../database/database-error.js';
import { IdSet } from '../database/filter/id-set.js';
import { IdLinks } from '../database/id-links.js';
import { MeshDatabase } from '../database/mesh-database.js';
import type { RowFile } from '../database/row-lookup.js';
import { readPairs } from '../database/run-merge.js';
import type { MeshRows } from '../database/selection.js';
import { Measures } from '../database/topology/measures.js';
import type { StarSpool } from '../database/topology/star-spool.js';
import { TopologyCount, type TopologySinks } from '../database/topology/topology-count.js';
import { type SpillFile, SpillFiles, SpillReader } from '../io/spill-file.js';
import { WorkFolder } from '../io/work-folder.js';
import { type Bounds, MEMORY_DEFAULT, type Precision, planFiltering } from '../mesh.js';
import { checkSets } from './check-sets.js';
import { findBounds } from './find-bounds.js';
import { openStars } from './open-stars.js';
import { Pace } from './pace.js';
import type { RunOptions } from './progress.js';
import { CornerScan } from './scan-corners.js';

/** What there is of a mesh, and what is wrong with it. docs/check.md defines each figure. */
export interface MeshCheck {
  readonly triangles: number;
  readonly vertices: number;
  /** Of the positions. */
  readonly precision: Precision;
  /** The box around all vertices; undefined where there are none. */
  readonly bounds: Bounds | undefined;
  /** In the square of the source's units. */
  readonly area: number;
  /** Positive where triangles face outwards. Of an open surface: measured from the point 0 0 0. */
  readonly volume: number;
  /** Triangles two of whose corners are one vertex. What follows leaves them out. */
  readonly degenerate: number;
  /** Triangles with the same three vertices as an earlier one. */
  readonly duplicate: number;
  /** Vertices that no triangle has. */
  readonly unreferenced: number;
  readonly edges: number;
  /** Edges of one triangle only. */
  readonly boundaryEdges: number;
  /** Closed walks along them: the rims of holes. */
  readonly boundaryLoops: number;
  /** Edges of more than two triangles. */
  readonly nonManifoldEdges: number;
  /** Vertices whose triangles do not all hang together by edges that end there. */
  readonly nonManifoldVertices: number;
  /** Edges along which two triangles run in the same direction: one of them faces the wrong way. */
  readonly misorientedEdges: number;
  /** Whether turning triangles round can set all of these right. */
  readonly isOrientable: boolean;
  /** What hangs together by common vertices. */
  readonly components: number;
  /** What hangs together by common edges. */
  readonly shells: number;
  /** Vertices that are used, minus edges, plus triangles. */
  readonly eulerCharacteristic: number;
  /** Handles, all together; undefined where the mesh is no orientable manifold. */
  readonly genus: number | undefined;
  /** It has triangles, and no edge of only one. */
  readonly isClosed: boolean;
  /** No edge and no vertex is non-manifold. */
  readonly isManifold: boolean;
  /** No edge is misoriented. */
  readonly isOriented: boolean;
  /** It is closed, manifold, oriented, and its triangles face outwards. */
  readonly isPrintable: boolean;
  /** How many vertices have 0, 1, 2 and so on edges; the last entry has all from there on. */
  readonly degrees: readonly number[];
}

// Parts of the free memory. That for positions is given back before the others are used.
const POSITIONS_SHARE = 0.6;
const STARS_SHARE = 0.4;
const LINKS_SHARE = 0.3;
/** The part that sets may take. */
const SETS_SHARE = 0.5;

const RIM_WORDS = 2 ** 14;
/** Pairs of boundary edges linked between two chances for others. */
const TURN_PAIRS = 2 ** 16;

/** Checks the mesh of a database. Throws UsageError, FileError, DatabaseError. */
export async function checkMesh(database: string, options: RunOptions = {}): Promise<MeshCheck> {
  const { tempFolder = dirname(database) } = options;
  const db = MeshDatabase.open(database);
  const files = new SpillFiles(new WorkFolder(join(tempFolder, basename(database))));
  try {
    return await new Checking(db.rows(), files, tempFolder, options).check();
  } catch (error) {
    throw databaseError(error, database);
  } finally {
    db.close();
    files.remove();
  }
}

class Checking {
  private readonly pace: Pace;
  /** Bytes for everything here but the sets. */
  private readonly freeBytes: number;
  /** Vertices that a triangle has. */
  private readonly used: IdSet;
  /** Triangles with a boundary edge. */
  private readonly rims: IdSet;
  private triangles = 0;
  private degenerate = 0;

  constructor(
    private readonly rows: MeshRows,
    private readonly files: SpillFiles,
    private readonly folder: string,
    private readonly options: RunOptions,
  ) {
    const { memoryBytes = MEMORY_DEFAULT } = options;
    const { vertexRange, triangleRange } = rows;
    const setsBytes = IdSet.bytesOf(vertexRange) + IdSet.bytesOf(triangleRange);
    const freeBytes = planFiltering(memoryBytes, 0);
    checkSets('a check of', triangleRange, setsBytes, SETS_SHARE, freeBytes, memoryBytes);
    this.freeBytes = freeBytes - setsBytes;
    this.used = IdSet.create(vertexRange);
    this.rims = IdSet.create(triangleRange);
    this.pace = new Pace(rows, options);
  }

  async check(): Promise<MeshCheck> {
    const { rows, files } = this;
    const starsBytes = STARS_SHARE * this.freeBytes;
    const spool = openStars(rows, starsBytes, files, this.folder, this.options, this.linksBytes);
    const { bounds, vertices } = await findBounds(rows, this.pace.part(0, 0.05), 'check');
    const measures = await this.measure(bounds);

    const linksArena = new ArrayBuffer(this.arenaBytes);
    const components = await this.gatherStars(spool, linksArena);
    const links = new IdLinks(rows.triangleRange, linksArena, files);
    const rimPairs = files.create('rims', RIM_WORDS);
    const onPair = (triangle: number, neighbor: number) => links.link(triangle, neighbor);
    const count = await this.countStars(
      spool,
      { onPair, rims: this.rims, rimPairs },
      this.pace.part(0.5, 0.9),
    );
    // An id that no triangle with three vertices has is a set of its own.
    const others = rows.triangleRange - (this.triangles - this.degenerate);
    const shells = (await this.finish(links.countSets(), 0.9, 0.95)) - others;
    const boundaryLoops = await this.countLoops(rimPairs, count.boundaryEdges, linksArena);
    const isOrientable = count.misorientedEdges === 0 || (await this.isOrientable(spool, linksArena));
    spool.close();
    const unreferenced = vertices - this.used.size;
    const { triangles, degenerate } = this;
    const { precision } = rows;
    const figures = {
      triangles,
      vertices,
      precision,
      degenerate,
      unreferenced,
      components,
      shells,
      boundaryLoops,
    };
    return conclude({ ...figures, bounds, isOrientable }, measures, count);
  }

  /** Memory for links between ids, in bytes. */
  private get arenaBytes(): number {
    return 8 * Math.floor((LINKS_SHARE * this.freeBytes) / 8);
  }

  /** The most that links take on disk: of vertices, of triangles, or of the sides of these. */
  private get linksBytes(): number {
    const { triangleRange, vertexRange } = this.rows;
    const bytesOf = (ids: number, linksOfTriangle: number) =>
      IdLinks.bytesOf(ids, linksOfTriangle * triangleRange, this.arenaBytes);
    return Math.max(bytesOf(vertexRange, 2), bytesOf(triangleRange, 1.5), bytesOf(2 * triangleRange, 3));
  }

  private async measure(bounds: Bounds | undefined): Promise<Measures> {
    const middle = (axis: number) =>
      bounds === undefined ? 0 : bounds.min[axis]! / 2 + bounds.max[axis]! / 2;
    const origin = [middle(0), middle(1), middle(2)] as const;
    const scan = new CornerScan(this.rows, undefined, this.files, this.pace.part(0.05, 0.25), {
      bytes: POSITIONS_SHARE * this.freeBytes,
      stage: 'check',
      onNote: this.options.onNote,
      onForecast: this.options.onForecast,
    });
    return scan.run((positions) => new Measures(positions, origin));
  }

  /** Deals all corners out to the stars of their vertices; returns how many components there are. */
  private async gatherStars(spool: StarSpool, arena: ArrayBuffer): Promise<number> {
    const { rows, used } = this;
    const links = new IdLinks(rows.vertexRange, arena, this.files);
    const pace = this.pace.part(0.25, 0.45);
    for (const batch of rows.cornersOf()) {
      const { count, ids, corners } = batch;
      for (let k = 0; k < 3 * count; k += 3) {
        const a = corners[k]!;
        const b = corners[k + 1]!;
        const c = corners[k + 2]!;
        used.add(a);
        used.add(b);
        used.add(c);
        links.link(a, b);
        links.link(b, c);
        if (a === b || b === c || c === a) this.degenerate++;
      }
      spool.add(batch);
      this.triangles += count;
      await pace.pause('check', ids[count - 1]!, rows.triangleRange);
    }
    used.seal();
    return (await this.finish(links.countSets(), 0.45, 0.5)) - (rows.vertexRange - used.size);
  }

  private async countStars(spool: StarSpool, sinks: TopologySinks, pace: Pace): Promise<TopologyCount> {
    const count = new TopologyCount(sinks);
    for (const stars of spool.stars()) {
      count.take(stars);
      await pace.pause('check', stars.first + stars.ends.length, this.rows.vertexRange);
    }
    return count;
  }

  /** How many loops boundary edges make. They are numbered densely: up to three of each triangle that has any. */
  private async countLoops(pairs: SpillFile, edges: number, arena: ArrayBuffer): Promise<number> {
    const { rims } = this;
    rims.seal();
    const numbers = 3 * rims.size;
    const numberOf = (edge: number) => {
      const triangle = Math.floor(edge / 3);
      return 3 * rims.rank(triangle) + edge - 3 * triangle;
    };
    const links = new IdLinks(numbers, arena, this.files);
    let linked = 0;
    for (const [edge, other] of readPairs(pairs, RIM_WORDS)) {
      links.link(numberOf(edge), numberOf(other));
      if (++linked % TURN_PAIRS === 0) await this.pace.pause('check', 0.95, 1);
    }
    pairs.remove();
    return (await this.finish(links.countSets(), 0.95, 1)) - (numbers - edges);
  }

  /**
   * Whether triangles can be turned round so that all neighbours agree. Each has two sides, and sides are linked that
   * would look the same way: where the two sides of a triangle end up in one set, the surface has only one.
   */
  private async isOrientable(spool: StarSpool, arena: ArrayBuffer): Promise<boolean> {
    const { rows, files } = this;
    const links = new IdLinks(2 * rows.triangleRange, arena, files);
    const onPair = (triangle: number, neighbor: number, isSame: boolean, isManifold: boolean) => {
      if (!isManifold) return;
      links.link(2 * triangle, 2 * neighbor + (isSame ? 1 : 0));
      links.link(2 * triangle + 1, 2 * neighbor + (isSame ? 0 : 1));
    };
    await this.countStars(spool, { onPair }, this.pace.part(0.95, 1));
    const labels = await this.finish(links.finish(), 0.95, 1);
    return !hasEqualSides(labels);
  }

  private async finish<T>(steps: Generator<number, T>, begin: number, end: number): Promise<T> {
    const pace = this.pace.part(begin, end);
    let step = steps.next();
    for (; !step.done; step = steps.next()) await pace.pause('check', step.value, 1);
    return step.value;
  }
}

/** Whether two labels next to each other, an even one and the one behind it, are equal. */
function hasEqualSides({ file, width, count }: RowFile): boolean {
  const reader = new SpillReader(file, RIM_WORDS);
  for (let id = 0; id < count; id += 2) {
    let isEqual = true;
    const label = Array.from({ length: width }, () => reader.next());
    for (const word of label) isEqual = reader.next() === word && isEqual;
    if (isEqual) return true;
  }
  return false;
}

/** What follows from the figures. */
function conclude(
  known: Pick<
    MeshCheck,
    | 'triangles'
    | 'vertices'
    | 'precision'
    | 'degenerate'
    | 'unreferenced'
    | 'components'
    | 'shells'
    | 'boundaryLoops'
    | 'bounds'
    | 'isOrientable'
  >,
  measures: Measures,
  count: TopologyCount,
): MeshCheck {
  const { edges, boundaryEdges, nonManifoldEdges, nonManifoldVertices, misorientedEdges } = count;
  const sound = known.triangles - known.degenerate;
  const isClosed = sound > 0 && boundaryEdges === 0;
  const isManifold = nonManifoldEdges === 0 && nonManifoldVertices === 0;
  const isOriented = misorientedEdges === 0;
  // Only then it does not matter from where the volume is measured.
  const isSolid = isClosed && nonManifoldEdges === 0 && isOriented;
  const volume = isSolid ? measures.volume : measures.volumeFromZero;
  const eulerCharacteristic = count.vertices - edges + sound;
  const handles = (2 * known.components - eulerCharacteristic - known.boundaryLoops) / 2;
  return {
    ...known,
    area: measures.area,
    volume,
    duplicate: count.duplicates,
    edges,
    boundaryEdges,
    nonManifoldEdges,
    nonManifoldVertices,
    misorientedEdges,
    eulerCharacteristic,
    genus: isManifold && known.isOrientable ? handles : undefined,
    isClosed,
    isManifold,
    isOriented,
    isPrintable: isClosed && isManifold && isOriented && volume > 0,
    degrees: [...count.degrees],
  };
}
