/** The help of a command as data, read from its definition; the source of manual pages and completions. */
import type { Argument, Command, Option } from 'commander';

/** The help of a command as plain data. */
export interface CommandPage {
  /** The words of the command: `offload`, `filter`, `save`. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly description: string;
  /** The usage after the words: `[options] <db> <name>`. */
  readonly usage: string;
  readonly arguments: readonly ArgumentPage[];
  readonly options: readonly OptionPage[];
  /** Subcommands, in the order of the help. */
  readonly commands: readonly CommandPage[];
  /** The lines of the examples, without the heading. */
  readonly examples: string;
  /** Lines of exit codes, without their heading; empty if they are those of all commands. */
  readonly exitCodes: string;
}

export interface ArgumentPage {
  readonly name: string;
  readonly description: string;
  /** The accepted words, if they are few. */
  readonly choices: readonly string[];
  readonly value: ValueKind;
  readonly isVariadic: boolean;
}

export interface OptionPage {
  /** Names and value as in the help: `-o, --output <file>`. */
  readonly flags: string;
  /** `-o` and `--output`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Heading in the help, without its colon. */
  readonly group: string;
  /** Name of its value; undefined if it takes none. */
  readonly valueName: string | undefined;
  readonly value: ValueKind;
  readonly choices: readonly string[];
  /** Whether the value is a comma-separated list of the choices. */
  readonly isList: boolean;
  readonly isRepeatable: boolean;
}

/** The kind of a value, for the completion of a shell. */
type ValueKind = 'command' | 'file' | 'folder' | 'other';

const FILE_NAMES: readonly string[] = [
  'db',
  'file',
  'input',
  'inputs',
  'list',
  'mesh',
  'off',
  'output',
  'path',
  'source',
];
const FOLDER_NAMES: readonly string[] = ['folder'];
const COMMAND_NAMES: readonly string[] = ['command'];

/** Reads the definition of a command and its subcommands. Reads the examples from the help that the command prints. */
export function readCommand(command: Command, above: readonly string[] = []): CommandPage {
  const words = [...above, command.name()];
  const help = command.createHelp();
  return {
    words,
    summary: command.summary(),
    description: command.description(),
    usage: command.usage(),
    arguments: help.visibleArguments(command).map((argument) => readArgument(argument)),
    options: help.visibleOptions(command).map((option) => ({
      ...readOption(option),
      description: help.optionDescription(option),
    })),
    commands: help.visibleCommands(command).map((one) => readCommand(one, words)),
    ...readSections(command),
  };
}

/** Lists the program and all commands, the program first. */
export function listCommands(page: CommandPage): readonly CommandPage[] {
  return [page, ...page.commands.flatMap(listCommands)];
}

function readArgument(argument: Argument): ArgumentPage {
  const { description, argChoices: choices = [], variadic: isVariadic } = argument;
  const name = argument.name();
  return { name, description, choices, value: kindOf(name), isVariadic };
}

function readOption({ flags, short, long, argChoices, helpGroupHeading, parseArg }: Option) {
  const valueName = /[<[]([^<[\]>]+)[\]>]/.exec(flags)?.[1];
  return {
    flags,
    names: [short, long].filter((name) => name !== undefined),
    group: (helpGroupHeading ?? 'Options:').replace(/:$/, ''),
    valueName,
    value: kindOf(valueName),
    choices: argChoices ?? [],
    isList: argChoices !== undefined && /s$/.test(valueName ?? ''),
    // A parser with a second parameter, the previous value, collects values.
    isRepeatable: (parseArg?.length ?? 0) > 1,
  };
}

function kindOf(valueName = ''): ValueKind {
  // In `name=db`, a file name follows the equals sign.
  if (FILE_NAMES.includes(valueName)) return 'file';
  if (FOLDER_NAMES.includes(valueName)) return 'folder';
  return COMMAND_NAMES.includes(valueName) ? 'command' : 'other';
}

/** Reads the sections after the options, which only the printed help contains. */
function readSections(command: Command): Pick<CommandPage, 'examples' | 'exitCodes'> {
  let text = '';
  command.configureOutput({
    ...command.configureOutput(),
    writeOut: (piece) => {
      text += piece;
    },
    getOutHasColors: () => false,
  });
  command.outputHelp();
  const [, examples = ''] = /\nExamples:\n(.*)$/s.exec(text) ?? [];
  const [, exitCodes = ''] = /\nExit codes:\n(.*?)\n(?:\n|$)/s.exec(text) ?? [];
  return { examples: examples.trimEnd(), exitCodes };
}
