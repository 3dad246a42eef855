/** The inputs and the output of a command line such as `offload convert <inputs...> [output]`. */

import { basename } from 'node:path';
import { Argument, type Command } from 'commander';
import { FileError, UsageError } from '../../errors.js';
import { findOtherKind, isFile } from '../../io/disk.js';
import { isPattern, listInputs, refuseMissing } from '../../io/input/input-list.js';
import { isMeshName } from '../../pipeline/run/output-names.js';
import { checkLineEnd } from './output-name.js';

/** The options of {@link addInputs}, as commander parses them. */
export interface InputCommandOptions {
  readonly filesFrom?: string;
  readonly skipBad?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly append?: boolean;
}

/** The inputs and the output of a run. */
export interface ChosenInputs {
  /** The input files in their order. */
  readonly inputs: readonly string[];
  /** The output, if the command line names one. */
  readonly output: string | undefined;
  /** The file or folder that an output can be named after: the only input given. */
  readonly named: string | undefined;
}

/**
 * Adds the arguments `<inputs...> [output]` to a command; its action gets the words of both, for {@link chooseInputs}.
 * Commander accepts no argument after a variadic one, so the second one only appears in the help.
 */
export function addInputs(command: Command, output: string, description: string): Command {
  command
    .argument('[inputs...]', 'mesh files, folders of mesh files, quoted patterns, or - for standard input')
    .usage(`[options] <inputs...> [${output}]`);
  const shown = [...command.registeredArguments, new Argument(`[${output}]`, description)];
  return command.configureHelp({ ...command.configureHelp(), visibleArguments: () => shown });
}

/** Adds `--files-from`. */
export function addFilesFrom(command: Command): Command {
  return command
    .optionsGroup('Input:')
    .option(
      '--files-from <list>',
      'file with names of further inputs, one a line or separated by NUL; - for standard input',
    );
}

/** Adds `--files-from` and `--skip-bad`. */
export function addInputOptions(command: Command): Command {
  return addFilesFrom(command).option(
    '--skip-bad',
    'leave out inputs that cannot be read; reads each input twice',
  );
}

/**
 * Separates the inputs from the output: without `--output`, the last of several names is the output; with
 * `--files-from`, a single name is, too. Expands folders, patterns and lists. Throws UsageError and FileError.
 */
export async function chooseInputs(
  words: readonly string[],
  { filesFrom, skipBad, output, force, append }: InputCommandOptions,
): Promise<ChosenInputs> {
  const hasOutput = output === undefined && words.length > (filesFrom === undefined ? 1 : 0);
  const given = hasOutput ? words.slice(0, -1) : words;
  const target = checkLineEnd(hasOutput ? words.at(-1) : output);
  if (given.length === 0 && filesFrom === undefined) {
    throw new UsageError("missing required argument 'inputs'");
  }
  if (hasOutput && given.length > 1 && force !== true && append !== true && isFile(target!)) {
    throw new FileError(`${target}: already exists`, {
      code: 'FILE_EXISTS',
      hint: 'the last name is the output: add a new name, or use --force to replace this file',
    });
  }
  const inputs = await listInputs(given, { filesFrom, isInput: isMeshName });
  if (inputs.length > 1 && skipBad !== true) refuseMissing(inputs);
  const [first] = given;
  const isNamed = given.length === 1 && filesFrom === undefined && !isPattern(first!) && hasName(first!);
  return { inputs, output: target, named: isNamed ? first : undefined };
}

/**
 * Separates the inputs from the folder of the outputs for `--each`: without `--output`, the last of several names is the
 * folder if it exists as one or ends with a slash. Folders stand for their mesh files; if the outputs go beside them,
 * files in the format of the output are left out. Throws UsageError and FileError.
 */
export async function chooseEach(
  words: readonly string[],
  { filesFrom, output }: InputCommandOptions,
  isOfOutput: (name: string) => boolean,
): Promise<{ readonly inputs: readonly string[]; readonly folder: string | undefined }> {
  const last = words.length > (filesFrom === undefined ? 1 : 0) ? words.at(-1) : undefined;
  const isFolder = last !== undefined && (findOtherKind(last) === 'a directory' || /[/\\]$/.test(last));
  const hasFolder = output === undefined && isFolder;
  const given = hasFolder ? words.slice(0, -1) : words;
  const folder = checkLineEnd(hasFolder ? last : output);
  if (given.length === 0 && filesFrom === undefined) {
    throw new UsageError("missing required argument 'inputs'");
  }
  if (folder === undefined && last !== undefined && !isFile(last) && !isMeshName(last) && !isPattern(last)) {
    throw new UsageError(`${last}: no such file or folder`, { hint: `to create a folder, write ${last}/` });
  }
  const isInput = (name: string) => isMeshName(name) && !(folder === undefined && isOfOutput(name));
  return { inputs: await listInputs(given, { filesFrom, isInput }), folder };
}

/** Expands the sources of `verify`. Throws UsageError and FileError. */
export async function chooseSources(
  words: readonly string[],
  filesFrom: string | undefined,
): Promise<readonly string[]> {
  if (words.length === 0 && filesFrom === undefined) {
    throw new UsageError("missing required argument 'sources'");
  }
  const sources = await listInputs(words, { filesFrom, isInput: isMeshName });
  if (sources.length > 1) refuseMissing(sources);
  return sources;
}

/** Whether the last part of a path is a name: not the root, `.` or `..`. */
function hasName(path: string): boolean {
  return !['', '.', '..'].includes(basename(path));
}

/** Throws UsageError for a command line that names no output, and from which none can be derived. */
export function refuseNoOutput(): never {
  throw new UsageError('no output; expected its name after the inputs, or as --output');
}
