/**
 * Checks a mesh before it is printed, sliced or computed with: how large it is, and whether it is a closed solid. Works out
 * of core: neither edges nor components are held in memory.
 *
 * A pass over the triangles links vertices and assigns corners to the stars of their vertices. The stars give the edge
 * counts and the shells. If neighbors are misoriented, another pass over the stars determines whether reversing some of
 * them would help. A last pass over the triangles sums up area and volume and measures shells, so that they can be judged;
 * a thread sums up meanwhile, so the pass is left out unless there are several closed shells.
 * Figures do not depend on memory or order.
 */

import { basename, join } from 'node:path';
import { IdLinks } from '../collections/id-links.js';
import { IdSet } from '../collections/id-set.js';
import { LabelStream } from '../collections/label-stream.js';
import type { RowFile } from '../collections/row-lookup.js';
import { readPairs } from '../collections/run-merge.js';
import { type SpillFile, SpillFiles, SpillReader } from '../collections/spill-file.js';
import { runSteps } from '../collections/steps.js';
import { databaseError } from '../database/database-error.js';
import { MeshDatabase } from '../database/mesh-database.js';
import type { MeshRows } from '../database/rows/selection.js';
import { chooseTempFolder } from '../io/disk.js';
import { filePath } from '../io/file-path.js';
import { WorkFolder } from '../io/work-folder.js';
import { planChecking } from '../memory/plans.js';
import type { Bounds } from '../mesh.js';
import { takeOptions } from '../options.js';
import { Measures, type MeshTotals, type Origin } from '../topology/measures.js';
import { listShells } from '../topology/shell-list.js';
import type { FoundShells } from '../topology/shell-scan.js';
import type { StarSpool } from '../topology/star-spool.js';
import { TopologyCount, type TopologySinks } from '../topology/topology-count.js';
import type { FlawGroup } from './flaws/flaw.js';
import { FlawList, numberOf } from './flaws/flaw-list.js';
import { Pace } from './run/pace.js';
import { RUN_OPTIONS, type RunOptions } from './run/progress.js';
import { countThreads, STORED_TRIANGLES_MIN } from './run/thread-count.js';
import { findBounds } from './scan/find-bounds.js';
import { openStars } from './scan/open-stars.js';
import { CornerScan } from './scan/scan-corners.js';
import { checkSets } from './shells/check-sets.js';
import { ShellFinder } from './shells/find-shells.js';
import { type JudgedShells, ShellJudge } from './shells/judge-shells.js';
import { concludeCheck, type MeshCheck, SHELLS_LISTED_MAX } from './shells/mesh-check.js';
import { ShellMemory } from './shells/shell-memory.js';
import { dealInThread } from './threads/deal-thread.js';
import { measureInThread } from './threads/measure-thread.js';
import type { DealReply } from './threads/roles/deal-role.js';
import type { MeasureReply } from './threads/roles/measure-role.js';
import { ThreadPool } from './threads/thread.js';

const RIM_WORDS = 2 ** 14;
/** Pairs of boundary edges linked between two yields to the event loop. */
const TURN_PAIRS = 2 ** 16;

/** Checks the mesh of a database. Throws UsageError, FileError, DatabaseError. */
export async function checkMesh(database: string | URL, options: RunOptions = {}): Promise<MeshCheck> {
  return checkDatabase(filePath.take(database, 'database'), takeOptions(options, RUN_OPTIONS));
}

/**
 * Checks like {@link checkMesh}, and lists the flaws that it counts, which takes a few MB more. Throws UsageError,
 * FileError, DatabaseError.
 * @internal
 */
export async function findFlaws(
  database: string,
  options: RunOptions,
): Promise<{ readonly check: MeshCheck; readonly groups: readonly FlawGroup[] }> {
  let groups: readonly FlawGroup[] = [];
  const check = await checkDatabase(database, options, (found) => {
    groups = found;
  });
  return { check, groups };
}

async function checkDatabase(
  database: string,
  options: RunOptions,
  onFlaws?: (groups: readonly FlawGroup[]) => void,
): Promise<MeshCheck> {
  const tempFolder = chooseTempFolder(options.tempFolder, database);
  const db = MeshDatabase.open(database);
  const files = new SpillFiles(new WorkFolder(join(tempFolder, basename(database))));
  try {
    const list = onFlaws && new FlawList(files);
    const check = await new Checking(db.rows(), files, tempFolder, options, list).check();
    if (list !== undefined) onFlaws!(list.finish(check, db));
    return check;
  } catch (error) {
    throw databaseError(error, database);
  } finally {
    db.close();
    files.remove();
  }
}

class Checking {
  private readonly pace: Pace;
  private readonly memory: ShellMemory;
  private readonly canDeal: boolean;
  private readonly measuringBytes: number;
  /** What sets may still take. */
  private readonly freeSetBytes: number;
  /** Vertices that a triangle uses. */
  private readonly used: IdSet;
  /** Triangles with three vertices; in the end, the first triangles of closed shells. */
  private readonly sound: IdSet;
  /** Triangles with an edge that a closed surface does not have. */
  private readonly flaws: IdSet;
  /** Shared memory: 1 if the mesh is not a closed shell. */
  private readonly isOpen = new Int32Array(new SharedArrayBuffer(4));
  private triangles = 0;
  private degenerate = 0;

  constructor(
    private readonly rows: MeshRows,
    private readonly files: SpillFiles,
    private readonly folder: string,
    private readonly options: RunOptions,
    private readonly list: FlawList | undefined,
  ) {
    const { vertexRange, triangleRange } = rows;
    const setsBytes = IdSet.bytesOf(vertexRange) + 2 * IdSet.bytesOf(triangleRange);
    const { sets, shells, canDeal, measuringBytes } = planChecking(options, setsBytes);
    this.canDeal = canDeal;
    // A list needs the triangles in this thread.
    this.measuringBytes = list === undefined ? measuringBytes : 0;
    this.freeSetBytes = sets.mostBytes - setsBytes;
    checkSets('a check of', triangleRange, setsBytes, sets);
    this.memory = new ShellMemory(shells);
    this.used = IdSet.create(vertexRange);
    this.sound = IdSet.create(triangleRange);
    this.flaws = IdSet.create(triangleRange);
    this.pace = new Pace(rows, options);
  }

  async check(): Promise<MeshCheck> {
    const pool = new ThreadPool();
    try {
      return await this.checkWith(pool);
    } finally {
      await pool.stop();
    }
  }

  private async checkWith(pool: ThreadPool): Promise<MeshCheck> {
    const { rows, files, memory, flaws } = this;
    const spool = openStars(rows, memory.stars, files, this.folder, this.options, this.linksBytes);
    const dealing = this.startDealing(pool, spool);
    const { bounds, vertices } = await findBounds(rows, this.pace.part(0, 0.05), 'check');
    const components = await this.gatherStars(spool, dealing);
    const origin = middleOf(bounds);
    if (this.measuringBytes === 0) await pool.stop();
    const measuring = dealing && this.startMeasuring(pool, origin);
    const finder = new ShellFinder(this.sound, flaws, memory.links, files);
    const rimPairs = files.create('rims', RIM_WORDS);
    const { list } = this;
    const sinks = { onPair: finder.onPair, flaws, rimPairs, list };
    const count = await this.countStars(spool, sinks, this.pace.part(0.3, 0.7));
    const counting = list && (() => list.countShells(memory.links, rows.triangleRange));
    const shells = await this.finish(finder.finish(counting), 0.7, 0.75);
    list?.chooseShells();
    const boundaryLoops = await this.countLoops(rimPairs, count.boundaryEdges);
    const isOrientable = count.misorientedEdges === 0 || (await this.isOrientable(spool));
    spool.close();
    const measured = await measuring;
    // Its memory is for shells from here on.
    await pool.stop();

    const { measures, judged } = await this.measure(origin, shells, measured);
    const { triangles, degenerate } = this;
    const figures = {
      triangles,
      vertices,
      precision: rows.precision,
      bounds,
      degenerate,
      unreferenced: vertices - this.used.size,
      components,
      shells: shells.count,
      closedShells: shells.closed.size,
      shellVerdicts: judged?.verdicts.count(),
      shellList: judged === undefined ? [] : listShells(judged.table, judged.verdicts, SHELLS_LISTED_MAX),
      boundaryLoops,
      isOrientable,
    };
    return concludeCheck(figures, measures, count);
  }

  /** The maximum disk space for links: of vertices, of triangles, or of the sides of triangles. */
  private get linksBytes(): number {
    const { triangleRange, vertexRange } = this.rows;
    const bytesOf = (ids: number, linksOfTriangle: number) =>
      IdLinks.bytesOf(ids, linksOfTriangle * triangleRange, this.memory.links.byteLength);
    return Math.max(bytesOf(vertexRange, 2), bytesOf(triangleRange, 1.5), bytesOf(2 * triangleRange, 3));
  }

  /** Lets a thread distribute the triangles meanwhile, if there are many. */
  private startDealing(pool: ThreadPool, spool: StarSpool): Promise<DealReply> | undefined {
    const { rows, options, canDeal } = this;
    const table = rows.triangleTable();
    const threads = countThreads(options.threads, rows.triangleRange, STORED_TRIANGLES_MIN);
    if (threads === 1 || !canDeal || table === undefined) return undefined;
    return dealInThread(pool, { ...table, vertexRange: rows.vertexRange, ...spool.share() });
  }

  /** Lets the same thread measure the mesh meanwhile, if there is memory for its positions. */
  private startMeasuring(pool: ThreadPool, origin: Origin): Promise<MeasureReply> | undefined {
    const { rows, measuringBytes, isOpen } = this;
    const table = rows.triangleTable();
    const vertexLeaves = rows.vertexLeaves();
    if (measuringBytes === 0 || table === undefined || vertexLeaves === undefined) return undefined;
    const cacheBytes = CornerScan.usefulBytes(measuringBytes, rows.triangleRange);
    return measureInThread(pool, { ...table, vertexLeaves, origin, isOpen, cacheBytes });
  }

  /** Assigns all corners to the stars of their vertices; returns the number of components. */
  private async gatherStars(spool: StarSpool, dealing: Promise<DealReply> | undefined): Promise<number> {
    const { rows, used, sound } = this;
    const links = new IdLinks(rows.vertexRange, this.memory.links, this.files);
    const pace = this.pace.part(0.05, 0.25);
    for (const batch of rows.cornersOf()) {
      const { count, ids, corners } = batch;
      for (let k = 0; k < count; k++) {
        const a = corners[3 * k]!;
        const b = corners[3 * k + 1]!;
        const c = corners[3 * k + 2]!;
        used.add(a);
        used.add(b);
        used.add(c);
        links.link(a, b);
        links.link(b, c);
        if (a === b || b === c || c === a) {
          this.degenerate++;
          this.list?.onDegenerate(ids[k]!);
        } else sound.add(ids[k]!);
      }
      if (dealing === undefined) spool.add(batch);
      this.triangles += count;
      await pace.pause('check', ids[count - 1]!, rows.triangleRange);
    }
    used.seal();
    if (dealing !== undefined) spool.adopt(await dealing);
    return (await this.finish(links.countSets(), 0.25, 0.3)) - (rows.vertexRange - used.size);
  }

  private async countStars(spool: StarSpool, sinks: TopologySinks, pace: Pace): Promise<TopologyCount> {
    const count = new TopologyCount(sinks);
    for (const stars of spool.stars()) {
      count.take(stars);
      if (count.boundaryEdges > 0) Atomics.store(this.isOpen, 0, 1);
      await pace.pause('check', stars.first + stars.ends.length, this.rows.vertexRange);
    }
    return count;
  }

  /** Counts the loops of boundary edges. Edges are numbered densely: up to three for each triangle with a flaw. */
  private async countLoops(pairs: SpillFile, edges: number): Promise<number> {
    const { flaws, list, memory } = this;
    flaws.seal();
    const numbers = 3 * flaws.size;
    const links = new IdLinks(numbers, this.memory.links, this.files);
    let linked = 0;
    for (const [edge, other] of readPairs(pairs, RIM_WORDS)) {
      links.link(numberOf(flaws, edge), numberOf(flaws, other));
      if (++linked % TURN_PAIRS === 0) await this.pace.pauseAt('check', 0.75);
    }
    pairs.remove();
    if (list === undefined) return (await this.finish(links.countSets(), 0.75, 0.77)) - (numbers - edges);
    const labels = await this.finish(links.finish(), 0.75, 0.76);
    const sets = countLabels(labels);
    await this.finish(list.chooseLoops(flaws, labels, memory.links, this.freeSetBytes), 0.76, 0.77);
    return sets - (numbers - edges);
  }

  /**
   * Whether reversing triangles can make all neighbors agree. Each triangle has two sides, and sides that would face the
   * same way are linked. If both sides of a triangle end up in one set, the surface has only one side.
   */
  private async isOrientable(spool: StarSpool): Promise<boolean> {
    const { rows, files } = this;
    const links = new IdLinks(2 * rows.triangleRange, this.memory.links, files);
    const onPair = (triangle: number, neighbor: number, isSame: boolean, isManifold: boolean) => {
      if (!isManifold) return;
      links.link(2 * triangle, 2 * neighbor + (isSame ? 1 : 0));
      links.link(2 * triangle + 1, 2 * neighbor + (isSame ? 0 : 1));
    };
    await this.countStars(spool, { onPair }, this.pace.part(0.77, 0.8));
    const labels = await this.finish(links.finish(), 0.8, 0.8);
    const isOrientable = !hasEqualSides(labels);
    labels.file.remove();
    return isOrientable;
  }

  /** Sums up area and volume, unless a thread has, and judges the shells. */
  private async measure(
    origin: Origin,
    shells: FoundShells,
    measured: MeasureReply,
  ): Promise<{ measures: MeshTotals; judged: JudgedShells | undefined }> {
    const { onNote, onForecast } = this.options;
    let measures = new Measures(origin);
    const onBegin = () => {
      measures = new Measures(origin);
      const onTriangle = this.list?.beginSums(shells.labels);
      return (t: Float64Array, triangle: number) => {
        measures.add(t);
        onTriangle?.(t, triangle);
      };
    };
    const judge = new ShellJudge(this.rows, shells, this.files, this.pace.part(0.8, 1), {
      memory: this.memory,
      stage: 'check',
      onNote,
      onForecast,
      onBegin: measured === undefined ? onBegin : undefined,
      single: measured?.shell,
    });
    const judged = await judge.judge(this.flaws);
    return { measures: measured?.totals ?? measures, judged };
  }

  private async finish<T>(steps: Generator<number, T>, begin: number, end: number): Promise<T> {
    const pace = this.pace.part(begin, end);
    return runSteps(steps, (share) => pace.pauseAt('check', share));
  }
}

/** Returns the middle of a box, or 0 0 0. */
function middleOf(bounds: Bounds | undefined): Origin {
  const middle = (axis: number) => (bounds === undefined ? 0 : bounds.min[axis]! / 2 + bounds.max[axis]! / 2);
  return [middle(0), middle(1), middle(2)];
}

/** Counts the sets: the label of each is its smallest id. */
function countLabels(labels: RowFile): number {
  const stream = new LabelStream(labels);
  let sets = 0;
  for (let id = 0; id < labels.count; id++) if (stream.read(id) === id) sets++;
  return sets;
}

/** Whether an even label and the one after it are equal. */
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
