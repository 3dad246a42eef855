/**
 * Scans SQL text just enough to classify a statement: its words, without comments and blanks, in one pass. Their
 * meaning is left to SQLite.
 */

/** A word, a text or name in quotes with its quotes, or one other character. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'symbol';
  readonly text: string;
  /** The position in the text where it ends. */
  readonly end: number;
}

/** The most characters of a query that a message shows. */
const SHOWN = 80;

const BLANKS = /[ \t\n\f\r\ufeff]+/y;
const WORD = /[\w$\u0080-\uffff]+/y;
const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };

/** Yields the tokens of a text, one after another; an unclosed comment or quote extends to the end, as in SQLite. */
export function* readSqlTokens(text: string): Generator<SqlToken> {
  for (let at = 0; at < text.length; ) {
    const blank = endOfMatch(BLANKS, text, at);
    if (blank > at) {
      at = blank;
      continue;
    }
    const comment = endOfComment(text, at);
    if (comment > at) {
      at = comment;
      continue;
    }
    const quoted = endOfQuoted(text, at);
    const word = quoted > at ? at : endOfMatch(WORD, text, at);
    const end = Math.max(quoted, word, at + 1);
    yield {
      kind: quoted > at ? 'quoted' : word > at ? 'word' : 'symbol',
      text: text.slice(at, end),
      end,
    };
    at = end;
  }
}

/** Returns the first word of a text in capitals; '' if it begins with something else, undefined if it is empty. */
export function firstSqlWord(text: string): string | undefined {
  for (const token of readSqlTokens(text)) return token.kind === 'word' ? token.text.toUpperCase() : '';
  return undefined;
}

/** Returns the names of the parameters in a text, without their `:`, `@` or `$`. */
export function parameterNames(text: string): Set<string> {
  const names = new Set<string>();
  let before: SqlToken | undefined;
  for (const token of readSqlTokens(text)) {
    const isNext = before?.end === token.end - token.text.length;
    if (token.kind === 'word') {
      if (token.text.startsWith('$')) names.add(token.text.slice(1));
      else if (isNext && (before!.text === ':' || before!.text === '@')) names.add(token.text);
    }
    before = token;
  }
  return names;
}

/** Strips blanks around a text, and semicolons and comments at its end. */
export function trimSql(text: string): string {
  let end = 0;
  for (const token of readSqlTokens(text)) if (token.text !== ';') end = token.end;
  return text.slice(0, end).trimStart();
}

/** Formats a query or condition for a message: on one line, cut if it is long. */
export function shortenSql(text: string): string {
  // A text with only a comment is shown as it is.
  const line = (trimSql(text) || text).replace(/\s+/g, ' ');
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN)}…`;
}

/** Returns the end of a match that begins at a position; the position itself if there is none. */
function endOfMatch(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function endOfComment(text: string, at: number): number {
  if (text.startsWith('--', at)) return endAfter('\n', text, at + 2);
  return text.startsWith('/*', at) ? endAfter('*/', text, at + 2) : at;
}

function endOfQuoted(text: string, at: number): number {
  const closing = CLOSING[text[at]!];
  if (closing === undefined) return at;
  let end = endAfter(closing, text, at + 1);
  // A doubled quote belongs to the text; brackets have none.
  while (closing !== ']' && text[end] === closing) end = endAfter(closing, text, end + 1);
  return end;
}

function endAfter(what: string, text: string, from: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found + what.length;
}
