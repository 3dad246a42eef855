/** Completion for fish: one line for each command and option. fish offers files unless a line excludes them. */
import { type CommandPage, listCommands, type OptionPage } from './command-page.js';
import { shorten } from './shorten.js';

/** Formats the script that fish sources or loads from its completions folder. */
export function formatFishCompletion(program: CommandPage): string {
  const lines = listCommands(program).flatMap((page) => formatCommand(page, program));
  return `# fish completion for ${program.words[0]}\n${lines.join('\n')}\n`;
}

function formatCommand(page: CommandPage, program: CommandPage): string[] {
  const { options, commands, arguments: args } = page;
  const start = `complete -c ${program.words[0]} -n ${quote(describeCondition(page))}`;
  const choices = args.flatMap((one) =>
    one.value === 'command' ? program.commands.map(({ words }) => words.at(-1)!) : one.choices,
  );
  return [
    ...commands.map(({ words, summary }) => `${start} -f -a ${words.at(-1)} -d ${quote(summary)}`),
    ...(choices.length > 0 ? [`${start} -f -a ${quote(choices.join(' '))}`] : []),
    ...options.map((option) => `${start} ${formatOption(option)}`),
  ];
}

/** The condition that the command is given without a subcommand. */
function describeCondition({ words, commands }: CommandPage): string {
  if (words.length === 1) return '__fish_use_subcommand';
  const named = words.slice(1).map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = commands.map((one) => one.words.at(-1));
  if (below.length > 0) named.push(`not __fish_seen_subcommand_from ${below.join(' ')}`);
  return named.join('; and ');
}

function formatOption({ names, description, valueName, value, choices }: OptionPage): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  if (choices.length > 0) flags.push(`-x -a ${quote(choices.join(' '))}`);
  else if (value === 'file' || value === 'folder') flags.push('-r -F');
  else if (valueName !== undefined) flags.push('-x');
  return `${flags.join(' ')} -d ${quote(shorten(description))}`;
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
