/** Translates names of the library for the command line: its options to flags, its functions to commands. */
import { type MeshError, UsageError } from '../../errors.js';
import { WRITERS } from '../../formats/writers.js';
import { formatSize } from './options.js';

/** Flags and commands by the names of the library's options and functions. */
const FLAGS: Readonly<Record<string, string>> = {
  exportMesh: 'offload export',
  convertMesh: 'offload convert',
  importMesh: 'offload import',
  'MeshDatabase.parts': 'offload info',
  'MeshDatabase.sources': 'offload info',
  'filter.components': '--component over:<n>',
  'filter.parts': '--part',
  'filter.sample': '--sample',
  'filter.sources': '--source',
  'filter.sql': '--sql',
  'filter.where': '--where',
  flip: '--flip',
  force: '--force',
  from: '--from',
  maxBytes: '--max-size',
  memoryBytes: '--memory',
  orient: '--orient',
  restart: '--restart',
  salvage: '--salvage',
  source: '--source',
  tempFolder: '--tmp',
  to: '--to',
  ...Object.fromEntries(
    WRITERS.flatMap(({ id, options }) => Object.keys(options).map((name) => [`${id}.${name}`, `--${name}`])),
  ),
};

/** An option or a function in backquotes, optionally with a value: `memoryBytes: 314572800`. */
const MENTION = /`([A-Za-z.]+)(?:: ([^`]+))?`/g;

/** Replaces library names in a hint or a warning by flags and commands: `--memory 300M` for `memoryBytes: 314572800`. */
export function wordAsFlags(text: string): string {
  return text.replace(MENTION, (mention, name: string, value: string | undefined) => {
    const flag = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    if (flag === undefined) return mention;
    return /^\d+$/.test(value ?? '') ? `${flag} ${formatSize(Number(value))}` : flag;
  });
}

/** The message of an error, which begins with the flag if it is about an option. */
export function describeError(error: MeshError): string {
  if (!(error instanceof UsageError) || error.option === undefined) return error.message;
  return Object.hasOwn(FLAGS, error.option) ? `${FLAGS[error.option]}: ${error.problem}` : error.message;
}
