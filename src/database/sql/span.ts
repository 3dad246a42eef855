/**
 * Finds the part of a text that an error of SQLite is about. The driver has no access to the offset that SQLite knows, so
 * it is found by the message.
 */

import { readSqlTokens, type SqlToken } from './words.js';

/** A part of a text, as indexes of its characters: the first one, and the one after the last. */
export interface SqlSpan {
  readonly from: number;
  readonly to: number;
}

/** Compiles a part of the text; returns the message of SQLite, or undefined if it is valid. */
type Compile = (part: string) => string | undefined;

/** Messages that name a column, table or function. */
const NAMED = [
  /^no such (?:table|column|function): (\S+)$/,
  /^no such (?:table|column|function): (.+)$/s,
  /^ambiguous column name: (.+)$/s,
  /^wrong number of arguments to function (.+)\(\)$/s,
  /^misuse of (?:aliased )?(?:aggregate|window)(?: function)?:? (.+?)(?:\(\))?$/s,
];

/**
 * Finds what an error is about: the first token that cannot be there, or the first place of a name. A refused statement is
 * marked by its first word. Undefined if the message tells nothing.
 */
export function findSpan(text: string, error: unknown, compile: Compile): SqlSpan | undefined {
  const tokens = [...readSqlTokens(text)];
  const cause = error instanceof Error ? error.cause : undefined;
  // What SQLite has no part in: a statement that is refused.
  if (!(cause instanceof Error)) return tokens.length === 0 ? undefined : spanOf(tokens[0]!);
  const { message } = cause;
  const near = /^near "(.*)": syntax error$/s.exec(message)?.[1];
  if (near !== undefined) return findNear(text, near, tokens, (part) => compile(part) === message);
  const end = tokens.at(-1)?.end ?? 0;
  if (message === 'incomplete input') return { from: end, to: end };
  const unknown = /^unrecognized token: "(.*)"$/s.exec(message)?.[1];
  if (unknown !== undefined) return startsWith(text, unknown, tokens)[0];
  if (/more than one statement/.test(message)) {
    const second = tokens.findIndex((token) => token.text === ';') + 1;
    return tokens[second] === undefined ? undefined : { from: startOf(tokens[second]), to: end };
  }
  const parameter = /^Missing named parameter(?:s| "(.*)")$/.exec(message);
  if (parameter !== null || /^Too few parameter values/.test(message)) {
    return findParameter(text, parameter?.[1], tokens);
  }
  for (const pattern of NAMED) {
    const span = findName(pattern.exec(message)?.[1], tokens);
    if (span !== undefined) return span;
  }
  return undefined;
}

/** Finds the token that a syntax error is near: the first one at which a text that ends there has the same error. */
function findNear(
  text: string,
  near: string,
  tokens: readonly SqlToken[],
  fails: (part: string) => boolean,
): SqlSpan | undefined {
  const places = startsWith(text, near, tokens);
  let low = 0;
  let high = places.length - 1;
  // A text that goes on after the error has the same error, so halving finds the first one.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fails(text.slice(0, places[middle]!.to))) high = middle;
    else low = middle + 1;
  }
  return places[low];
}

/** Returns the places where a text begins with a token. */
function startsWith(text: string, what: string, tokens: readonly SqlToken[]): SqlSpan[] {
  return tokens
    .map(startOf)
    .filter((from) => text.startsWith(what, from))
    .map((from) => ({ from, to: from + what.length }));
}

/** Finds a parameter with its sign; the first one of any name if that is undefined. */
function findParameter(
  text: string,
  name: string | undefined,
  tokens: readonly SqlToken[],
): SqlSpan | undefined {
  for (const [k, token] of tokens.entries()) {
    const from = startOf(token);
    if (token.text === '?') return spanOf(token);
    if (/^\$/.test(token.text) && (name ?? token.text.slice(1)) === token.text.slice(1)) return spanOf(token);
    const next = tokens[k + 1];
    if (![':', '@'].includes(token.text) || next?.kind !== 'word' || startOf(next) !== token.end) continue;
    if (name === undefined || next.text === name)
      return { from, to: text.indexOf(next.text, from) + next.text.length };
  }
  return undefined;
}

/** Finds the first place of a name, which may be qualified: `t.area`. */
function findName(name: string | undefined, tokens: readonly SqlToken[]): SqlSpan | undefined {
  if (name === undefined) return undefined;
  const words = name.split('.').map((word) => word.toLowerCase());
  const isWord = (token: SqlToken | undefined, word: string) =>
    token !== undefined && token.kind !== 'symbol' && unquote(token.text).toLowerCase() === word;
  for (let k = 0; k < tokens.length; k++) {
    const isHere = words.every((word, j) => {
      const isAfterDot = j === 0 || tokens[k + 2 * j - 1]?.text === '.';
      return isAfterDot && isWord(tokens[k + 2 * j], word);
    });
    if (isHere) return { from: startOf(tokens[k]!), to: tokens[k + 2 * words.length - 2]!.end };
  }
  // SQLite names the schema or the alias of a name that has none in the text.
  return words.length > 1 ? findName(words.slice(1).join('.'), tokens) : undefined;
}

function unquote(text: string): string {
  return /^["'`[]/.test(text) ? text.slice(1, -1) : text;
}

function startOf({ end, text }: SqlToken): number {
  return end - text.length;
}

function spanOf(token: SqlToken): SqlSpan {
  return { from: startOf(token), to: token.end };
}
