/** Exports a database to many files in one folder: a file for each part, material, source, component or cell. */

import { basename, dirname } from 'node:path';
import { SpillFiles } from '../collections/spill-file.js';
import type { MeshDatabase } from '../database/mesh-database.js';
import type { Connection } from '../database/open-database.js';
import type { CornerPositions } from '../database/rows/corner-positions.js';
import type { MeshRows } from '../database/rows/selection.js';
import { listSourceRuns } from '../database/source-runs.js';
import { UsageError } from '../errors.js';
import { GridRuns } from '../filter/grid-runs.js';
import { DIVISION, type Division, type GroupKey, Groups } from '../filter/groups.js';
import { WRITERS } from '../formats/writers.js';
import { endingOf } from '../io/compression/compression.js';
import { filePath } from '../io/file-path.js';
import { OutputFolder, safeName } from '../io/output/output-folder.js';
import { TableFiles } from '../io/output/table-files.js';
import { planSplitting } from '../memory/plans.js';
import type { Warning } from '../mesh.js';
import { takeOptions } from '../options.js';
import { keepComponents } from './derive-mesh.js';
import {
  checkSpace,
  EXPORT_OPTIONS,
  type ExportOptions,
  isEmptied,
  withSelection,
  writeSelection,
} from './export-mesh.js';
import { arrange } from './output-chunks.js';
import { checkFolderName, stemOf } from './run/output-names.js';
import { chooseWriter } from './run/output-writer.js';
import { Pace } from './run/pace.js';
import { WarningTally } from './run/progress.js';
import { findBounds } from './scan/find-bounds.js';
import { CornerScan } from './scan/scan-corners.js';
import { checkSelection, type SelectionReport, workFolder } from './select-mesh.js';
import { checkSets } from './shells/check-sets.js';

/** A file of a split. */
export interface SplitFile {
  readonly file: string;
  /** Name of the part or source, or `component 3`, or `cell 0 1 2`. */
  readonly name: string;
  readonly triangles: number;
  readonly vertices: number;
  readonly bytes: number;
}

export interface SplitResult {
  readonly files: readonly SplitFile[];
  readonly selection: SelectionReport;
  /** Warnings by kind, counted once per file. */
  readonly warnings: readonly (Warning & { readonly count: number })[];
}

/**
 * Writes a selection into a new folder: one file for each group that is not empty, and a manifest. The folder appears
 * complete or not at all. Throws UsageError, FileError, DatabaseError, and EmptyError with `failIfEmpty`.
 */
export async function splitMesh(
  database: string | URL,
  folder: string | URL,
  division: Division,
  options: ExportOptions = {},
): Promise<SplitResult> {
  return splitInto(
    filePath.take(database, 'database'),
    filePath.take(folder, 'folder'),
    DIVISION.take(division, 'division'),
    takeOptions(options, EXPORT_OPTIONS),
  );
}

async function splitInto(
  database: string,
  folder: string,
  division: Division,
  options: ExportOptions,
): Promise<SplitResult> {
  const chosen = await chooseWriter(undefined, options);
  const { writer } = chosen;
  checkSelection(options);
  checkDivision(division);
  if (folder === '-') {
    throw new UsageError('a split cannot go to standard output; expected a folder', {
      hint: 'for a folder of that name, use ./-',
    });
  }
  checkFolderName(folder);
  if (division.by === 'component') await keepComponents(database, options);
  const warnings = new WarningTally(options.onWarning);
  const output = await OutputFolder.create(folder, options.force ?? false, [...WRITERS, writer]);
  try {
    const result = await withSelection(
      database,
      chosen,
      { ...options, output: folder },
      async (selected, db, rows) => {
        if (isEmptied(selected.selection, db, options.failIfEmpty)) {
          warnings.add({
            kind: 'export-empty',
            message: `no triangle is left: the folder has no ${writer.title}`,
          });
        }
        checkSpace(dirname(folder), selected.selection, chosen, {
          ...options,
          compress: chosen.compress,
        });
        // A warning that applies to all files is reported once.
        const writing: ExportOptions = { ...options, onWarning: (warning) => warnings.add(warning) };
        const { sets, rowsBytes } = planSplitting(options);
        checkSets('a split of', rows.triangleRange, Groups.setsBytes(rows), sets);
        const groups = db.ask((connection) => new Groups(connection, rows, selected.map));
        await divide(groups, db, rows, division, { ...options, output: folder });
        const files: SplitFile[] = [];
        const keys = groups.list();
        const sources = db.ask((connection) => nameSources(connection, division));
        for (const [index, key] of keys.entries()) {
          await pause(options.signal);
          const map = db.ask(() => groups.restrict(key, rowsBytes));
          if (map === undefined) continue;
          const { name, stem } = nameGroup(key, index, keys, division, sources);
          const ending = `${writer.extensions[0]}${endingOf(chosen.compress)}`;
          const file = `${stem}.${ending}`;
          const tables = new TableFiles(output, (table) => `${stem}-${table}.${ending}`);
          const target = chosen.isFolder ? tables : await output.open(file, chosen.compress);
          try {
            const some = { ...selected, selection: arrange(rows.selectSome(map, rowsBytes), chosen) };
            const { triangles, vertices, bytes } = await writeSelection(some, db, target, chosen, writing);
            if (!chosen.isFolder) files.push({ file, name, triangles, vertices, bytes });
            for (const { file, table, bytes } of tables.files) {
              const counts = { triangles: 0, vertices: 0, [table]: { triangles, vertices }[table] };
              files.push({ file, name, ...counts, bytes });
            }
          } finally {
            await target.discard();
          }
        }
        return { files, selection: selected.report, warnings: warnings.list() };
      },
    );
    await output.commit({
      database: basename(database),
      split: describeDivision(division),
      files: result.files,
    });
    return result;
  } finally {
    await output.discard();
  }
}

/** Finds the groups of a division. Throws UsageError if there are none, or too many. */
async function divide(
  groups: Groups,
  db: MeshDatabase,
  rows: MeshRows,
  division: Division,
  options: ExportOptions & { readonly output: string },
): Promise<void> {
  if (division.by !== 'grid') {
    const { by } = division;
    const begin = () => {
      if (by === 'component') return groups.byComponent();
      return by === 'source' ? groups.bySource() : groups.byPart(by);
    };
    const steps = db.ask(begin);
    while (!db.ask(() => steps.next()).done) await pause(options.signal);
    return;
  }
  const files = new SpillFiles(workFolder(options));
  try {
    const pace = new Pace(rows, options);
    const { bounds } = await findBounds(rows, pace, 'filter');
    const { insert, finish } = groups.byRuns();
    const scan = new CornerScan(rows, undefined, files, (share) => pace.pauseAt('filter', share), {
      bytes: planSplitting(options).rowsBytes,
      onNote: options.onNote,
      onForecast: options.onForecast,
    });
    if (bounds !== undefined) {
      const begin = (positions: CornerPositions) => new GridRuns(division.cells, bounds, positions, insert);
      (await scan.run(begin)).finish();
    }
    finish();
  } finally {
    files.remove();
  }
}

/** Yields to the event loop. Throws the signal's reason. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** Throws UsageError for an invalid grid. */
export function checkDivision(division: Division): void {
  if (division.by !== 'grid') return;
  if (division.cells.length === 3 && division.cells.every((count) => Number.isInteger(count) && count > 0))
    return;
  throw new UsageError(`a grid of ${division.cells} cells; expected three positive integers`);
}

export function describeDivision(division: Division): string {
  return division.by === 'grid' ? `grid=${division.cells}` : division.by;
}

/** Names sources for people: by their files, or by their paths if several files have the same name. */
function nameSources(db: Connection, division: Division): ReadonlyMap<GroupKey, string> {
  const runs = division.by === 'source' ? listSourceRuns(db) : [];
  const counts = new Map<string, number>();
  for (const { name } of runs) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(runs.map(({ source, path, name }) => [source, counts.get(name) === 1 ? name : path]));
}

/**
 * Names a group for people, and its file without the extension. Numbers are padded with zeros, so that files sort like
 * groups. Parts and sources may have any name, and several names may differ only in case: a number keeps them apart.
 */
function nameGroup(
  key: GroupKey,
  index: number,
  keys: readonly GroupKey[],
  division: Division,
  sources: ReadonlyMap<GroupKey, string>,
): { readonly name: string; readonly stem: string } {
  const pad = (number: number, largest: number) => String(number).padStart(String(largest).length, '0');
  if (division.by === 'component') {
    return { name: `component ${key}`, stem: `component_${pad(Number(key), Number(keys.at(-1)))}` };
  }
  if (division.by === 'grid') {
    const [nx, ny, nz] = division.cells;
    const cell = Number(key);
    const places = [Math.floor(cell / (ny * nz)), Math.floor(cell / nz) % ny, cell % nz];
    const padded = places.map((place, axis) => pad(place, [nx, ny, nz][axis]! - 1));
    return { name: `cell ${places.join(' ')}`, stem: `cell_${padded.join('_')}` };
  }
  const name = sources.get(key) ?? (key === null ? 'rest' : String(key));
  const readable = sources.has(key) ? stemOf(name) : name;
  return { name, stem: `${pad(index, keys.length - 1)}-${safeName(readable)}` };
}
