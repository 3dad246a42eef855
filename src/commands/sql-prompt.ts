/**
 * A prompt for one query after the other, with a history and the schema at hand.
 *
 * Each query is asked by a process of its own: Ctrl-C ends that and not the prompt, and a query that takes too long ends
 * as it would without a prompt.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { SqlSession } from '../database/sql-session.js';
import { MeshError } from '../errors.js';
import { escapeControls } from '../formats/text.js';
import { readTextFile, writeTextFile } from '../io/text-file.js';
import { runAgain } from './sql-child.js';

const PROMPT = 'sql> ';
const GOES_ON = '...> ';
/** The exit code of a query that Ctrl-C has ended. */
const INTERRUPTED = 130;
const HISTORY_LINES = 500;

const HELP = `A query ends with ; and may have several lines. Ctrl-C stops it, Ctrl-D or .quit ends.
  .tables          lists tables and views
  .schema <name>   shows how one is made
  .help            this text
Tab completes names. docs/schema.md explains all columns, docs/cookbook.md has queries to begin with.
`;

/** Prompts until the end. Throws what opening the database throws. */
export async function promptForSql(
  database: string,
  options: { readonly attach?: readonly (readonly [string, string])[] },
): Promise<void> {
  const names = listNames(database, options.attach);
  const history = historyFile();
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
  process.stdout.write(
    `${escapeControls(database)}: tables and views are listed by .tables, .help says more\n`,
  );
  await readLines(reader, async (text) => {
    if (text.startsWith('.')) process.stdout.write(obey(text, names));
    else if ((await runAgain(['--', text], 'ignore')) === INTERRUPTED) process.stdout.write('\n');
  });
  process.stdin.setRawMode(false).unref();
}

/** Reads statements, and runs one after the other; resolves at the end of the input. */
function readLines(reader: Interface, run: (text: string) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    let isOver = false;
    const prompt = (next: string) => {
      reader.setPrompt(next);
      if (!isOver) reader.prompt();
    };
    // Lines that are pasted come all at once.
    let last: Promise<void> = Promise.resolve();
    reader.on('line', (line) => {
      text += `${line}\n`;
      const isCommand = /^\s*\./.test(text);
      if (text.trim() === '.quit' || text.trim() === '.exit') return reader.close();
      if (text.trim() !== '' && !isCommand && !/;\s*$/.test(text)) return prompt(GOES_ON);
      const whole = text.trim();
      text = '';
      if (whole === '') return prompt(PROMPT);
      last = last.then(() => withoutPrompt(reader, () => run(whole))).then(() => prompt(PROMPT));
      last.catch(reject);
    });
    // Ctrl-C at the prompt forgets what was begun.
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

/** Leaves the terminal to a query: keys are signals there, and Ctrl-C is the query's. */
async function withoutPrompt(reader: Interface, action: () => Promise<void>): Promise<void> {
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  reader.pause();
  process.stdin.setRawMode(false);
  try {
    await action();
  } finally {
    process.stdin.setRawMode(true);
    reader.resume();
    process.off('SIGINT', ignore);
  }
}

interface Names {
  /** Tables and views with the SQL that makes them. */
  readonly schema: ReadonlyMap<string, string>;
  /** All that may be completed. */
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
    return { schema, words: [...new Set([...schema.keys(), ...columns])].sort() };
  } finally {
    session.close();
  }
}

function completeName(line: string, words: readonly string[]): [string[], string] {
  const begun = /\w*$/.exec(line)![0];
  return [begun === '' ? [] : words.filter((word) => word.startsWith(begun)), begun];
}

/** What a command of the prompt answers. */
function obey(text: string, { schema }: Names): string {
  const [command, name] = text.split(/\s+/);
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
  return `unknown command '${escapeControls(command!)}'; .help lists them\n`;
}

function historyFile(): string {
  return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'offload', 'sql-history');
}

/** The last line first, as readline has it. */
function readHistory(path: string): string[] {
  try {
    return readTextFile(path).split('\n').filter(Boolean);
  } catch (error) {
    // There is none yet, or it is somebody else's: a prompt does without.
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
