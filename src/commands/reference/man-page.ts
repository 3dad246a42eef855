/** Manual pages in the man(7) format of groff and mandoc. */
import { readPackageVersion } from '../../io/package/package-file.js';
import type { CommandPage, OptionPage } from './command-page.js';

/** Exit codes, as the error boundary sets them. */
const EXIT_STATUS = [
  ['0', 'Success.'],
  [
    '1',
    'The command failed. Also: verify found a difference, check or lint found a defect with --strict, or no ' +
      'triangle was left with --fail-if-empty.',
  ],
  ['2', 'Wrong usage.'],
  ['130', 'The command was interrupted.'],
] as const;

/** The name of a manual page, and of its file without the extension: `offload-filter-save`. */
export function nameManPage({ words }: Pick<CommandPage, 'words'>): string {
  return words.join('-');
}

/** Formats the manual page of a command; its references come from `others`. */
export function formatManPage(page: CommandPage, others: readonly CommandPage[]): string {
  const name = nameManPage(page);
  const version = readPackageVersion();
  const isProgram = page.words.length === 1;
  const summary = isProgram ? page.description.replace(/\.$/, '') : page.summary;
  return [
    `.TH ${toRoff(name.toUpperCase())} 1 "" "offload ${version}" "offload"`,
    '.SH NAME',
    `${toRoff(name)} \\- ${toRoff(summary.replace(/^T(?=urns)/, 't'))}`,
    '.SH SYNOPSIS',
    `.B ${toRoff(page.words.join(' '))}`,
    toRoff(page.usage),
    '.SH DESCRIPTION',
    toRoff(page.description.replaceAll('\n', ' ')),
    ...section('COMMANDS', page.commands.flatMap(formatSubcommand)),
    ...section(
      'ARGUMENTS',
      page.arguments.flatMap(({ name: word, description }) => item(`.I ${toRoff(word)}`, description)),
    ),
    ...section('OPTIONS', formatOptions(page.options)),
    ...section('EXAMPLES', page.examples === '' ? [] : ['.EX', toRoff(dedent(page.examples)), '.EE']),
    ...section(
      'EXIT STATUS',
      EXIT_STATUS.flatMap(([code, text]) => item(`.B ${code}`, text)),
    ),
    ...section('SEE ALSO', [formatReferences(others.filter((other) => isRelated(page, other)))]),
    '',
  ].join('\n');
}

function formatSubcommand({ words, usage, summary }: CommandPage): string[] {
  return item(`.B ${toRoff(words.slice(1).join(' '))}\\fR ${toRoff(usage)}`, summary);
}

/** Formats options under the headings of the help, in its order. */
function formatOptions(options: readonly OptionPage[]): string[] {
  const groups = [...new Set(options.map(({ group }) => group))];
  return groups.flatMap((heading) => [
    ...(groups.length > 1 && heading !== 'Options' ? [`.SS ${toRoff(heading)}`] : []),
    ...options
      .filter(({ group }) => group === heading)
      .flatMap(({ flags, description }) =>
        item(toRoff(flags).replace(/(?:\\-){1,2}\w(?:\w|\\-)*/g, '\\fB$&\\fR'), description),
      ),
  ]);
}

/** Whether one of two commands is a subcommand of the other. */
function isRelated({ words }: CommandPage, { words: others }: CommandPage): boolean {
  const [short, long] = words.length < others.length ? [words, others] : [others, words];
  return short.length < long.length && short.every((word, index) => word === long[index]);
}

function formatReferences(others: readonly CommandPage[]): string {
  return others.map((page) => `.BR ${toRoff(nameManPage(page))} (1)`).join(',\n');
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 || lines.join('') === '' ? [] : [`.SH ${heading}`, ...lines];
}

function item(term: string, text: string): string[] {
  return ['.TP', term, toRoff(text)];
}

/** Removes the indentation that all lines share. */
function dedent(text: string): string {
  return text.replace(/^ {2}/gm, '');
}

/** Escapes text for roff, so that it has no requests and can be copied verbatim. */
function toRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^\./gm, '\\&.');
}
