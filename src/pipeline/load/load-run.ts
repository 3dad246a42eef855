/** Reads a source into a new database, from the beginning or from a checkpoint. */
import { resolve } from 'node:path';
import type { MeshLoad, SourceRecord } from '../../database/build/mesh-load.js';
import type { CompressionId } from '../../io/compression/compression.js';
import { CHUNK_BYTES } from '../../memory.js';
import type { MeshItem } from '../../mesh.js';
import type { IndexedRecord } from '../../weld/sinks.js';
import { type Welding, weldDirectly } from '../../weld/welding.js';
import { countOf } from '../../wording.js';
import { DiskWatch } from '../run/disk-watch.js';
import { type FolderNeeds, forecastDisk, type Need } from '../run/forecast.js';
import type { WarningTally } from '../run/progress.js';
import { ParseThreads } from '../threads/parse-threads.js';
import { WeldThread } from '../threads/weld-thread.js';
import { countTriangles } from './batch-counts.js';
import { BatchMerger } from './batch-merger.js';
import type { ImportLog } from './import-log.js';
import { remember, saveRecord } from './import-state.js';
import type { LoadPlan } from './load-plan.js';
import { pauseForSignals, tellBytes, tellRows } from './load-progress.js';

/** The largest ratio of actual to expected triangles that a forecast covers. */
const FORESEEN_MOST = 1.1;

/** The facts about a source when all its rows are in the database. */
export interface Loaded {
  readonly record: SourceRecord;
  readonly compression: CompressionId | undefined;
  readonly contentBytes: number;
  readonly fitMemory: boolean;
}

/** Loads all items from the first unread one to the last row. */
export class LoadRun {
  private readonly parsers: ParseThreads | undefined;
  private readonly welding: Welding;
  private readonly merger: BatchMerger;
  private readonly watch: DiskWatch;
  /** Triangles read so far. */
  private triangles = 0;

  constructor(
    private readonly rows: MeshLoad,
    private readonly plan: LoadPlan,
  ) {
    const { options, target, threads, welding } = plan;
    const folders = target.needs(true).map(([folder]) => folder);
    this.watch = new DiskWatch(folders, options.spaceOf);
    this.parsers = threads.parse > 0 ? new ParseThreads(threads.parse) : undefined;
    this.welding = threads.weld > 0 ? new WeldThread(rows, welding) : weldDirectly(rows, welding);
    this.merger = new BatchMerger(this.welding, options.batchTriangles);
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
    const { parsers, welding, plan } = this;
    const { options, target, source, reader, state, warnings } = plan;
    const { signal } = options;
    if (state?.phase === 'reading') {
      this.triangles = state.triangles;
      warnings.restore(state.warnings);
      const { bytesPerValue } = plan.welding;
      await remember(state, target.database, welding, bytesPerValue, () => pauseForSignals(signal));
    }
    const start = state?.phase === 'reading' ? state.reader : undefined;
    for await (const item of reader.items(parsers, start)) {
      signal?.throwIfAborted();
      const taken = this.take(item);
      if (taken !== undefined) await taken;
      if (this.isUnforeseen) this.watch.check(source.bytesRead);
      tellBytes(source, this.triangles, welding.vertices, options);
      if (target.log?.isDue) await this.noteReading(target.log);
    }
    await this.merger.flush();
    await source.drain(new Uint8Array(CHUNK_BYTES));
    if (source.cut !== undefined) {
      warnings.add({ kind: `${source.compression}-cut`, message: source.cut.message });
    }
    if (this.triangles === 0) {
      warnings.add({ kind: 'no-triangles', message: 'the source holds no triangle' });
    }
    if (this.isUnforeseen) this.forecastRest();
  }

  private take(item: MeshItem): void | Promise<void> {
    const { rows, triangles, merger } = this;
    if (item.kind === 'part') {
      return rows.addPart(item, triangles);
    }
    if (item.kind === 'vertices') rows.addVertexPlaces(item);
    else rows.addTrianglePlaces(item, triangles);
    this.triangles += countTriangles(item);
    return merger.add(item);
  }

  private async weld(): Promise<void> {
    const { rows, welding, plan } = this;
    const { options, reader, source, warnings } = plan;
    const scales = reader.colorScales?.() ?? { vertex: 1, face: 1 };
    for await (const share of welding.finish(scales)) {
      await tellRows('weld', share, rows, options, this.triangles);
      if (this.isUnforeseen) this.watch.look(source.bytesRead);
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
    const { welding, plan } = this;
    const { source, format, reader, warnings, conditions } = plan;
    const record = {
      path: source.name === '-' ? '-' : resolve(source.name),
      format: format.id,
      encoding: reader.encoding,
      precision: reader.precision,
      size: source.fileBytesRead,
      modified: source.modified,
      sha256: source.digest(),
      header: reader.header,
      options: reader.unit === undefined ? conditions : { ...conditions, unit: reader.unit },
      warnings: warnings.list(),
      indexed: welding.record,
    };
    const { compression, bytesRead: contentBytes } = source;
    return { record, compression, contentBytes, fitMemory: welding.isExact };
  }

  /** Writes a checkpoint before the next item, if the reader can resume there. */
  private async noteReading(log: ImportLog): Promise<void> {
    const { welding, rows, triangles, plan } = this;
    const { source, reader, warnings } = plan;
    const saved = reader.save();
    if (saved === undefined) return;
    await this.merger.flush();
    log.take({
      phase: 'reading',
      weldBytes: plan.welding.budgetBytes,
      bytesRead: source.fileBytesRead,
      reader: saved,
      triangles,
      warnings: warnings.list(),
      // Before the rows: the welder may add some.
      welding: await welding.save(),
      rows: rows.save(),
    });
  }

  /** Writes a checkpoint that all rows are stored, if it pays off, and then removes the spill files. */
  private async noteLoaded({ record, ...loaded }: Loaded): Promise<void> {
    const { rows, plan } = this;
    const { log } = plan.target;
    if (log === undefined) return;
    if (log.isDue || log.hasSaved) {
      const source = saveRecord(record);
      log.take({ phase: 'loaded', bytesRead: record.size, rows: rows.save(), source, ...loaded });
    }
    // Spill files are removed before the index is sorted, but only after no checkpoint needs them.
    if (plan.reader.layout === 'indexed' || !loaded.fitMemory) {
      await log.settle();
      log.removeSpills();
    }
  }

  /** Whether the source is larger than the forecast covers. */
  private get isUnforeseen(): boolean {
    const { source, reader } = this.plan;
    return source.size === undefined || !(this.triangles <= FORESEEN_MOST * (reader.expectedTriangles ?? 0));
  }

  /** Forecasts the remaining work for a source of unknown size, after all of it has been read. */
  private forecastRest(): void {
    const { plan, welding, triangles } = this;
    const { options, target } = plan;
    const hasRows = plan.reader.layout === 'soup' && welding.isExact;
    const isOver: readonly Need[] = hasRows ? ['welding', 'database'] : ['welding'];
    const needs = target.needs(!hasRows).map(([folder, all]): FolderNeeds => {
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
