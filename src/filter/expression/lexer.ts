/** SQL text as tokens, after sqlite.org/lang_keywords.html and lang_expr.html: enough to find an expression's end. */

import { shortenSql } from '../../database/sql/words.js';
import { UsageError } from '../../errors.js';

export interface Token {
  /** `quoted` is an identifier in quotes; its text is between them. */
  readonly kind: 'number' | 'name' | 'quoted' | 'string' | 'symbol';
  readonly text: string;
  /** Where the token begins in the original text. */
  readonly begin: number;
}

/** Tried in this order. Blanks are SQLite's: a no-break space is part of a name. */
const PATTERNS: readonly (readonly [Token['kind'] | 'skip', RegExp])[] = [
  ['skip', /[ \t\n\f\r\ufeff]+|--[^\n]*|\/\*[\s\S]*?\*\//y],
  ['string', /[xX]?'(?:[^']|'')*'/y],
  ['quoted', /"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/y],
  ['number', /0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['name', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['symbol', /->>|->|\|\||<<|>>|<=|>=|<>|!=|==|\/(?!\*)|[-+*%<>=~&|(),.]/y],
];

/** Splits a text into tokens. Throws UsageError for anything that no SQL expression has. */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const begin = at;
    const [kind, word] = readWord(text, begin);
    at += word.length;
    if (kind === 'skip') continue;
    tokens.push({ kind, text: kind === 'quoted' ? word.slice(1, -1) : word, begin });
  }
  return tokens;
}

function readWord(text: string, at: number): readonly [Token['kind'] | 'skip', string] {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return [kind, match[0]];
  }
  const rest = text.slice(at, at + 2);
  const opening = rest === '/*' ? rest : /^['"`[]/.exec(rest)?.[0];
  const problem =
    opening === undefined
      ? `unexpected '${rest[0]}'; expected one SQL expression without parameters`
      : `${opening === '/*' ? 'the comment' : 'the quote'} ${opening} is not closed`;
  throw new UsageError(`${shortenSql(text)}: ${problem}`, {
    code: 'SQL_INVALID',
    option: 'filter.where',
  });
}
