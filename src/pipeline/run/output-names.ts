/** What the name of an output promises, so that nothing is written under the name of something else. */
import { extname } from 'node:path';
import { UsageError } from '../../errors.js';
import { FORMATS } from '../../formats/index.js';
import type { Writer } from '../../formats/writer.js';
import { DEFAULT_WRITER, WRITERS } from '../../formats/writers.js';
import { COMPRESSIONS, compressionOfName, withoutCompression } from '../../io/compression/compression.js';

/** Endings of meshes in formats that offload does not read. */
const FOREIGN_MESHES: readonly string[] = [
  '3ds',
  '3mf',
  'amf',
  'blend',
  'dae',
  'fbx',
  'glb',
  'gltf',
  'igs',
  'iges',
  'mesh',
  'msh',
  'step',
  'stp',
  'usd',
  'usdz',
  'vtk',
  'vtp',
  'vtu',
  'wrl',
  'x3d',
];

/** Endings of compressed files that are not written. */
const FOREIGN_COMPRESSIONS: readonly string[] = ['bz2', 'xz', 'lz4', '7z', 'zip'];

/** Endings of SQLite databases. */
const DATABASES: readonly string[] = ['db', 'db3', 'sqlite', 'sqlite3'];

/** The ending of a file name in lower case, without the dot. */
function endingOf(path: string): string {
  return extname(path).slice(1).toLowerCase();
}

/** The ending of a mesh that a name has, compressed or not: `stl` for `scan.stl.gz`; undefined for any other name. */
export function meshEndingOf(path: string): string | undefined {
  const ending = endingOf(withoutCompression(path));
  const isMesh = FORMATS.some(({ extensions }) => (extensions as readonly string[]).includes(ending));
  return isMesh || FOREIGN_MESHES.includes(ending) ? ending : undefined;
}

/** The ending of a compressed file that a name has; undefined for any other name. */
export function compressedEndingOf(path: string): string | undefined {
  const ending = endingOf(path);
  const isCompressed = compressionOfName(path) !== undefined || FOREIGN_COMPRESSIONS.includes(ending);
  return isCompressed ? ending : undefined;
}

/** Whether a name is one of a database: `scan.db`. */
export function isDatabaseName(path: string): boolean {
  return DATABASES.includes(endingOf(path));
}

/** The writer of the format whose ending a name has, compressed or not; else the default one. */
export function writerOfName(path: string | undefined): Writer {
  if (path === undefined) return DEFAULT_WRITER;
  const ending = endingOf(withoutCompression(path));
  return WRITERS.find((writer) => endingsOf(writer).includes(ending)) ?? DEFAULT_WRITER;
}

/** Throws UsageError for an output of a writer that is named like something else. */
export function checkOutputName(path: string, writer: Writer): void {
  const ending = endingOf(withoutCompression(path));
  const isOther =
    meshEndingOf(path) !== undefined || FOREIGN_COMPRESSIONS.includes(ending) || DATABASES.includes(ending);
  if (!isOther || endingsOf(writer).includes(ending)) return;
  const tail = tailOf(path, ending);
  const plain = `.${writer.extensions[0]}`;
  const names = [plain, ...COMPRESSIONS.map(({ extensions }) => `${plain}.${extensions[0]}`)];
  const expected = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  throw new UsageError(`${path}: ends in ${tail}, but ${writer.title} is written; expected ${expected}`);
}

/** The endings of a writer's files: its own, and those under which its format is read. */
function endingsOf({ id, extensions }: Writer): readonly string[] {
  return [...extensions, ...(FORMATS.find((format) => format.id === id)?.extensions ?? [])];
}

/** Throws UsageError for a database that is named like a mesh or a compressed file. */
export function checkDatabaseName(path: string): void {
  const ending = meshEndingOf(path) ?? compressedEndingOf(path);
  if (ending === undefined) return;
  throw new UsageError(`${path}: ends in ${tailOf(path, ending)}, but a database is written; expected .db`);
}

/** Throws UsageError for a folder that is named like a file that offload reads or writes. */
export function checkFolderName(path: string): void {
  const ending = meshEndingOf(path) ?? compressedEndingOf(path) ?? (isDatabaseName(path) && endingOf(path));
  if (ending === undefined || ending === false) return;
  const tail = tailOf(path, ending);
  throw new UsageError(`${path}: ends in ${tail}, but a folder is written; expected a name without it`);
}

/** All of a name from its ending on: `.stl.gz`. */
function tailOf(path: string, ending: string): string {
  return path.slice(path.toLowerCase().lastIndexOf(`.${ending}`));
}
