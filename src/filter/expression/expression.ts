/**
 * Conditions over the columns of a triangle, evaluated like SQLite does, with the same numbers and NULLs. SQLite needs
 * three lookups by rowid a triangle; here positions come from pages that are read anyway.
 *
 * SQLite keeps whatever might differ: text, functions except abs, min, max and sqrt, subqueries, bit operators, numbers
 * whose type is known only at run time, integers that may exceed 2^53. The rules are those of
 * sqlite.org/lang_expr.html.
 */

import { shortenSql } from '../../database/sql/words.js';
import { UsageError } from '../../errors.js';
import { readTokens } from './lexer.js';
import { Columns, POSITION_COLUMNS, Unsupported } from './nodes.js';
import { Parser } from './parser.js';

/** A condition as generated JavaScript. Plain data, to pass to threads. */
export interface Expression {
  /** Statements that end by returning a truth value, over id, a, b, c and t. */
  readonly code: string;
  /** Lists of numbers in which the code looks up values. */
  readonly lists: readonly (readonly number[])[];
  /** Whether the code reads t. */
  readonly needsPositions: boolean;
}

/** Whether a triangle with these ids, and the nine coordinates of its corners, meets a condition. */
export type TriangleTest = (id: number, a: number, b: number, c: number, t: Float64Array) => boolean;

/** Throws UsageError unless a text is lexically one expression, so that parentheses around it hold. */
export function checkExpression(text: string): void {
  const tokens = readTokens(text);
  if (tokens.length === 0)
    throw new UsageError('empty; expected an SQL condition', { code: 'SQL_INVALID', option: 'filter.where' });
  let depth = 0;
  for (const { kind, text: word } of tokens) {
    if (kind !== 'symbol') continue;
    if (word === '(') depth++;
    if (word === ')' && --depth < 0) break;
  }
  if (depth === 0) return;
  const problem = depth < 0 ? "unmatched ')'" : "unmatched '('";
  throw new UsageError(`${shortenSql(text)}: ${problem}`, {
    code: 'SQL_INVALID',
    option: 'filter.where',
  });
}

/**
 * Translates a text that {@link checkExpression} and SQLite have accepted; undefined if SQLite must evaluate it.
 * `readNumber` returns the number that a literal means to SQLite.
 */
export function parseExpression(
  text: string,
  readNumber: (literal: string) => number | undefined,
): Expression | undefined {
  try {
    const columns = new Columns();
    const code = new Parser(readTokens(text), columns, readNumber).condition();
    const base = [...columns.base].map((name) => `const ${name} = t[${POSITION_COLUMNS.indexOf(name)}];`);
    return {
      code: `${[...base, ...columns.derived].join('\n')}\nreturn ${code};`,
      lists: columns.lists,
      needsPositions: columns.base.size > 0,
    };
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

/** Compiles an expression, which must come from {@link parseExpression}: its code is run unchanged. */
export function compileExpression({ code, lists, needsPositions }: Expression): {
  readonly needsPositions: boolean;
  readonly test: TriangleTest;
} {
  const sets = lists.map((_, k) => `const list${k} = new Set(lists[${k}]);`).join('\n');
  const make = new Function('lists', `${HELPERS}\n${sets}\nreturn (id, a, b, c, t) => {\n${code}\n};`);
  const test = make(lists) as TriangleTest;
  return { needsPositions, test };
}

/** NULL is NaN here: arithmetic propagates it, comparisons with it are false, and so are their negations. */
export const HELPERS = `'use strict';
const divideIntegers = (x, y) => (y === 0 ? NaN : (x - (x % y)) / y);
const divide = (x, y) => (y === 0 ? NaN : x / y);
const differ = (x, y) => x < y || x > y;
const isSame = (x, y) => x === y || (x !== x && y !== y);
const isBetween = (x, low, high) => x >= low && x <= high;
const isOutside = (x, low, high) => x < low || x > high;
const isMissing = (list, x) => x === x && !list.has(x);
const isTrue = (x) => x < 0 || x > 0;`;
