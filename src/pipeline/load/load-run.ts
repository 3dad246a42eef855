/** Reads all inputs into a new database, from the beginning or from a checkpoint. */
import { resolve } from 'node:path';
import type { BaseMesh } from '../../database/build/base-mesh.js';
import { MeshLoad } from '../../database/build/mesh-load.js';
import type { SourceRecord } from '../../database/build/source-record.js';
import type { MeshItem, VertexBatch } from '../../mesh.js';
import { addScales, type SourceScales } from '../../weld/color-scales.js';
import type { IndexedRecord } from '../../weld/sinks.js';
import { type Welding, weldDirectly } from '../../weld/welding.js';
import { countOf } from '../../wording.js';
import { DiskWatch } from '../run/disk-watch.js';
import { type FolderNeeds, forecastDisk, type Need } from '../run/forecast.js';
import type { WarningTally } from '../run/progress.js';
import { ParseThreads } from '../threads/parse-threads.js';
import { WeldThread } from '../threads/weld-thread.js';
import { countTriangles } from './batches/batch-counts.js';
import { BatchMerger } from './batches/batch-merger.js';
import { SourceJoiner } from './batches/source-joiner.js';
import type { ImportLog } from './import-log.js';
import { type CountedWarning, type ReadingState, remember } from './import-state.js';
import { type OpenInput, readItems } from './inputs.js';
import { foreseeSorting, type LoadPlan } from './load-plan.js';
import { pauseForSignals, tellBytes, tellRows } from './load-progress.js';

/** The largest ratio of actual to expected triangles that a forecast covers. */
const FORESEEN_MOST = 1.1;

/** The facts about all sources when all rows are in the database. */
export interface Loaded {
  readonly sources: readonly SourceRecord[];
  readonly indexed: IndexedRecord | undefined;
  readonly warnings: readonly CountedWarning[];
  readonly contentBytes: number;
  readonly fitMemory: boolean;
}

/** Loads all items from the first unread one to the last row. */
export class LoadRun {
  private readonly parsers: ParseThreads | undefined;
  private readonly welding: Welding;
  private readonly merger: BatchMerger;
  private readonly watch: DiskWatch;
  private readonly joiner: SourceJoiner;
  /** The inputs read to their end, and the scales of their colors. */
  private readonly sources: SourceRecord[] = [];
  private readonly scales: SourceScales[] = [];
  /** Bytes of these inputs, as stored and as content. */
  private storedBytes = 0;
  private contentBytes = 0;
  /** Triangles read so far, and those before the current input. */
  private triangles = 0;
  private firstTriangle = 0;

  constructor(
    private readonly rows: MeshLoad,
    private readonly plan: LoadPlan,
  ) {
    const { options, target, threads, welding, layout } = plan;
    const folders = target.needs(true, 0).map(([folder]) => folder);
    this.watch = new DiskWatch(folders, options.spaceOf);
    this.parsers = threads.parse > 0 ? new ParseThreads(threads.parse) : undefined;
    this.welding = threads.weld > 0 ? new WeldThread(rows, welding) : weldDirectly(rows, welding);
    this.merger = new BatchMerger(this.welding, options.batchTriangles);
    this.joiner = new SourceJoiner(layout, welding.bytesPerValue, target.base?.fileVertices);
  }

  async run(): Promise<Loaded> {
    try {
      await this.read();
      await this.parsers?.stop();
      await this.weld();
      const loaded = this.describe();
      await this.plan.target.log?.settle();
      await this.welding.close();
      await this.noteLoaded(loaded);
      return loaded;
    } finally {
      await this.parsers?.stop();
      await this.welding.close();
    }
  }

  private async read(): Promise<void> {
    const { plan } = this;
    const { options, target, inputs, state } = plan;
    const resumed = state?.phase === 'reading' ? state : undefined;
    if (resumed !== undefined) {
      inputs.warnings.restore(resumed.warnings);
      this.restore(resumed);
      // An inexact welder finds its vertices on disk.
      if (resumed.welding.isExact) {
        await this.remember(MeshLoad.vertices(target.database, resumed.rows));
      }
    } else if (target.base !== undefined) await this.beginWith(target.base);
    for (let index = resumed?.input ?? 0; index < inputs.facts.length; index++) {
      try {
        await this.readInput(index, index === resumed?.input ? resumed : undefined);
      } catch (error) {
        options.signal?.throwIfAborted();
        throw await inputs.explain(error);
      }
      await inputs.release();
    }
    await this.merger.flush();
    if (this.isUnforeseen) this.forecastRest();
  }

  private async readInput(index: number, resumed: ReadingState | undefined): Promise<void> {
    const { parsers, welding, joiner, plan } = this;
    const { options, target, inputs } = plan;
    const input = await inputs.take(index);
    const { source, warnings } = input;
    if (resumed === undefined) {
      joiner.begin();
      this.firstTriangle = this.triangles;
    } else {
      const { firstTriangle, firstVertex, vertices, faces } = resumed.current;
      joiner.begin(firstVertex, vertices, faces);
      this.firstTriangle = firstTriangle;
      warnings.restore(resumed.inputWarnings);
    }
    for await (const item of readItems(input, parsers, resumed?.reader)) {
      options.signal?.throwIfAborted();
      const taken = this.take(item);
      if (taken !== undefined) await taken;
      if (this.isUnforeseen) this.watch.check(this.contentBytes + source.bytesRead);
      const done = this.storedBytes + source.fileBytesDone;
      tellBytes(done, inputs.totals.fileBytes, this.triangles, welding.vertices, options);
      if (target.log?.isDue) await this.noteReading(target.log, index, input);
    }
    await this.endInput(input);
  }

  private async endInput(input: OpenInput): Promise<void> {
    const { rows, joiner, plan } = this;
    const { source, format, reader, warnings } = input;
    const triangles = this.triangles - this.firstTriangle;
    await plan.inputs.end(input, triangles);
    rows.endSource(this.triangles);
    const { vertex, face } = reader.colorScales?.() ?? { vertex: 1, face: 1 };
    addScales(this.scales, { vertex, face, vertices: joiner.vertices, faces: joiner.faces });
    const isIndexed = reader.layout === 'indexed';
    this.sources.push({
      path: source.name === '-' ? '-' : resolve(source.name),
      format: format.id,
      encoding: reader.encoding,
      precision: reader.precision,
      size: source.fileBytesRead,
      modified: source.modified?.toISOString(),
      sha256: source.digest(),
      header: reader.header && Buffer.from(reader.header).toString('base64'),
      options: reader.unit === undefined ? plan.conditions : { ...plan.conditions, unit: reader.unit },
      warnings: warnings.list(),
      firstTriangle: this.firstTriangle,
      triangles,
      firstVertex: plan.layout === 'indexed' ? joiner.firstVertex : undefined,
      faces: isIndexed ? joiner.faces : undefined,
      fileVertices: isIndexed ? joiner.vertices : undefined,
    });
    this.storedBytes += source.fileBytesRead;
    this.contentBytes += source.bytesRead;
  }

  /** Copies the mesh with which this one begins, and tells the welder what it must know of it. */
  private async beginWith(base: BaseMesh): Promise<void> {
    const { rows, welding, plan } = this;
    const { options, layout } = plan;
    this.triangles = base.totals.triangles;
    // By turns: the welder takes longer to insert vertices than this thread to read them, which copies meanwhile.
    const copying = rows.copyBase();
    let isCopied = false;
    const copySome = async () => {
      const { value: share = 1, done = false } = copying.next();
      isCopied = done;
      await tellRows('copy', share, rows, options, this.triangles);
    };
    await remember(base.vertices(), welding, plan.welding.bytesPerValue, copySome);
    while (!isCopied) await copySome();
    if (layout === 'soup') return;
    for (const kind of ['colors', 'normals', 'unused'] as const) {
      const values = kind === 'unused' ? base.unused() : base.attributes(kind);
      for (const some of values) {
        await pauseForSignals(options.signal);
        await welding.rememberRows(kind, some);
      }
    }
  }

  private remember(vertices: Iterable<VertexBatch>): Promise<void> {
    const { welding, plan } = this;
    return remember(vertices, welding, plan.welding.bytesPerValue, () =>
      pauseForSignals(plan.options.signal),
    );
  }

  private restore({ triangles, sources, scales, contentBytes }: ReadingState): void {
    this.triangles = triangles;
    this.sources.push(...sources);
    this.scales.push(...scales);
    this.contentBytes = contentBytes;
    this.storedBytes = sources.reduce((sum, { size }) => sum + size, 0);
  }

  private take(item: MeshItem): void | Promise<void> {
    const { rows, triangles, merger, joiner } = this;
    if (item.kind === 'part') {
      return rows.parts.add(item, triangles);
    }
    this.plan.options.onItem?.(item);
    if (item.kind === 'vertices') rows.places.addVertices(item, joiner.firstVertex);
    else rows.places.addTriangles(item, triangles);
    this.triangles += countTriangles(item);
    const [first, second] = joiner.join(item);
    const added = merger.add(first!);
    if (second === undefined) return added;
    return Promise.resolve(added).then(() => merger.add(second));
  }

  private async weld(): Promise<void> {
    const { rows, welding, plan } = this;
    const { options, inputs } = plan;
    const { warnings } = inputs;
    for await (const share of welding.finish(this.scales)) {
      await tellRows('weld', share, rows, options, this.triangles);
      if (this.isUnforeseen) this.watch.look(this.contentBytes);
    }
    if (!welding.isExact) {
      options.onNote?.('the vertices did not fit in memory: repeated ones were found in partitions on disk');
    }
    if (welding.record !== undefined) warnOfConflicts(welding.record, warnings);
    if (rows.cutColors > 0) {
      const colors = `${countOf(rows.cutColors, 'color')} ${rows.cutColors === 1 ? 'was' : 'were'}`;
      const message = `${colors} out of range and clamped to the nearest valid color`;
      warnings.add({ kind: 'color-range', message });
    }
  }

  private describe(): Loaded {
    const { welding, sources, contentBytes, plan } = this;
    const warnings = plan.inputs.warnings.list();
    // Warnings of the complete mesh are those of its only source.
    const isOnly = sources.length === 1 && plan.inputs.skipped.length === 0 && plan.target.base === undefined;
    const described = isOnly ? [{ ...sources[0]!, warnings }] : sources;
    return {
      sources: described,
      indexed: welding.record,
      warnings,
      contentBytes,
      fitMemory: welding.isExact,
    };
  }

  /** Writes a checkpoint before the next item, if the reader can resume there. */
  private async noteReading(log: ImportLog, index: number, input: OpenInput): Promise<void> {
    const { welding, rows, joiner, triangles, plan } = this;
    const { source, reader, warnings } = input;
    const saved = reader.save();
    if (saved === undefined) return;
    await this.merger.flush();
    log.take({
      phase: 'reading',
      weldBytes: plan.welding.budgetBytes,
      bytesRead: this.storedBytes + source.fileBytesRead,
      input: index,
      reader: saved,
      triangles,
      warnings: plan.inputs.warnings.list(),
      inputWarnings: warnings.list(),
      sources: [...this.sources],
      scales: [...this.scales],
      contentBytes: this.contentBytes,
      current: {
        firstTriangle: this.firstTriangle,
        firstVertex: joiner.firstVertex,
        vertices: joiner.vertices,
        faces: joiner.faces,
      },
      // Before the rows: the welder may add some.
      welding: await welding.save(),
      rows: rows.save(),
    });
  }

  /** Writes a checkpoint that all rows are stored, if it pays off, and then removes the spill files. */
  private async noteLoaded(loaded: Loaded): Promise<void> {
    const { rows, plan } = this;
    const { log } = plan.target;
    if (log === undefined) return;
    if (log.isDue || log.hasSaved) {
      log.take({ phase: 'loaded', bytesRead: this.storedBytes, rows: rows.save(), ...loaded });
    }
    // Spill files are removed before the index is sorted, but only after no checkpoint needs them.
    if (plan.layout === 'indexed' || !loaded.fitMemory) {
      await log.settle();
      log.removeSpills();
    }
  }

  /** Whether the inputs are larger than the forecast covers. */
  private get isUnforeseen(): boolean {
    const { expectedTriangles } = this.plan;
    return !(this.triangles <= FORESEEN_MOST * (expectedTriangles ?? -1));
  }

  /** Forecasts the remaining work for inputs of unknown size, after all have been read. */
  private forecastRest(): void {
    const { plan, welding, triangles } = this;
    const { options, target } = plan;
    const hasRows = plan.layout === 'soup' && welding.isExact;
    const isOver: readonly Need[] = hasRows ? ['welding', 'database'] : ['welding'];
    const { vertices } = welding;
    const needs = target.needs(!hasRows, foreseeSorting(plan, vertices)).map(([folder, all]): FolderNeeds => {
      return [folder, all.filter((need) => !isOver.includes(need))];
    });
    forecastDisk(triangles, () => needs, options);
  }
}

/** Warns of attributes that were lost because vertices at one position had different ones. */
function warnOfConflicts({ colorConflicts, normalConflicts }: IndexedRecord, warnings: WarningTally): void {
  for (const [kind, count] of Object.entries({ color: colorConflicts, normal: normalConflicts })) {
    if (count === 0) continue;
    const vertices = `${countOf(count, 'vertex', 'vertices')} ${count === 1 ? 'has' : 'have'}`;
    const message = `${vertices} another ${kind} than the first vertex at the same position, which is kept`;
    warnings.add({ kind: `${kind}-conflict`, message });
  }
}
