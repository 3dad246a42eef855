/**
 * Selects which triangles are exported and how they are welded and transformed.
 *
 * The order is: flip inside-out shells of the stored mesh; apply conditions to the stored mesh; weld the remaining
 * vertices; drop, sample and limit triangles; transform positions as rows are written.
 */

import { basename, join } from 'node:path';
import { IdLinks } from '../collections/id-links.js';
import { IdSet } from '../collections/id-set.js';
import { LabelRows, type SharedLabels, shareLabels } from '../collections/label-rows.js';
import { RowCache } from '../collections/row-cache.js';
import { SpillFiles } from '../collections/spill-file.js';
import { runSteps } from '../collections/steps.js';
import type { MeshDatabase } from '../database/mesh-database.js';
import { checkTables } from '../database/quick-check.js';
import type { RowMap } from '../database/rows/row-mapper.js';
import type { MeshRows, StoredSelection } from '../database/rows/selection.js';
import { type Candidates, findCandidates } from '../filter/candidates.js';
import { checkFilterSize } from '../filter/filter-size.js';
import type { Question } from '../filter/questions.js';
import { SAVED_SELECTION } from '../filter/saved-selection.js';
import { Thinning } from '../filter/thin.js';
import { checkFilter, isFilter, TRIANGLE_FILTER, type TriangleFilter } from '../filter/triangle-filter.js';
import { checkMergeDistance, NearVertices } from '../geometry/near-vertices.js';
import { checkTransform, type TransformStep } from '../geometry/transform.js';
import { chooseTempFolder, outputFolder } from '../io/disk.js';
import { WorkFolder } from '../io/work-folder.js';
import { planSelecting } from '../memory/plans.js';
import { type Rules, record } from '../options.js';
import type { Orientation } from '../topology/shell-verdicts.js';
import { forecastSpills } from './run/forecast.js';
import { Pace } from './run/pace.js';
import type { RunOptions } from './run/progress.js';
import { countThreads, STORED_TRIANGLES_MIN } from './run/thread-count.js';
import { MeshScan } from './scan/scan-mesh.js';
import { checkSets } from './shells/check-sets.js';
import { type OrientReport, orientShells } from './shells/orient-shells.js';
import { AnswerThread } from './threads/answer-thread.js';
import { ThreadPool } from './threads/thread.js';

/** Which triangles are selected, and how they are welded and transformed. */
export interface SelectionOptions {
  readonly filter?: TriangleFilter | undefined;
  /** Merge vertices within this distance, also along chains of near vertices; in the units of the source. */
  readonly weld?: number | undefined;
  /** The steps, applied in order. */
  readonly transform?: readonly TransformStep[] | undefined;
  /** Flip shells that are inside out in the database, before all other steps. */
  readonly orient?: Orientation | undefined;
  /** Reverse the winding of all triangles: corners a, c, b. */
  readonly flip?: boolean | undefined;
}

/** The rules for {@link SelectionOptions}. */
export const SELECTION_OPTIONS: Rules<SelectionOptions> = {
  filter: record(TRIANGLE_FILTER),
  weld: SAVED_SELECTION.weld,
  transform: SAVED_SELECTION.transform,
  orient: SAVED_SELECTION.orient,
  flip: SAVED_SELECTION.flip,
};

/** The effects of a selection. */
export interface SelectionReport {
  /** Vertices that were welded into others. */
  readonly welded: number;
  /** Triangles that the weld collapsed. */
  readonly collapsed: number;
  readonly degenerate: number;
  readonly duplicate: number;
  /** The effects of `orient`; undefined without it. */
  readonly oriented: OrientReport | undefined;
  /** How each condition of the filter was evaluated, in words. */
  readonly steps: readonly { readonly filter: string; readonly by: string }[];
}

/** Throws UsageError if options are invalid for every mesh. */
export function checkSelection({ filter = {}, weld, transform = [] }: SelectionOptions): void {
  checkFilterSize({ ...filter, transform });
  checkFilter(filter);
  checkTransform(transform);
  if (weld !== undefined) checkMergeDistance(weld);
}

/** A selection with the resources to close after writing it. */
export interface Selected {
  readonly selection: StoredSelection;
  /** How rows are mapped, for a caller that writes only a part of the selection. */
  readonly map: RowMap;
  readonly report: SelectionReport;
  /**
   * The bounds of the selected triangles, if they were wanted and known without further work; infinite for none. The
   * selection then has no vertices.
   */
  readonly bounds: Float64Array | undefined;
  /** Threads for writing; some may be running already. */
  readonly pool: ThreadPool;
  /** The number of threads for writing that fit beside the sets of the selection. */
  readonly threads: number;
  /** Spill files of the selection, which are removed when it is closed. */
  readonly files: SpillFiles;
  close(): Promise<void>;
}

/** The options of a run that selects. */
export interface SelectingOptions extends RunOptions {
  readonly output: string;
  /** Whether threads can format the rows of the output. */
  readonly hasRowWriter?: boolean | undefined;
  /** Whether {@link Selected.bounds} are wanted, instead of vertices. */
  readonly wantsBounds?: boolean | undefined;
  /** Threads that are running already; the selection stops them. */
  readonly pool?: ThreadPool | undefined;
}

/** Selects the triangles to export. Throws UsageError, FileError, DatabaseError. */
export async function selectMesh(
  db: MeshDatabase,
  rows: MeshRows,
  options: SelectionOptions,
  run: SelectingOptions,
): Promise<Selected> {
  const selecting = new Selecting(db, rows, options, run, new SpillFiles(workFolder(run)));
  try {
    return await selecting.select();
  } catch (error) {
    await selecting.close();
    throw error;
  }
}

/** The folder of spill files: beside the output, or in the folder for temporary files. */
export function workFolder({
  tempFolder,
  output,
}: {
  tempFolder?: string | undefined;
  output: string;
}): WorkFolder {
  const isNamed = output !== '-';
  const folder = chooseTempFolder(tempFolder, isNamed ? join(outputFolder(output), basename(output)) : '-');
  return new WorkFolder(join(folder, isNamed ? basename(output) : 'offload'));
}

class Selecting {
  private readonly report = { welded: 0, collapsed: 0, degenerate: 0, duplicate: 0 };
  private oriented: OrientReport | undefined;
  private readonly memory: ReturnType<typeof planSelecting>;
  private readonly pace: Pace;
  private readonly pool: ThreadPool;
  private isChecked = false;

  constructor(
    private readonly db: MeshDatabase,
    private readonly rows: MeshRows,
    private readonly options: SelectionOptions,
    private readonly run: SelectingOptions,
    private readonly files: SpillFiles,
  ) {
    const threads = countThreads(run.threads, rows.triangleRange, STORED_TRIANGLES_MIN);
    this.pool = run.pool ?? new ThreadPool();
    this.memory = planSelecting(run, threads, this.needsSets() ? this.setsBytes() : 0);
    this.pace = new Pace(rows, run);
  }

  async select(): Promise<Selected> {
    const { filter = {}, weld, transform = [], flip = false } = this.options;
    const map = { transform, flip, ...(await this.orient()) };
    if (!this.needsSets()) {
      // Threads take as long to start as SQLite takes to count the rows.
      if (this.run.hasRowWriter) this.pool.prepare('format', this.memory.threads);
      return this.finish(map, []);
    }
    this.checkMemory();
    const candidates = await this.findCandidates(filter);
    const { drop = [], sample, limit, shapes = [] } = filter;
    const thins = weld !== undefined || drop.length > 0 || sample !== undefined || limit !== undefined;
    if (candidates.isWhole && !thins) return this.finish(map, candidates.steps);

    const triangles = IdSet.create(this.rows.triangleRange);
    const vertices = IdSet.create(this.rows.vertexRange);
    candidates.set?.seal();
    const asked = candidates.set?.size ?? this.rows.triangleRange;
    const scan = new MeshScan(this.rows, this.pool, this.files, this.pace, {
      threads: countThreads(this.run.threads, asked, STORED_TRIANGLES_MIN) === 1 ? 0 : this.memory.threads,
      positionsBytes: this.memory.positionsBytes,
      onNote: this.run.onNote,
      onForecast: this.run.onForecast,
    });
    const bounds = await scan.run(
      { expressions: candidates.expressions, shapes, findsBounds: this.run.wantsBounds && !thins },
      { candidates: candidates.set, triangles, vertices },
    );
    const labels = weld === undefined ? undefined : await this.mergeNear(weld, vertices);
    if (thins) await this.thin(filter, triangles, vertices, labels);
    triangles.seal();
    vertices.seal();
    const sets = { triangles: triangles.share(), vertices: vertices.share(), labels };
    return this.finish({ ...map, ...sets }, candidates.steps, bounds);
  }

  private async findCandidates(filter: TriangleFilter): Promise<Candidates> {
    const thread = new AnswerThread(this.db.path, this.run.signal);
    const { guardQuery = (action) => action() } = this.run;
    try {
      const answer = async (question: Question, found: IdSet) => {
        // SQLite silently skips rows that are lost through damage.
        await this.checkPages();
        await guardQuery(() => thread.answer(question, found));
      };
      const pause = () => this.pace.pauseAt('filter', 0);
      return await this.db.query((db) => findCandidates(db, filter, this.rows, answer, pause));
    } finally {
      await thread.stop();
    }
  }

  private finish(map: RowMap, steps: SelectionReport['steps'], bounds?: Float64Array): Selected {
    return {
      map,
      bounds,
      selection: this.rows.selectSome(map, this.memory.labelsBytes),
      report: { ...this.report, oriented: this.oriented, steps },
      pool: this.pool,
      threads: this.memory.threads,
      files: this.files,
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    await this.pool.stop();
    this.files.remove();
  }

  /** Finds the triangles to flip, and their vertices if these have normals. */
  private async orient(): Promise<Pick<RowMap, 'turned' | 'turnedVertices'>> {
    if (this.options.orient === undefined) return {};
    const { rows } = this;
    const { turned, report } = await orientShells(rows, this.files, this.memory.freeBytes, this.run);
    this.oriented = report;
    if (turned.size === 0) return {};
    if (!rows.hasVertexNormals) return { turned: turned.share() };
    const vertices = IdSet.create(rows.vertexRange);
    for (const { count, ids, corners } of rows.cornersOf(turned)) {
      for (let k = 0; k < 3 * count; k++) if (turned.has(ids[Math.floor(k / 3)]!)) vertices.add(corners[k]!);
      await this.pace.pause('filter', ids[count - 1]!, rows.triangleRange);
    }
    return { turned: turned.share(), turnedVertices: vertices.share() };
  }

  private needsSets(): boolean {
    const { filter = {}, weld } = this.options;
    return isFilter(filter) || weld !== undefined;
  }

  /**
   * Bytes of the sets: triangles selected, triangles named by SQLite (twice if it is asked twice), triangles flipped, and
   * vertices.
   */
  private setsBytes(): number {
    const { triangleRange, vertexRange } = this.rows;
    const sets = this.options.orient === undefined ? 3 : 4;
    return sets * IdSet.bytesOf(triangleRange) + 2 * IdSet.bytesOf(vertexRange);
  }

  /** Reads and thereby checks all pages of the mesh, once. Throws DatabaseError. */
  private async checkPages(): Promise<void> {
    if (this.isChecked) return;
    this.isChecked = true;
    const { rows, pace } = this;
    this.db.ask((db) => checkTables(db, ['parts', 'part_runs', 'sources', 'components', 'component_runs']));
    for (const { count, ids } of rows.cornersOf()) {
      await pace.pause('filter', ids[count - 1]!, rows.triangleRange);
    }
    for (const { count, ids } of rows.positionsOf()) {
      await pace.pause('filter', ids[count - 1]!, rows.vertexRange);
    }
  }

  private checkMemory(): void {
    checkSets('a filter over', this.rows.triangleRange, this.setsBytes(), this.memory.sets);
  }

  /** Merges those of these vertices that are near each other; returns the vertex that replaces each. */
  private async mergeNear(distance: number, vertices: IdSet): Promise<SharedLabels> {
    const { rows, files } = this;
    await this.pool.stop();
    vertices.seal();
    const total = rows.vertexRange;
    const arenaBytes = this.memory.weldBytes;
    // Few vertices have more than one link to a near vertex.
    const needed = NearVertices.bytesOf(vertices.size) + IdLinks.bytesOf(total, vertices.size, arenaBytes);
    forecastSpills(files.folder, [{ what: 'vertices by cell', bytes: needed }], this.run);
    const links = new IdLinks(total, new ArrayBuffer(arenaBytes), files);
    const near = new NearVertices(
      distance,
      this.db.estimateSpacing(),
      (u, v) => links.link(u, v),
      new ArrayBuffer(arenaBytes),
      files,
    );
    for (const { count, ids, positions } of rows.positionsOf(vertices)) {
      let kept = 0;
      for (let k = 0; k < count; k++) {
        if (!vertices.has(ids[k]!)) continue;
        ids[kept] = ids[k]!;
        for (let d = 0; d < 3; d++) positions[3 * kept + d] = positions[3 * k + d]!;
        kept++;
      }
      near.add(ids, positions, kept);
      await this.pace.pause('weld', ids[count - 1]!, total);
    }
    const pause = (share: number) => this.pace.pause('weld', share * total, total);
    await runSteps(near.finish(), pause);
    return shareLabels(await runSteps(links.finish(), pause));
  }

  private async thin(
    { drop = [], sample, limit }: TriangleFilter,
    triangles: IdSet,
    vertices: IdSet,
    shared: SharedLabels | undefined,
  ): Promise<void> {
    const { report, files } = this;
    const labels = shared && new RowCache(new LabelRows(shared), this.memory.labelsBytes);
    const thinning = new Thinning(this.rows, triangles, labels);
    triangles.seal();
    report.welded = thinning.countMerged(vertices);
    if (report.welded > 0) report.collapsed = await this.work(thinning.dropDegenerate('after'));
    if (drop.includes('degenerate')) report.degenerate = await this.work(thinning.dropDegenerate('before'));
    if (drop.includes('duplicate')) {
      report.duplicate = await this.work(thinning.dropDuplicates(this.memory.duplicatesBytes, files));
    }
    if (sample !== undefined) thinning.sample(sample);
    if (limit !== undefined) triangles.truncate(limit);
    vertices.clear();
    await this.work(thinning.markVertices(vertices));
  }

  private async work<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const { value, done } = steps.next();
      if (done) return value;
      await this.pace.pause('filter', 0, undefined);
    }
  }
}
