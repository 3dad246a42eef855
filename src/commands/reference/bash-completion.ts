/**
 * Completion for bash 3.2 and later: one self-contained function. If it offers nothing, bash completes file names.
 */
import { type CommandPage, listCommands, type OptionPage } from './command-page.js';

/** Formats the script that bash sources. */
export function formatBashCompletion(program: CommandPage): string {
  const pages = listCommands(program);
  const [name] = program.words;
  const options = pages.flatMap((page) => page.options.map((option) => ({ page, option })));
  const takesValue = options.filter(({ option }) => option.valueName !== undefined);
  const hasChoices = takesValue.filter(({ option }) => option.choices.length > 0);
  return `# bash completion for ${name}

_${name}() {
    local command='' option='' word before choices='' k
    COMPREPLY=()
    # The words before the cursor name the command, and perhaps an option that takes a value.
    for ((k = 1; k < COMP_CWORD; k++)); do
        word=\${COMP_WORDS[k]}
        # Bash splits --option=value at the sign.
        if [[ $word == '=' ]]; then continue; fi
        if [[ -n $option ]]; then option=''; continue; fi
        case "$command $word" in
            ${pages.slice(1).map(formatKey).join('|')}) command="\${command:+$command }$word" ;;
            ${takesValue.map(formatKeys).join('|')}) option=$word ;;
        esac
    done
    word=\${COMP_WORDS[COMP_CWORD]}
    if [[ $word == '=' ]]; then word=''; fi
    if [[ -n $option ]]; then
        case "$command $option" in
${hasChoices.map((one) => formatCase(formatKeys(one), one.option.choices)).join('\n')}
        esac
    elif [[ $word == -* ]]; then
        case $command in
${pages.map((page) => formatCase(`'${pathOf(page)}'`, optionNames(page))).join('\n')}
        esac
    else
        case $command in
${pages
  .map((page) => [page, wordsOf(page, program)] as const)
  .filter(([, words]) => words.length > 0)
  .map(([page, words]) => formatCase(`'${pathOf(page)}'`, words))
  .join('\n')}
        esac
    fi
    # Of a list with commas the last word is completed.
    before=\${word%"\${word##*,}"}
    COMPREPLY=($(compgen -P "$before" -W "$choices" -- "\${word##*,}"))
}

complete -o bashdefault -o default -F _${name} ${name}
`;
}

/** The name of a command in the script: its words after the program's name. */
function pathOf({ words }: CommandPage): string {
  return words.slice(1).join(' ');
}

/** The pattern for a command's own word after the words of its parent commands. */
function formatKey({ words }: CommandPage): string {
  return `'${words.slice(1, -1).join(' ')} ${words.at(-1)}'`;
}

/** The patterns for an option's names after the words of its command. */
function formatKeys({ page, option }: { readonly page: CommandPage; readonly option: OptionPage }): string {
  return option.names.map((name) => `'${pathOf(page)} ${name}'`).join('|');
}

function formatCase(pattern: string, choices: readonly string[]): string {
  return `            ${pattern}) choices='${choices.join(' ')}' ;;`;
}

function optionNames({ options }: CommandPage): readonly string[] {
  return options.flatMap(({ names }) => names.filter((name) => name.startsWith('--')));
}

/** The words that may follow a command, other than options and files. */
function wordsOf({ commands, arguments: args }: CommandPage, program: CommandPage): readonly string[] {
  const isOfCommands = args.some(({ value }) => value === 'command');
  const below = isOfCommands ? program.commands : commands;
  if (below.length > 0) return below.map(({ words }) => words.at(-1)!);
  return args.flatMap(({ choices }) => choices);
}
