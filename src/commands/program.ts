/** Assembles the program from its commands. */
import { Command } from 'commander';
import { readPackageVersion } from '../io/package-file.js';
import { addCheck } from './check.js';
import { addCluster } from './cluster/cluster.js';
import { addConvert } from './convert.js';
import { addExport } from './export.js';
import { addFilter } from './filter.js';
import { addFormats } from './formats.js';
import { addImport } from './import.js';
import { addIndex } from './index-mesh.js';
import { addInfo } from './info.js';
import { addLint } from './lint.js';
import { addLocate } from './locate.js';
import { nameValues } from './options/name-values.js';
import { addCompletion } from './reference/completion.js';
import { addHelp, addVersion } from './reference/help.js';
import { addMan } from './reference/man.js';
import { addShard } from './shard/shard.js';
import { addSql } from './sql.js';
import { sayError } from './terminal/terminal.js';
import { addVerify } from './verify.js';

/** Heading of the commands that do not work on a mesh. */
export const ABOUT = 'About offload:';

/** Creates the program, which throws CommanderError instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('offload')
    .description('Turns triangle files that do not fit in memory into OFF, through one SQLite file.')
    .version(readPackageVersion())
    .helpCommand(false)
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    // Errors in offload's form; commands inherit this.
    .configureOutput({ outputError: sayCommanderError });
  const commands = [
    addConvert,
    addImport,
    addExport,
    addFilter,
    addIndex,
    addInfo,
    addCheck,
    addLocate,
    addSql,
    addVerify,
    addLint,
    addShard,
    addCluster,
    addFormats,
  ];
  for (const add of commands) add(program);
  program.commandsGroup(ABOUT);
  for (const add of [addHelp, addVersion, addMan, addCompletion]) add(program);
  nameValues(program);
  return program;
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
