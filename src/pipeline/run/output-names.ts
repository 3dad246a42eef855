/** Checks the extensions of outputs, so that no output has a misleading name. */
import { basename, extname } from 'node:path';
import { UsageError } from '../../errors.js';
import { FORMATS } from '../../formats/index.js';
import type { Writer } from '../../formats/writer.js';
import { DEFAULT_WRITER, WRITERS } from '../../formats/writers.js';
import { COMPRESSIONS, compressionOfName, withoutCompression } from '../../io/compression/compression.js';
import { findSimilar } from '../../suggest.js';

/** Extensions of mesh formats that offload does not read. */
const FOREIGN_MESHES: readonly string[] = [
  '3dm',
  '3ds',
  'amf',
  'blend',
  'ctm',
  'dae',
  'dxf',
  'fbx',
  'igs',
  'iges',
  'mesh',
  'msh',
  'pcd',
  'skp',
  'step',
  'stp',
  'usd',
  'usdz',
  'vtk',
  'vtp',
  'vtu',
  'wrl',
  'x3d',
  'xyz',
];

/** Extensions of compressions that offload does not write. */
const FOREIGN_COMPRESSIONS: readonly string[] = ['bz2', 'xz', 'lz4', '7z', 'zip'];

/** Extensions of SQLite databases. */
const DATABASES: readonly string[] = ['db', 'db3', 'sqlite', 'sqlite3'];

/** The extension of a file name in lower case, without the dot. */
function endingOf(path: string): string {
  return extname(path).slice(1).toLowerCase();
}

/** Whether a name has the extension of a format that offload reads, compressed or not. */
export function isMeshName(path: string): boolean {
  const ending = endingOf(withoutCompression(path));
  return FORMATS.some(({ extensions }) => (extensions as readonly string[]).includes(ending));
}

/** The mesh extension of a name, compressed or not: `stl` for `scan.stl.gz`; undefined if it has none. */
export function meshEndingOf(path: string): string | undefined {
  const ending = endingOf(withoutCompression(path));
  const isMesh = [...FORMATS, ...WRITERS].some(({ extensions }) =>
    (extensions as readonly string[]).includes(ending),
  );
  return isMesh || FOREIGN_MESHES.includes(ending) ? ending : undefined;
}

/** The compression extension of a name; undefined if it has none. */
export function compressedEndingOf(path: string): string | undefined {
  const ending = endingOf(path);
  const isCompressed = compressionOfName(path) !== undefined || FOREIGN_COMPRESSIONS.includes(ending);
  return isCompressed ? ending : undefined;
}

/** Whether a name has the extension of a database: `scan.db`. */
export function isDatabaseName(path: string): boolean {
  return DATABASES.includes(endingOf(path));
}

/** Returns the name of a file without its folder and its extensions of a mesh and a compression: `scan` for `scan.stl.gz`. */
export function stemOf(path: string): string {
  const plain = withoutCompression(path);
  return basename(plain, extname(plain));
}

/**
 * Returns the writer for the mesh extension of a name, compressed or not; else the default writer. Throws UsageError if
 * the extension looks like a mistyped one: `.plz`.
 */
export function writerOfName(path: string | undefined): Writer {
  if (path === undefined) return DEFAULT_WRITER;
  const ending = endingOf(withoutCompression(path));
  const writer = WRITERS.find((one) => endingsOf(one).includes(ending));
  if (writer === undefined) refuseTypo(path, ending);
  return writer ?? DEFAULT_WRITER;
}

/** Extensions with another meaning are left to {@link checkOutputName}, or do not matter: `.tmp`. */
function refuseTypo(path: string, ending: string): void {
  if (meshEndingOf(path) !== undefined || isDatabaseName(path)) return;
  const similar = findSimilar(
    ending,
    WRITERS.flatMap(({ extensions }) => extensions),
  );
  const [meant] = similar.filter(({ length }) => Math.abs(length - ending.length) <= 1);
  if (meant === undefined) return;
  const names = joinNames(WRITERS.map(({ extensions }) => `.${extensions[0]}`));
  throw new UsageError(`${path}: ends in ${tailOf(path, ending)}, not in a known format; expected ${names}`, {
    hint: `did you mean .${meant}? to keep the name, choose the format with \`to\``,
  });
}

/** Joins names: `.off, .off.gz or .off.zst`. */
function joinNames(names: readonly string[]): string {
  return names.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

/** Throws UsageError if the extension of an output is misleading for its writer. */
export function checkOutputName(path: string, writer: Writer): void {
  const ending = endingOf(writer.compresses ? path : withoutCompression(path));
  const isOther =
    meshEndingOf(path) !== undefined ||
    FOREIGN_COMPRESSIONS.includes(ending) ||
    DATABASES.includes(ending) ||
    (writer.compresses !== undefined && compressedEndingOf(path) !== undefined);
  if (!isOther || endingsOf(writer).includes(ending)) return;
  const tail = tailOf(path, ending);
  const plain = `.${writer.extensions[0]}`;
  const compressed = writer.compresses
    ? []
    : COMPRESSIONS.map(({ extensions }) => `${plain}.${extensions[0]}`);
  const names = joinNames([plain, ...compressed]);
  const formats = WRITERS.map(({ id }) => id).join(', ');
  throw new UsageError(`${path}: ends in ${tail}, but the output is ${writer.title}; expected ${names}`, {
    hint: `choose the format by the name of the output or with \`to\`: ${formats}`,
  });
}

/** Returns the extensions of a writer's files: its own, and those accepted when its format is read. */
function endingsOf({ id, extensions }: Writer): readonly string[] {
  return [...extensions, ...(FORMATS.find((format) => format.id === id)?.extensions ?? [])];
}

/** Throws UsageError if a database has the extension of a mesh or a compressed file. */
export function checkDatabaseName(path: string): void {
  const ending = meshEndingOf(path) ?? compressedEndingOf(path);
  if (ending === undefined) return;
  throw new UsageError(
    `${path}: ends in ${tailOf(path, ending)}, but the output is a database; expected .db`,
  );
}

/** Throws UsageError if a folder has the extension of a file that offload reads or writes. */
export function checkFolderName(path: string): void {
  const ending = meshEndingOf(path) ?? compressedEndingOf(path) ?? (isDatabaseName(path) && endingOf(path));
  if (ending === undefined || ending === false) return;
  const tail = tailOf(path, ending);
  throw new UsageError(`${path}: ends in ${tail}, but the output is a folder; expected a name without it`);
}

/** Returns the rest of a name from an extension on: `.stl.gz`. */
function tailOf(path: string, ending: string): string {
  return path.slice(path.toLowerCase().lastIndexOf(`.${ending}`));
}
