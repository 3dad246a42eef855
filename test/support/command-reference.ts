/** docs/commands.md, generated from the definition of the command line. */
import {
  type CommandPage,
  listCommands,
  type OptionPage,
} from '../../src/commands/reference/command-page.js';

const HEAD = `# Commands

Every command with its arguments and options. The program generates this page: \`npm run docs\` rewrites it.
\`offload <command> --help\` prints the same text, and \`man offload-<command>\` shows it after
\`npm install --global\`. [scripting.md](scripting.md#exit-codes) lists the exit codes.
`;

/** Formats the reference of a program and all of its commands in Markdown. */
export function formatCommandReference(program: CommandPage): string {
  const pages = listCommands(program).filter(({ words }) => words.length > 1);
  const contents = pages.map((page) => [
    `[\`${nameOf(page)}\`](#${nameOf(page).replaceAll(' ', '-')})`,
    page.summary,
  ]);
  const sections = [HEAD, ...table('command', contents), '', ...pages.flatMap(formatCommand)];
  return `${sections.join('\n').trimEnd()}\n`;
}

function formatCommand(page: CommandPage): string[] {
  const { words, usage, description, arguments: args, options, examples, exitCodes } = page;
  const groups = [...new Set(options.map(({ group }) => group))];
  return [
    `## ${nameOf(page)}`,
    '',
    toMarkdown(description.replaceAll('\n', ' ')),
    '',
    '```text',
    `${words.join(' ')} ${usage}`,
    '```',
    '',
    ...section(
      'argument',
      args.map(({ name, description: text }) => [`\`${name}\``, text]),
    ),
    ...groups.flatMap((group) =>
      section(group, options.filter((option) => option.group === group).map(formatOption)),
    ),
    ...block('Exit codes:', exitCodes),
    ...block('Examples:', examples),
  ];
}

function nameOf({ words }: CommandPage): string {
  return words.slice(1).join(' ');
}

function formatOption({ flags, description }: OptionPage): readonly string[] {
  return [`\`${flags}\``, description];
}

/** A heading and lines as they are; nothing if there are none. */
function block(heading: string, lines: string): readonly string[] {
  return lines === '' ? [] : [heading, '', '```text', lines.replace(/^ {2}/gm, ''), '```', ''];
}

/** A table and a blank line after it; nothing if it has no rows. */
function section(heading: string, rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : [...table(heading, rows), ''];
}

function table(heading: string, rows: readonly (readonly string[])[]): readonly string[] {
  return [
    `| ${heading} | |`,
    '| --- | --- |',
    ...rows.map(([term, text]) => `| ${term!.replaceAll('|', '\\|')} | ${toMarkdown(text!)} |`),
  ];
}

/** Text whose signs stand for themselves. */
function toMarkdown(text: string): string {
  return text.replace(/[\\|<*_]/g, '\\$&');
}
