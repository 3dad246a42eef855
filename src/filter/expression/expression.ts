/**
 * Conditions over the columns of a triangle, evaluated as SQLite would: the same numbers, the same NULLs. SQLite needs
 * three look-ups by rowid a triangle; here positions come from pages that are read anyway.
 *
 * What is not surely the same stays with SQLite: text, functions but abs, min, max and sqrt, subqueries, bit operators,
 * numbers whose type only shows at run time, integers that may pass 2^53. The rules are those of sqlite.org/lang_expr.html.
 */

import { shortenSql } from '../../database/sql/words.js';
import { UsageError } from '../../errors.js';
import { readTokens } from './lexer.js';
import { Columns, POSITION_COLUMNS, Unsupported } from './nodes.js';
import { Parser } from './parser.js';

/** A condition as JavaScript of our own making. Plain data: threads are given it. */
export interface Expression {
  /** Statements that end with the return of a truth value, over id, a, b, c and t. */
  readonly code: string;
  /** Numbers that the code looks values up in. */
  readonly lists: readonly (readonly number[])[];
  /** Whether it reads t. */
  readonly needsPositions: boolean;
}

/** Whether a triangle with these ids, and the nine coordinates of its corners, fulfils a condition. */
export type TriangleTest = (id: number, a: number, b: number, c: number, t: Float64Array) => boolean;

/** Throws UsageError unless a text is lexically one expression: put into parentheses, it cannot leave them. */
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
  const problem = depth < 0 ? "a ')' without its '('" : "a '(' without its ')'";
  throw new UsageError(`${shortenSql(text)}: ${problem}`, {
    code: 'SQL_INVALID',
    option: 'filter.where',
  });
}

/**
 * Translates a text that {@link checkExpression} and SQLite have accepted; undefined where it is SQLite's to evaluate.
 * `readNumber` tells which number SQLite takes a literal for.
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

/** Makes a function of an expression, which must come from {@link parseExpression}: its code is run as it is. */
export function compileExpression({ code, lists, needsPositions }: Expression): {
  readonly needsPositions: boolean;
  readonly test: TriangleTest;
} {
  const sets = lists.map((_, k) => `const list${k} = new Set(lists[${k}]);`).join('\n');
  const make = new Function('lists', `${HELPERS}\n${sets}\nreturn (id, a, b, c, t) => {\n${code}\n};`);
  const test = make(lists) as TriangleTest;
  return { needsPositions, test };
}

/** NULL is NaN here: arithmetic spreads it, comparisons with it are false, and so are their negations. */
const HELPERS = `'use strict';
const divideIntegers = (x, y) => (y === 0 ? NaN : (x - (x % y)) / y);
const divide = (x, y) => (y === 0 ? NaN : x / y);
const differ = (x, y) => x < y || x > y;
const isSame = (x, y) => x === y || (x !== x && y !== y);
const isBetween = (x, low, high) => x >= low && x <= high;
const isOutside = (x, low, high) => x < low || x > high;
const isMissing = (list, x) => x === x && !list.has(x);
const isTrue = (x) => x < 0 || x > 0;`;
