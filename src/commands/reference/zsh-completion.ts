/** Completion for zsh: a file named `_offload` in a folder of `$fpath`, or a script to source. */
import { type ArgumentPage, type CommandPage, listCommands, type OptionPage } from './command-page.js';
import { shorten } from './shorten.js';

/** Formats the script that zsh loads or sources. */
export function formatZshCompletion(program: CommandPage): string {
  const [name] = program.words;
  const functions = listCommands(program).map((page) => formatFunction(page, program));
  return `#compdef ${name}

${functions.reverse().join('\n')}
# Loaded from $fpath it is called by this name; sourced, it has yet to be registered.
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function nameFunction({ words }: CommandPage): string {
  return `_${words.join('_')}`;
}

function formatFunction(page: CommandPage, program: CommandPage): string {
  const isGroup = page.commands.length > 0;
  const specs = [
    ...page.options.map(formatOption),
    ...(isGroup ? ["'1:command:->command'", "'*::argument:->argument'"] : []),
    ...upToVariadic(page.arguments).map((argument, index) => formatArgument(argument, index, program)),
  ];
  const call = (flags: string) => `  _arguments ${flags} \\\n    ${specs.join(' \\\n    ')}\n`;
  if (!isGroup) return `${nameFunction(page)}() {\n${call('-s')}}\n`;
  const known = page.commands.map(({ words, summary }) => quote(`${words.at(-1)}:${summary}`));
  const cases = page.commands.map((one) => `${one.words.at(-1)}) ${nameFunction(one)} ;;`);
  return `${nameFunction(page)}() {
  local context state state_descr line curcontext="$curcontext"
  local -a known
  typeset -A opt_args
${call('-C')}  case $state in
    command)
      known=(
        ${known.join('\n        ')}
      )
      _describe -t commands command known ;;
    argument)
      case $words[1] in
        ${cases.join('\n        ')}
      esac ;;
  esac
}
`;
}

/** Returns the arguments up to a variadic one, which also takes the words of those after it. */
function upToVariadic(args: readonly ArgumentPage[]): readonly ArgumentPage[] {
  const variadic = args.findIndex(({ isVariadic }) => isVariadic);
  return variadic < 0 ? args : args.slice(0, variadic + 1);
}

function formatOption(option: OptionPage): string {
  const { names, description, valueName, isRepeatable } = option;
  const text = `[${shorten(description).replace(/[[\]\\]/g, '\\$&')}]${formatValue(option)}`;
  const takesValue = valueName !== undefined;
  const forms = names.map((name) => (takesValue ? `${name}${name.startsWith('--') ? '=' : '+'}` : name));
  if (isRepeatable) return forms.map((form) => quote(`*${form}${text}`)).join(' ');
  if (forms.length === 1) return quote(`${forms[0]}${text}`);
  return `${quote(`(${names.join(' ')})`)}{${forms.join(',')}}${quote(text)}`;
}

function formatValue({ valueName, choices, isList, value }: OptionPage): string {
  if (valueName === undefined) return '';
  const label = `:${escapeColons(valueName)}`;
  if (isList) return `${label}:_values -s , ${valueName} ${choices.join(' ')}`;
  if (choices.length > 0) return `${label}:(${choices.join(' ')})`;
  return `${label}:${ACTIONS[value]}`;
}

const ACTIONS = { file: '_files', folder: '_files -/', command: ' ', other: ' ' } as const;

function formatArgument(argument: ArgumentPage, index: number, program: CommandPage): string {
  const { name, choices, value, isVariadic } = argument;
  const words = value === 'command' ? program.commands.map((page) => page.words.at(-1)!) : choices;
  const action = words.length > 0 ? `(${words.join(' ')})` : ACTIONS[value];
  return quote(`${isVariadic ? '*' : index + 1}:${escapeColons(name)}:${action}`);
}

function escapeColons(text: string): string {
  return text.replaceAll(':', '\\:');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
