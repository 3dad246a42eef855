/** Classifies a statement, as far as needed before SQLite runs it. */
import { firstSqlWord, readSqlTokens, type SqlToken } from './words.js';

/** First words of statements that only read, unless a WITH continues with a change. */
const QUERY_WORDS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'EXPLAIN']);

/** Statements that begin or end a transaction, or work in none. */
const OWN_TRANSACTION: ReadonlySet<string> = new Set([
  'BEGIN',
  'COMMIT',
  'END',
  'ROLLBACK',
  'SAVEPOINT',
  'RELEASE',
  'VACUUM',
  'PRAGMA',
  'ATTACH',
  'DETACH',
]);

/** Pragmas that only report something, with or without an argument. */
const REPORTS: ReadonlySet<string> = new Set([
  'foreign_key_check',
  'foreign_key_list',
  'index_info',
  'index_list',
  'index_xinfo',
  'integrity_check',
  'quick_check',
  'table_info',
  'table_list',
  'table_xinfo',
]);

/** Pragmas that report a value without an argument, but set it with one. */
const VALUES: ReadonlySet<string> = new Set([
  'application_id',
  'auto_vacuum',
  'collation_list',
  'compile_options',
  'data_version',
  'database_list',
  'encoding',
  'freelist_count',
  'function_list',
  'journal_mode',
  'module_list',
  'page_count',
  'page_size',
  'pragma_list',
  'schema_version',
  'user_version',
]);

/** Whether a text begins like a query. */
export function beginsLikeQuery(text: string): boolean {
  return QUERY_WORDS.has(firstSqlWord(text) ?? '');
}

/** Whether a text is a single PRAGMA that reports something and changes nothing. */
export function isReadingPragma(text: string): boolean {
  const [pragma, ...rest] = readSqlTokens(text);
  if (pragma?.text.toUpperCase() !== 'PRAGMA') return false;
  while (isSymbol(rest.at(-1), ';')) rest.pop();
  const [name, ...argument] = isSymbol(rest[1], '.') ? rest.slice(2) : rest;
  if (name?.kind !== 'word') return false;
  const word = name.text.toLowerCase();
  if (argument.length === 0) return VALUES.has(word) || REPORTS.has(word);
  const isCall = argument.length === 3 && isSymbol(argument[0], '(') && isSymbol(argument[2], ')');
  return isCall && argument[1]!.kind !== 'symbol' && REPORTS.has(word);
}

/** Whether one of several statements manages transactions. The statements of a trigger do not count. */
export function managesTransaction(text: string): boolean {
  let words: string[] = [];
  let isTrigger = false;
  for (const token of readSqlTokens(text)) {
    if (isSymbol(token, ';')) {
      // A trigger's statements are between BEGIN and `; END;`.
      if (words[0] === 'END') isTrigger = false;
      words = [];
      continue;
    }
    if (words.length === 3) continue;
    words.push(token.text.toUpperCase());
    if (words[0] === 'CREATE' && /^(?:TEMP|TEMPORARY)? ?TRIGGER$/.test(words.slice(1).join(' ')))
      isTrigger = true;
    if (words.length === 1 && !isTrigger && OWN_TRANSACTION.has(words[0]!)) return true;
  }
  return false;
}

function isSymbol(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}
