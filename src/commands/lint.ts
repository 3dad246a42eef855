/** `offload lint`: which readers would misread an OFF, and how. */

import { type Command, Option } from 'commander';
import type { OffFacts } from '../lint/facts.js';
import { type Finding, type Judgement, type OffReader, VERDICTS } from '../lint/reader.js';
import { OFF_READERS } from '../lint/readers.js';
import { lintOff } from '../pipeline/lint-off.js';
import { escapeControls, formatBytes, formatCount } from '../wording.js';
import { describeOff } from './describe/describe-off.js';
import { parseChoices } from './options/choices.js';
import { quietOption } from './options/options.js';
import { answering, describeExitCodes } from './terminal/answer.js';
import { withInterrupts } from './terminal/interrupt.js';
import { type Paint, paintFor } from './terminal/paint.js';
import { print } from './terminal/print.js';
import { Terminal } from './terminal/terminal.js';

interface LintCommandOptions {
  readonly for?: readonly OffReader[];
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The most findings shown for one reader; --json has all. */
const FINDINGS_MAX = 3;

const READER_IDS = OFF_READERS.map(({ id }) => id);

export function addLint(program: Command): void {
  program
    .command('lint')
    .summary('report which programs would misread an OFF')
    .description(
      'Reports which well-known readers would refuse or misread an OFF, drop or round\n' +
        'some of its data, and why. docs/off-readers.md lists the rules.',
    )
    .argument('<off>', 'OFF file, text or binary, or - for standard input')
    .addOption(
      new Option('--for <readers>', 'only these readers, comma-separated')
        .choices(READER_IDS)
        .argParser(parseReaders),
    )
    .option('--strict', 'exit with 1 if any reader refuses or misreads the file')
    .option('--json', 'print JSON instead of text')
    .addOption(quietOption('print errors only; the exit code is the result, as with --strict'))
    .addHelpText(
      'after',
      describeExitCodes(
        'the file was read',
        'with --strict or --quiet: a reader refuses or misreads it',
        'it could not be read',
      ),
    )
    .addHelpText(
      'after',
      `
Examples:
  offload lint scan.off
  offload lint scan.off --for open3d,meshlab --strict
  offload convert scan.stl - | offload lint -
  offload lint scan.off --json | jq -r '.readers[] | "\\(.name) \\(.verdict)"'`,
    )
    .action(answering(lint));
}

/** Resolves to the result that the exit code reports: false only with --strict or --quiet. */
async function lint(file: string, options: LintCommandOptions): Promise<boolean> {
  const terminal = new Terminal(options);
  const { onProgress, onWarning } = terminal.listeners();
  try {
    const { facts, judgements, warnings } = await withInterrupts((signal) =>
      lintOff(file, { onProgress, onWarning, signal, readers: options.for }),
    );
    terminal.clear();
    terminal.sumWarnings(warnings);
    if (!options.quiet) {
      const paint = paintFor(process.stdout);
      await print(
        options.json ? formatJson(file, facts, judgements) : formatReport(file, facts, judgements, paint),
      );
    }
    const bad = judgements.filter(({ verdict }) => isBad(verdict));
    const advice = bad.length === 0 ? undefined : advise(file, facts);
    if (advice !== undefined) terminal.say(advice);
    terminal.say(`${formatBytes(facts.bytes)} read; ${terminal.describeCost()}`);
    return !(options.strict || options.quiet) || bad.length === 0;
  } finally {
    terminal.clear();
  }
}

/** Whether a reader with this verdict fails to read the mesh correctly. */
function isBad(verdict: Judgement['verdict']): boolean {
  return verdict === 'refuses' || verdict === 'misreads';
}

function formatJson(file: string, facts: OffFacts, judgements: readonly Judgement[]): string {
  const readers = judgements.map(({ reader: { id, name, version }, verdict, findings }) => ({
    id,
    name,
    version,
    verdict,
    findings,
  }));
  return `${JSON.stringify({ file, facts, readers }, undefined, 2)}\n`;
}

/** One line for the file, then one for each reader, the worst first. */
function formatReport(file: string, facts: OffFacts, judgements: readonly Judgement[], paint: Paint): string {
  const sorted = [...VERDICTS, 'ok'].flatMap((one) => judgements.filter(({ verdict }) => verdict === one));
  const names = sorted.map(({ reader: { name, version } }) => `${name} ${version}`);
  const width = Math.max(...names.map((name) => name.length));
  const lines = sorted.map(({ verdict, findings }, k) => {
    const text = verdict === 'ok' ? paint('good', 'ok') : describeFindings(findings, paint);
    return `${names[k]!.padEnd(width)}  ${text}\n`;
  });
  return `${nameOf(file)}: ${describeOff(facts)}\n${lines.join('')}`;
}

function describeFindings(findings: readonly Finding[], paint: Paint): string {
  const shown = findings.slice(0, FINDINGS_MAX).map(({ verdict, what, count, line }, k) => {
    const place = line === null ? '' : `, line ${line}`;
    const times = count === null || count < 2 || line === null ? '' : ` and ${formatCount(count - 1)} more`;
    const isSame = k > 0 && findings[k - 1]!.verdict === verdict;
    const mark = isSame ? '' : `${paint(isBad(verdict) ? 'bad' : 'warning', `${verdict}:`)} `;
    return `${mark}${what}${place}${times}`;
  });
  const more = findings.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${formatCount(more)} more` : ''}`;
}

/** The next step for a file that some reader gets wrong; undefined if there is none. */
function advise(file: string, { vertexCount, faceCount, vertices, faces }: OffFacts): string | undefined {
  if (vertexCount === 0 || faceCount === 0) return undefined;
  const command = `offload convert ${file === '-' ? 'in.off' : nameOf(file)} plain.off`;
  const plain = `hint: ${command} writes plain OFF, which all of them read`;
  if (vertices.colors.count + faces.colors.count === 0) return plain;
  const colored = `${plain}; with --colors for Geomview`;
  // These two read vertex colors only.
  return vertices.colors.count === 0
    ? colored
    : `${colored}, with --colors --dialect int255 for Open3D and libigl`;
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : escapeControls(file);
}

function parseReaders(text: string): readonly OffReader[] {
  return parseChoices(READER_IDS)(text).map((id) => OFF_READERS.find((reader) => reader.id === id)!);
}
