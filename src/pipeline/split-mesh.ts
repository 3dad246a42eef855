/** From a database to many OFF files in one folder: a file for each part, component or cell. */
import { basename, dirname, join } from 'node:path';
import { DIVISION, type Division, type Group, Groups } from '../database/filter/groups.js';
import { UsageError } from '../errors.js';
import { checkOffOptions } from '../formats/off/write.js';
import { endingOf } from '../io/compression.js';
import { filePath } from '../io/file-path.js';
import { openOutput } from '../io/output-file.js';
import { OutputFolder, safeName } from '../io/output-folder.js';
import { MEMORY_DEFAULT, planFiltering, type Warning } from '../mesh.js';
import { takeOptions } from '../options.js';
import { checkSets } from './check-sets.js';
import { keepComponents } from './derive-mesh.js';
import {
  checkSpace,
  EXPORT_OPTIONS,
  type ExportOptions,
  withSelection,
  writeSelection,
} from './export-mesh.js';
import { WarningTally } from './progress.js';
import { checkSelection, type SelectionReport } from './select-mesh.js';

/** The part of the free memory that sets may take. */
const SETS_SHARE = 0.75;
/** The part of the free memory for rows that are looked up. */
const CACHE_SHARE = 0.2;

/** A file of a split. */
export interface SplitFile {
  readonly file: string;
  /** Of the part, or `component 3`, or `cell 0 1 2`. */
  readonly name: string;
  readonly triangles: number;
  readonly vertices: number;
  readonly bytes: number;
}

export interface SplitResult {
  readonly files: readonly SplitFile[];
  readonly selection: SelectionReport;
  /** Of all files together. */
  readonly warnings: readonly (Warning & { readonly count: number })[];
}

/**
 * Writes what is selected of a mesh into a new folder, a file for each group that has any of it, and a manifest. The
 * folder appears whole or not at all. Throws UsageError, FileError, DatabaseError.
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
  checkOffOptions(options.off ?? {});
  checkSelection(options);
  checkDivision(division);
  if (folder === '-') {
    throw new UsageError('a split cannot go to standard output; expected a folder', {
      hint: './- is a folder of that name',
    });
  }
  if (division.by === 'component') await keepComponents(database, options);
  const output = OutputFolder.create(folder, options.force ?? false);
  try {
    const result = await withSelection(
      database,
      { ...options, output: folder },
      async (selected, db, rows) => {
        checkSpace(dirname(folder), selected.selection, options);
        const { memoryBytes = MEMORY_DEFAULT } = options;
        const freeBytes = planFiltering(memoryBytes, 0);
        const cacheBytes = CACHE_SHARE * freeBytes;
        const setsBytes = Groups.setsBytes(rows);
        checkSets('a split of', rows.triangleRange, setsBytes, SETS_SHARE, freeBytes, memoryBytes);
        const groups = db.ask((connection) => Groups.divide(connection, rows, division, cacheBytes));
        const files: SplitFile[] = [];
        const tally = new WarningTally(options.onWarning);
        const writing = { ...options, onWarning: undefined };
        const known = db.ask(() => groups.list());
        const digits = String(known.length).length;
        for (const [index, group] of known.entries()) {
          options.signal?.throwIfAborted();
          const map = db.ask(() => groups.restrict(rows, selected.map, group, cacheBytes));
          if (map === undefined) continue;
          const file = nameFile(group, index, digits, division, options);
          const target = await openOutput(join(output.partial, file), false, options.compress);
          try {
            const some = { ...selected, selection: rows.selectSome(map, cacheBytes) };
            const { triangles, vertices, outputBytes, warnings } = await writeSelection(
              some,
              db,
              target,
              writing,
            );
            for (const { count, ...warning } of warnings) tally.add(warning, count);
            files.push({ file, name: group.name, triangles, vertices, bytes: outputBytes });
          } finally {
            await target.discard();
          }
        }
        return { files, selection: selected.report, warnings: tally.list() };
      },
    );
    await output.commit({
      database: basename(database),
      split: describeDivision(division),
      files: result.files,
    });
    return result;
  } finally {
    output.discard();
  }
}

/** Throws UsageError for a grid that is none. */
export function checkDivision(division: Division): void {
  if (division.by !== 'grid') return;
  if (division.cells.length === 3 && division.cells.every((count) => Number.isInteger(count) && count > 0))
    return;
  throw new UsageError(`a grid of ${division.cells} cells; expected three integers from 1`);
}

export function describeDivision(division: Division): string {
  return division.by === 'grid' ? `grid=${division.cells}` : division.by;
}

/** Parts may have any name, and several the same but for case: a number keeps them apart. */
function nameFile(
  { name }: Group,
  index: number,
  digits: number,
  division: Division,
  { compress }: ExportOptions,
): string {
  const number = division.by === 'part' ? `${String(index).padStart(digits, '0')}-` : '';
  return `${number}${safeName(name)}.off${endingOf(compress)}`;
}
