/** The library's words as the command line has them: flags for its options, commands for its functions. */
import { type MeshError, UsageError } from '../../errors.js';
import { WRITERS } from '../../formats/writers.js';
import { formatSize } from './options.js';

/** What an option or a function of the library is called on the command line. */
const FLAGS: Readonly<Record<string, string>> = {
  exportMesh: 'offload export',
  convertMesh: 'offload convert',
  importMesh: 'offload import',
  'MeshDatabase.parts': 'offload info',
  'filter.components': '--component over:<n>',
  'filter.parts': '--part',
  'filter.sample': '--sample',
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
  ...Object.fromEntries(
    WRITERS.flatMap(({ id, options }) => Object.keys(options).map((name) => [`${id}.${name}`, `--${name}`])),
  ),
};

/** An option or a function in backquotes, with a value or without: `memoryBytes: 314572800`. */
const MENTION = /`([A-Za-z.]+)(?:: ([^`]+))?`/g;

/** A hint or a warning with flags and commands: `--memory 300M` for `memoryBytes: 314572800`. */
export function wordAsFlags(text: string): string {
  return text.replace(MENTION, (mention, name: string, value: string | undefined) => {
    const flag = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    if (flag === undefined) return mention;
    return /^\d+$/.test(value ?? '') ? `${flag} ${formatSize(Number(value))}` : flag;
  });
}

/** The message of an error, which begins with the flag where it is about an option. */
export function describeError(error: MeshError): string {
  if (!(error instanceof UsageError) || error.option === undefined) return error.message;
  return Object.hasOwn(FLAGS, error.option) ? `${FLAGS[error.option]}: ${error.problem}` : error.message;
}
