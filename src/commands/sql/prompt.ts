/**
 * An interactive prompt for queries, with a history and completion of names.
 *
 * Each query runs in a child process: Ctrl-C ends the query and not the prompt, and the time limit works as without a
 * prompt.
 */

import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { SqlSession } from '../../database/sql/session.js';
import { MeshError } from '../../errors.js';
import { readTextFile, writeTextFile } from '../../io/text-file.js';
import { escapeControls } from '../../wording.js';
import { runAgain } from './child.js';
import { SQL_FORMATS, type SqlFormat } from './output.js';

const PROMPT = 'sql> ';
const GOES_ON = '...> ';
/** The exit code of a query ended by Ctrl-C. */
const INTERRUPTED = 130;
const HISTORY_LINES = 500;
const COMMANDS: readonly string[] = ['.exit', '.help', '.mode', '.quit', '.schema', '.tables'];

const HELP = `A query ends with ; and may span several lines. Ctrl-C stops it; Ctrl-D or .quit leaves the prompt.
  .tables          lists tables and views
  .schema <name>   shows the definition of a table or view
  .mode <format>   sets the output format: ${SQL_FORMATS.join(', ')}
  .help            shows this text
Tab completes names. docs/schema.md explains all columns; docs/cookbook.md has queries to start with.
`;

/** Prompts until the user quits. Throws the errors of opening the database. */
export async function promptForSql(
  database: string,
  options: { readonly attach?: readonly (readonly [string, string])[] },
): Promise<void> {
  const names = listNames(database, options.attach);
  const history = historyFile();
  const state: PromptState = { names, mode: undefined };
  const reader = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: PROMPT,
    history: readHistory(history),
    historySize: HISTORY_LINES,
    removeHistoryDuplicates: true,
    completer: (line: string) => completeName(line, names.words),
  });
  reader.on('history', (lines: string[]) => writeHistory(history, lines));
  process.stdout.write(`${escapeControls(database)}: .tables lists tables and views, .help lists commands\n`);
  await readLines(reader, async (text) => {
    if (text.startsWith('.')) process.stdout.write(obey(text, state));
    else if ((await runAgain(listArguments(text, state), 'ignore')) === INTERRUPTED)
      process.stdout.write('\n');
  });
  process.stdin.setRawMode(false).unref();
}

/** The state that commands of the prompt change. */
interface PromptState {
  readonly names: Names;
  /** The output format, if `.mode` has set it. */
  mode: SqlFormat | undefined;
}

/** The arguments of this process with a query; the mode replaces a format given in them. */
function listArguments(text: string, { mode }: PromptState): string[] {
  const args = process.argv.slice(1);
  if (mode === undefined) return [...args, '--', text];
  const forms: readonly string[] = SQL_FORMATS.map((name) => `--${name}`);
  return [...args.filter((argument) => !forms.includes(argument)), `--${mode}`, '--', text];
}

/** Reads statements and runs them one by one; resolves at the end of the input. */
function readLines(reader: Interface, run: (text: string) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    let isOver = false;
    const prompt = (next: string) => {
      reader.setPrompt(next);
      if (!isOver) reader.prompt();
    };
    // Pasted lines arrive all at once.
    let last: Promise<void> = Promise.resolve();
    reader.on('line', (line) => {
      text += `${line}\n`;
      const isCommand = /^\s*\./.test(text);
      if (text.trim() === '.quit' || text.trim() === '.exit') return reader.close();
      if (text.trim() !== '' && !isCommand && !/;\s*$/.test(text)) return prompt(GOES_ON);
      const whole = text.trim();
      text = '';
      if (whole === '') return prompt(PROMPT);
      last = last
        .then(() =>
          withoutPrompt(
            reader,
            () => isOver,
            () => run(whole),
          ),
        )
        .then(() => prompt(PROMPT));
      last.catch(reject);
    });
    // Ctrl-C at the prompt discards an unfinished statement.
    reader.on('SIGINT', () => {
      text = '';
      reader.write(null, { ctrl: true, name: 'e' });
      reader.write(null, { ctrl: true, name: 'u' });
      prompt(PROMPT);
    });
    reader.on('close', () => {
      isOver = true;
      last.then(resolve, reject);
    });
    prompt(PROMPT);
  });
}

/** Gives the terminal to a query, so that Ctrl-C reaches the query. The input may have ended before. */
async function withoutPrompt(
  reader: Interface,
  isOver: () => boolean,
  action: () => Promise<void>,
): Promise<void> {
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  if (!isOver()) reader.pause();
  process.stdin.setRawMode(false);
  try {
    await action();
  } finally {
    if (!isOver()) {
      process.stdin.setRawMode(true);
      reader.resume();
    }
    process.off('SIGINT', ignore);
  }
}

interface Names {
  /** Tables and views with the SQL that creates them. */
  readonly schema: ReadonlyMap<string, string>;
  /** All names that can be completed. */
  readonly words: readonly string[];
}

function listNames(database: string, attach: readonly (readonly [string, string])[] = []): Names {
  const session = SqlSession.open(database, { attach });
  const rowsOf = (text: string) => {
    const answer = session.ask(text);
    return 'query' in answer ? ([...answer.query.rows()] as string[][]) : [];
  };
  try {
    const schema = new Map(
      rowsOf(
        "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name",
      ) as [string, string][],
    );
    const columns = [...schema.keys()].flatMap((name) =>
      rowsOf(`SELECT name FROM pragma_table_info('${name.replaceAll("'", "''")}')`).flat(),
    );
    const words = [...new Set([...schema.keys(), ...columns])].sort();
    // Completions reach the terminal unescaped, which would obey control characters.
    return { schema, words: words.filter((word) => escapeControls(word) === word) };
  } finally {
    session.close();
  }
}

function completeName(line: string, words: readonly string[]): [string[], string] {
  const command = /^\s*(\.\w*)$/.exec(line)?.[1];
  const begun = command ?? /(?<!\w)\w*$/.exec(line)?.[0] ?? '';
  const known = command === undefined ? words : COMMANDS;
  return [begun === '' ? [] : known.filter((word) => word.startsWith(begun)), begun];
}

/** Carries out a command of the prompt and returns its output. */
function obey(text: string, state: PromptState): string {
  const { schema } = state.names;
  const [command, name] = text.replace(/;$/, '').split(/\s+/);
  if (command === '.help') return HELP;
  if (command === '.tables') return `${[...schema.keys()].map(escapeControls).join('\n')}\n`;
  if (command === '.schema') {
    const made = name === undefined ? [...schema.values()] : [schema.get(name)];
    if (made[0] === undefined)
      return `no table or view '${escapeControls(name ?? '')}'; .tables lists them\n`;
    const lines = made
      .map((sql) => `${sql};`)
      .join('\n')
      .split('\n');
    return `${lines.map(escapeControls).join('\n')}\n`;
  }
  if (command === '.mode') {
    if (name === undefined) return `${state.mode ?? 'table'}\n`;
    const mode = SQL_FORMATS.find((known) => known === name);
    if (mode === undefined) return `no mode '${escapeControls(name)}'; expected ${SQL_FORMATS.join(', ')}\n`;
    state.mode = mode;
    return '';
  }
  return `unknown command '${escapeControls(command!)}'; .help lists them\n`;
}

function historyFile(): string {
  return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'offload', 'sql-history');
}

/** Reads the history, last line first, as readline expects it. */
function readHistory(path: string): string[] {
  try {
    const lines = readTextFile(path).split('\n');
    return lines.filter((line) => line !== '' && escapeControls(line) === line);
  } catch (error) {
    // The file does not exist yet or cannot be read: the prompt works without it.
    if (error instanceof MeshError) return [];
    throw error;
  }
}

function writeHistory(path: string, lines: readonly string[]): void {
  try {
    writeTextFile(path, `${lines.join('\n')}\n`);
  } catch (error) {
    if (!(error instanceof MeshError)) throw error;
  }
}
