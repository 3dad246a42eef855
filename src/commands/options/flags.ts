/** Translates names of the library for the command line: its options to flags, its functions to commands. */
import { type MeshError, UsageError } from '../../errors.js';
import { WRITERS } from '../../formats/writers.js';
import { formatSize } from './options.js';

/** Flags and commands by the names of the library's options and functions. */
const FLAGS: Readonly<Record<string, string>> = {
  exportMesh: 'offload export',
  convertMesh: 'offload convert',
  importMesh: 'offload import',
  indexMesh: 'offload index',
  buildTiles: 'offload index --tiles',
  'MeshDatabase.parts': 'offload info',
  'MeshDatabase.sources': 'offload info',
  append: '--append',
  'filter.components': '--component over:<n>',
  'filter.parts': '--part',
  'filter.sample': '--sample',
  'filter.sources': '--source',
  'filter.sql': '--sql',
  'filter.where': '--where',
  base: '--base',
  firstTriangle: '--first-triangle',
  flip: '--flip',
  force: '--force',
  from: '--from',
  maxBytes: '--max-size',
  memoryBytes: '--memory',
  number: '--number',
  orient: '--orient',
  positions: '--positions',
  restart: '--restart',
  salvage: '--salvage',
  source: '--source',
  tempFolder: '--tmp',
  to: '--to',
};

/** Finds the flag or the command for a name of the library; undefined for other names. */
function findFlag(name: string): string | undefined {
  if (Object.hasOwn(FLAGS, name)) return FLAGS[name];
  // `ply.ascii` is an option of a writer.
  const [format, option = ''] = name.split('.');
  const writer = WRITERS.find(({ id }) => id === format);
  return writer !== undefined && Object.hasOwn(writer.options, option) ? `--${option}` : undefined;
}

/** An option or a function in backquotes, optionally with a value: `memoryBytes: 314572800`. */
const MENTION = /`([A-Za-z.]+)(?:: ([^`]+))?`/g;

/** Replaces library names in a hint or a warning by flags and commands: `--memory 300M` for `memoryBytes: 314572800`. */
export function wordAsFlags(text: string): string {
  return text.replace(MENTION, (mention, name: string, value: string | undefined) => {
    const flag = findFlag(name);
    if (flag === undefined) return mention;
    return /^\d+$/.test(value ?? '') ? `${flag} ${formatSize(Number(value))}` : flag;
  });
}

/** The message of an error, which begins with the flag if it is about an option. */
export function describeError(error: MeshError): string {
  if (!(error instanceof UsageError) || error.option === undefined) return error.message;
  const flag = findFlag(error.option);
  return flag === undefined ? error.message : `${flag}: ${error.problem}`;
}
