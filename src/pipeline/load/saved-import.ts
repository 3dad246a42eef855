/** What the log of an import holds, as JSON, and whether another run can go on with it. */
import { resolve } from 'node:path';
import { spillName } from '../../collections/spill-file.js';
import { FileError } from '../../errors.js';
import { digestEnds } from '../../io/digest-file.js';
import { fileSize, isFile } from '../../io/disk.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { type ImportState, spillsOf } from './import-state.js';

/** What a source was read with; another run must have the same to go on with its work. */
export type ReadingConditions = {
  readonly from: string | null;
  readonly salvage: boolean;
};

/** What must be the same for a run to go on with another one's work. */
export interface ImportConditions extends ReadingConditions {
  readonly program: string;
}

/** What stands in the file. */
export interface SavedImport {
  readonly conditions: ImportConditions;
  readonly source: SourceMark;
  /** Beginning of the names of spill files; and of those that were elsewhere before, and may still be there. */
  readonly spillPath: string;
  readonly formerSpillPath?: string | undefined;
  readonly state: ImportState;
}

/** A file as it is told again. */
export interface SourceMark {
  readonly path: string;
  readonly size: number;
  readonly modified: string;
  /** SHA-256 of its two ends. */
  readonly ends: string;
}

/** What stands in a log; undefined where that is no log. */
export function parseLog(text: string | undefined): SavedImport | undefined {
  if (text === undefined) return undefined;
  try {
    const saved = JSON.parse(text) as Partial<SavedImport> | null;
    const isLog = saved?.conditions && saved.source && saved.state && typeof saved.spillPath === 'string';
    return isLog ? (saved as SavedImport) : undefined;
  } catch {
    // Only this program writes there, each time in one step: what cannot be read was written by somebody else.
    return undefined;
  }
}

/** The places of spill files that a log names, though nothing else of it may be of use. */
export function parsePlaces(text: string | undefined): string[] {
  try {
    const { spillPath, formerSpillPath } = JSON.parse(text ?? '{}') as Partial<SavedImport>;
    return [spillPath, formerSpillPath].filter((place) => typeof place === 'string');
  } catch {
    return [];
  }
}

/** Whether all files are as long as they were, at least: what is missing would be taken for zeros. */
export function isThere(saved: SavedImport, database: string): boolean {
  const { pageBytes, pageCount } = saved.state.rows.load;
  return [[database, pageBytes * pageCount] as const, ...spillPaths(saved)].every(
    ([path, bytes]) => isFile(path) && fileSize(path) >= bytes,
  );
}

/** The spill files that a run goes on with, and their sizes in bytes. */
export function spillPaths({ spillPath, state }: SavedImport): (readonly [path: string, bytes: number])[] {
  return Object.entries(spillsOf(state)).map(([name, words]) => [spillName(spillPath, name), 4 * words]);
}

/** How a source is told again; undefined for one that cannot be read again. */
export async function markOf({
  name,
  fileSize: size,
  modified,
}: ByteSource): Promise<SourceMark | undefined> {
  if (name === '-' || !isFile(name) || size === undefined || modified === undefined) return undefined;
  return { path: resolve(name), size, modified: modified.toISOString(), ends: digestEnds(name, size) };
}

/** Throws FileError unless a run can go on with what another one has left: that is not to be lost without a word. */
export function checkSame(
  left: SavedImport,
  own: ImportConditions,
  mark: SourceMark | undefined,
  { database, log, source }: { readonly database: string; readonly log: string; readonly source: string },
): void {
  const hint = `\`restart: true\` begins again, and so does removing ${log}`;
  const { program, from, salvage } = left.conditions;
  const others = [
    left.source.path !== mark?.path && `of ${left.source.path}`,
    program !== own.program && `by version ${program}`,
    from !== own.from && (from === null ? 'in a detected format' : `in the format '${from}'`),
    salvage !== own.salvage && `${salvage ? 'with' : 'without'} salvage`,
  ].filter((other) => other !== false);
  if (others.length > 0) {
    const problem = `holds an import ${others.join(', ')} that was stopped; expected the same to go on with`;
    throw new FileError(`${database}: ${problem}`, { code: 'IMPORT_STOPPED', hint });
  }
  for (const [what, key] of [
    ['size', 'size'],
    ['time of change', 'modified'],
    ['digest of its ends', 'ends'],
  ] as const) {
    if (left.source[key] === mark![key]) continue;
    throw new FileError(
      `${source}: has been changed since its import was stopped, its ${what} is ${mark![key]}; expected ${left.source[key]}`,
      { code: 'SOURCE_CHANGED', hint },
    );
  }
}
