/** Assembles the program from its commands. */
import { Command } from 'commander';
import { readPackageVersion } from '../io/package/package-file.js';
import { nameValues } from './options/name-values.js';
import { sayError } from './terminal/terminal.js';

/** Heading of the commands that do not work on a mesh. */
export const ABOUT = 'About offload:';

type Add = (program: Command) => void;

/** The commands that work on a mesh, in the order of the help; each loads its definition when it is needed. */
const MESH_COMMANDS: Readonly<Record<string, () => Promise<Add>>> = {
  convert: async () => (await import('./convert.js')).addConvert,
  import: async () => (await import('./import.js')).addImport,
  export: async () => (await import('./export.js')).addExport,
  filter: async () => (await import('./filter.js')).addFilter,
  render: async () => (await import('./render.js')).addRender,
  index: async () => (await import('./index-mesh.js')).addIndex,
  info: async () => (await import('./info.js')).addInfo,
  check: async () => (await import('./check.js')).addCheck,
  locate: async () => (await import('./locate.js')).addLocate,
  sql: async () => (await import('./sql.js')).addSql,
  view: async () => (await import('./view/view.js')).addView,
  verify: async () => (await import('./verify.js')).addVerify,
  lint: async () => (await import('./lint.js')).addLint,
  shard: async () => (await import('./shard/shard.js')).addShard,
  cluster: async () => (await import('./cluster/cluster.js')).addCluster,
  formats: async () => (await import('./formats.js')).addFormats,
};

/** The other commands. */
const ABOUT_COMMANDS: typeof MESH_COMMANDS = {
  help: async () => (await import('./reference/help.js')).addHelp,
  version: async () => (await import('./reference/help.js')).addVersion,
  man: async () => (await import('./reference/man.js')).addMan,
  completion: async () => (await import('./reference/completion.js')).addCompletion,
};

/** The commands that describe all commands. */
const DESCRIBING = ['help', 'man', 'completion'];

/** The options that ask for the version, which no command changes. */
const VERSION_FLAGS = ['-V', '--version'];

/**
 * Creates the program, which throws CommanderError instead of ending the process. It has the commands that the words of
 * a command line need: one if they begin with its name, which takes a third of the time, and all by default.
 */
export async function createProgram(words: readonly string[] = []): Promise<Command> {
  const program = new Command('offload')
    .description('Turns triangle files that do not fit in memory into OFF, through one SQLite file.')
    .version(readPackageVersion())
    .helpCommand(false)
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    // Errors in offload's form; commands inherit this.
    .configureOutput({ outputError: sayCommanderError });
  await addCommands(program, MESH_COMMANDS, words);
  program.commandsGroup(ABOUT);
  await addCommands(program, ABOUT_COMMANDS, words);
  nameValues(program);
  return program;
}

/** Adds the commands that the words of a command line need. */
async function addCommands(
  program: Command,
  commands: typeof MESH_COMMANDS,
  [word = '']: readonly string[],
): Promise<void> {
  if (VERSION_FLAGS.includes(word)) return;
  const isOne = [MESH_COMMANDS, ABOUT_COMMANDS].some((known) => Object.hasOwn(known, word));
  for (const [name, load] of Object.entries(commands)) {
    if (!isOne || name === word || DESCRIBING.includes(word)) (await load())(program);
  }
}

/** Reports an error of commander (`error: <message>.`, then a line with a suggestion) in offload's form. */
function sayCommanderError(text: string): void {
  const body = text.slice(text.startsWith(PREFIX) ? PREFIX.length : 0).trimEnd();
  const end = body.endsWith('?)') ? body.lastIndexOf(SUGGESTION) : -1;
  const message = (end < 0 ? body : body.slice(0, end)).replace(
    /^(option '[^']*') argument missing$/,
    '$1 needs a value',
  );
  const meant = end < 0 ? '' : body.slice(end + SUGGESTION.length, -'?)'.length).replace('one of ', '');
  const names = meant.split(/, | or /).map((name) => (name.startsWith("'") ? name : `'${name}'`));
  const hint = meant === '' ? undefined : `did you mean ${names.join(' or ')}?`;
  sayError(message.endsWith('.') ? message.slice(0, -1) : message, hint);
}

/** Commander's prefixes of a message, and of the names that it suggests. */
const PREFIX = 'error: ';
const SUGGESTION = '\n(Did you mean ';
