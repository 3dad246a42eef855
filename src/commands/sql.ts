/** `offload sql`: queries of a database, and changes if they are allowed. */

import { type Command, Option } from 'commander';
import type { SessionParameters } from '../database/sql/query.js';
import { SqlSession } from '../database/sql/session.js';
import { UsageError } from '../errors.js';
import { openOutput } from '../io/output/output-file.js';
import { readTextFile, TEXT_BYTES_MAX } from '../io/text-file.js';
import { planQuerying } from '../memory/plans.js';
import { countOf } from '../wording.js';
import { memoryOption } from './options/options.js';
import { isWatched, runWithin } from './sql/child.js';
import { SQL_FORMATS, type SqlFormat, writeRows } from './sql/output.js';
import { withPager } from './sql/pager.js';
import { parseParameter } from './sql/parameter.js';
import { promptForSql } from './sql/prompt.js';
import { placeTemporaries, withinMemory } from './terminal/run.js';
import { Terminal } from './terminal/terminal.js';

/** Formats for people, shown in a pager. */
const PAGED: readonly SqlFormat[] = ['table', 'line'];

/** Default limits of a table on a terminal: the most rows, and the longest time. */
const LIMIT_ROWS = 1000;
const LIMIT_SECONDS = 60;

interface SqlCommandOptions {
  readonly file?: string;
  readonly write?: boolean;
  readonly param?: SessionParameters;
  readonly attach?: readonly (readonly [string, string])[];
  readonly table?: boolean;
  readonly line?: boolean;
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly csv?: boolean;
  readonly tsv?: boolean;
  readonly limit?: number;
  readonly timeout?: number;
  readonly pager: boolean;
  readonly memory: number;
  readonly tmp?: string;
  readonly quiet?: boolean;
}

export function addSql(program: Command): void {
  program
    .command('sql')
    .summary('query a database with SQL')
    .description(
      'Queries a database with SQL. The database is read-only unless --write is given.\n' +
        'Without a query on a terminal, prompts for queries.',
    )
    .argument('<db>', 'database made by offload import')
    .argument('[query]', 'one query; - or nothing reads it from standard input')
    .optionsGroup('Query:')
    .option('--file <path>', 'read the query from a file')
    .addOption(
      new Option(
        '--param <name=value>',
        'bind :name to an integer, a decimal number, or text, as the value is written; name:text=12 binds text (repeatable)',
      ).argParser(parseParameter),
    )
    .addOption(
      new Option('--attach <name=db>', 'read another database as well (repeatable)').argParser(parseAttach),
    )
    .option('--write', 'allow statements that change the database, and several of them')
    .optionsGroup('Output:')
    .option('--table', 'print a table (default on a terminal)')
    .option('--line', 'print one line for each column, name = value')
    .option('--json', 'print a JSON array of objects')
    .option('--jsonl', 'print one JSON object per line')
    .option('--csv', 'print CSV with a header (default elsewhere)')
    .option('--tsv', 'print tab-separated values, with \\t, \\n, \\r and \\\\ escaped')
    .addOption(
      new Option(
        '--limit <n>',
        `print at most n rows; 0 prints all (default: ${LIMIT_ROWS} in a table)`,
      ).argParser(parseCount),
    )
    .option('--no-pager', 'do not pipe output longer than the screen into $PAGER (default: less)')
    .option('-q, --quiet', 'print errors only')
    .optionsGroup('Resources:')
    .addOption(memoryOption())
    .addOption(
      new Option(
        '--timeout <seconds>',
        `stop a query after this time; 0 disables the limit (default: ${LIMIT_SECONDS} for a read-only query on a terminal)`,
      ).argParser(parseCount),
    )
    .option('--tmp <folder>', 'folder for temporary files (default: beside the database)')
    .optionsGroup('Options:')
    .addHelpText(
      'after',
      `
Examples:
  offload sql scan.db "SELECT max(z) FROM vertices"
  offload sql scan.db "SELECT * FROM triangle_measures WHERE area > :least" \\
    --param least=2 --csv > large.csv
  offload sql scan.db "SELECT count(*) FROM vertices JOIN old.vertices
    USING (x, y, z)" --attach old=old.db
  offload sql scan.db --file holes.sql --json | jq length
  offload sql scan.db                           prompts; .help lists commands`,
    )
    .action(sql);
}

async function sql(database: string, query: string | undefined, options: SqlCommandOptions): Promise<void> {
  const isTerminal = process.stdout.isTTY === true;
  const format = chooseFormat(options, isTerminal);
  const limit = (options.limit ?? (format === 'table' ? LIMIT_ROWS : 0)) || Number.POSITIVE_INFINITY;
  // Changes have no time limit by default.
  const seconds = options.timeout ?? (isTerminal && options.write !== true ? LIMIT_SECONDS : 0);
  const hasNone = query === undefined && options.file === undefined && process.stdin.isTTY === true;
  placeTemporaries(options.tmp, database);
  if (hasNone && !isTerminal)
    throw new UsageError('no query; expected one if standard output is not a terminal');
  if (hasNone) return promptForSql(database, options);
  // SQLite cannot be interrupted within this process, but a child process can be killed.
  if (seconds > 0 && !isWatched()) return runWithin(seconds, database);
  const text = await readQuery(query, options.file);
  await withinMemory(options.memory, () => answer(database, text, options, { format, limit, isTerminal }));
}

/** Runs the query and writes its rows. */
async function answer(
  database: string,
  text: string,
  options: SqlCommandOptions,
  { format, limit, isTerminal }: { format: SqlFormat; limit: number; isTerminal: boolean },
): Promise<void> {
  const session = SqlSession.open(database, {
    write: options.write,
    attach: options.attach,
    parameters: options.param,
    cacheBytes: planQuerying({ memoryBytes: options.memory }).cacheBytes,
  });
  const terminal = new Terminal(options);
  try {
    for (const name of session.unusedParameters(text)) {
      terminal.say(`warning: the query has no parameter :${name}; --param ${name} is not used`);
    }
    const answered = session.ask(text);
    if ('changes' in answered) {
      terminal.say(`${countOf(answered.changes, 'row')} changed`);
      return;
    }
    const { query } = answered;
    const { rows, isCut } =
      isTerminal && options.pager && PAGED.includes(format)
        ? await withPager((output) => writeRows(query, format, limit, output))
        : await writeRows(query, format, limit, await openOutput('-', false));
    if (isCut) terminal.say(`showing the first ${countOf(rows, 'row')}; --limit 0 shows all`);
  } finally {
    session.close();
  }
}

function chooseFormat(options: SqlCommandOptions, isTerminal: boolean): SqlFormat {
  const chosen = SQL_FORMATS.filter((name) => options[name] === true);
  if (chosen.length > 1) {
    throw new UsageError(`${chosen.map((name) => `--${name}`).join(' and ')}; expected one of them`);
  }
  return chosen[0] ?? (isTerminal ? 'table' : 'csv');
}

async function readQuery(query: string | undefined, file: string | undefined): Promise<string> {
  if (file !== undefined) {
    if (query !== undefined) throw new UsageError('both a query and --file; expected one of them');
    return readTextFile(file);
  }
  if (query !== undefined && query !== '-') return query;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > TEXT_BYTES_MAX)
      throw new UsageError(`the query on standard input is longer than ${TEXT_BYTES_MAX} bytes`);
  }
  return Buffer.concat(chunks).toString();
}

function parseAttach(
  text: string,
  before: readonly (readonly [string, string])[] = [],
): readonly (readonly [string, string])[] {
  const match = /^(\w+)=(.*)$/s.exec(text);
  if (match === null) throw new UsageError('expected a name and a file, such as old=old.db');
  return [...before, [match[1]!, match[2]!]];
}

function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError('expected a whole number');
  return Number(text);
}
