/** The content of an import's log, as JSON, and whether another run can resume from it. */
import { resolve } from 'node:path';
import { spillName } from '../../collections/spill-file.js';
import { FileError } from '../../errors.js';
import { digestEnds } from '../../io/digest-file.js';
import { fileSize, isFile } from '../../io/disk.js';
import { countOf } from '../../wording.js';
import { type ImportState, spillsOf } from './import-state.js';
import type { InputFacts } from './inputs.js';

/** The options that a source was read with; a run that resumes must have the same. */
export type ReadingConditions = {
  readonly from: string | null;
  readonly salvage: boolean;
};

/** The conditions that must be the same to resume an import. */
export interface ImportConditions extends ReadingConditions {
  readonly program: string;
  /** The identity of the database that is appended to; null for a new one. */
  readonly base: string | null;
}

/** The content of the log file. */
export interface SavedImport {
  readonly conditions: ImportConditions;
  readonly sources: readonly SourceMark[];
  /** Prefix of the names of spill files, and of those at a former place, which may still exist. */
  readonly spillPath: string;
  readonly formerSpillPath?: string | undefined;
  readonly state: ImportState;
}

/** The identity of a source file. */
export interface SourceMark {
  readonly path: string;
  readonly size: number;
  readonly modified: string;
  /** SHA-256 of the beginning and the end of the file. */
  readonly ends: string;
}

/** Parses a log; undefined if it is invalid or has no checkpoint. */
export function parseLog(text: string | undefined): SavedImport | undefined {
  if (text === undefined) return undefined;
  try {
    const saved = JSON.parse(text) as Partial<SavedImport> | null;
    const isLog =
      saved?.conditions && Array.isArray(saved.sources) && saved.state && typeof saved.spillPath === 'string';
    return isLog ? (saved as SavedImport) : undefined;
  } catch {
    // offload replaces the log atomically, so an invalid log was written by another program.
    return undefined;
  }
}

/** Lists the places of spill files in a log, which may be useless otherwise. */
export function parsePlaces(text: string | undefined): string[] {
  try {
    const { spillPath, formerSpillPath } = JSON.parse(text ?? '{}') as Partial<SavedImport>;
    return [spillPath, formerSpillPath].filter((place) => typeof place === 'string');
  } catch {
    return [];
  }
}

/** Whether all files are at least as long as at the checkpoint: missing bytes would be read as zeros. */
export function isThere(saved: SavedImport, database: string): boolean {
  const { pageBytes, pageCount } = saved.state.rows.load;
  return [[database, pageBytes * pageCount] as const, ...spillPaths(saved)].every(
    ([path, bytes]) => isFile(path) && fileSize(path) >= bytes,
  );
}

/** Lists the spill files of a checkpoint and their sizes in bytes. */
export function spillPaths({ spillPath, state }: SavedImport): (readonly [path: string, bytes: number])[] {
  return Object.entries(spillsOf(state)).map(([name, words]) => [spillName(spillPath, name), 4 * words]);
}

/** The identities of all inputs; undefined if one cannot be read again. */
export function markAll(inputs: readonly InputFacts[]): SourceMark[] | undefined {
  const marks: SourceMark[] = [];
  for (const { name, fileSize: size, modified } of inputs) {
    if (name === '-' || !isFile(name) || size === undefined || modified === undefined) return undefined;
    marks.push({ path: resolve(name), size, modified: modified.toISOString(), ends: digestEnds(name, size) });
  }
  return marks;
}

/** Throws FileError unless a run can resume the work of another, which must not be lost silently. */
export function checkSame(
  left: SavedImport,
  own: ImportConditions,
  marks: readonly SourceMark[] | undefined,
  {
    database,
    log,
    inputs,
  }: { readonly database: string; readonly log: string; readonly inputs: readonly InputFacts[] },
): void {
  const hint = `to start over, use \`restart: true\` or delete ${log}`;
  const { program, from, salvage, base } = left.conditions;
  const others = [
    describeOther(left.sources, marks),
    program !== own.program && `by version ${program}`,
    from !== own.from && (from === null ? 'in a detected format' : `in the format '${from}'`),
    salvage !== own.salvage && `${salvage ? 'with' : 'without'} salvage`,
    base !== own.base && describeBase(base, own.base),
  ].filter((other) => other !== false);
  if (others.length > 0) {
    const problem = `holds a stopped import ${others.join(', ')}; expected the same input, options and version to resume`;
    throw new FileError(`${database}: ${problem}`, { code: 'IMPORT_STOPPED', hint });
  }
  for (const [index, mark] of marks!.entries())
    checkMark(left.sources[index]!, mark, inputs[index]!.name, hint);
}

function describeBase(left: string | null, own: string | null): string {
  if (left === null) return 'into a new database';
  return own === null ? 'that appends' : 'that appends to an earlier state of the database';
}

/** Describes how the inputs of a stopped import differ in number, name or order; false if they do not. */
function describeOther(left: readonly SourceMark[], own: readonly SourceMark[] | undefined): string | false {
  if (left.length > 1 && left.length !== own?.length) return `of ${countOf(left.length, 'input')}`;
  const index = left.findIndex(({ path }, k) => path !== own?.[k]?.path);
  if (index < 0) return own?.length !== left.length && `of ${left[0]!.path}`;
  return `of ${left[index]!.path}${left.length === 1 ? '' : ` as input ${index + 1}`}`;
}

/** Throws FileError if a file has changed. */
function checkMark(left: SourceMark, own: SourceMark, source: string, hint: string): void {
  for (const [what, key] of [
    ['size', 'size'],
    ['modification time', 'modified'],
    ['digest', 'ends'],
  ] as const) {
    if (left[key] === own[key]) continue;
    throw new FileError(
      `${source}: has changed since its import was stopped, its ${what} is ${own[key]}; expected ${left[key]}`,
      { code: 'SOURCE_CHANGED', hint },
    );
  }
}
