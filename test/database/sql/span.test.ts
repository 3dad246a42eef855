import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { findSpan } from '../../../src/database/sql/span.js';

const db = new Database(':memory:');
db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); CREATE TABLE u (id INTEGER PRIMARY KEY, c)');
afterAll(() => db.close());

/** Returns the error of a text; what wraps it has the error of SQLite as its cause. */
function failureOf(text: string): Error | undefined {
  try {
    db.prepare(text).all();
    return undefined;
  } catch (cause) {
    return new Error('wrapped', { cause });
  }
}

function mark(text: string): string | undefined {
  const error = failureOf(text);
  expect(error).toBeDefined();
  const compile = (part: string) => (failureOf(part)?.cause as Error | undefined)?.message;
  const span = findSpan(text, error, compile);
  return span && `${text.slice(0, span.from)}[${text.slice(span.from, span.to)}]${text.slice(span.to)}`;
}

describe('findSpan', () => {
  it.each([
    ['SELECT * FORM t', 'SELECT * [FORM] t'],
    ['SELECT a FROM t WHERE FROM', 'SELECT a FROM t WHERE [FROM]'],
    // The word before it is right.
    ["SELECT 'from', a FROM t FROM t", "SELECT 'from', a FROM t [FROM] t"],
    ['SELECT (a, b FROM t, (SELECT 1))', 'SELECT (a, b [FROM] t, (SELECT 1))'],
    ['SELECT a ,, b FROM t', 'SELECT a ,[,] b FROM t'],
    ['SELECT a FROM t WHERE a <= <= 2', 'SELECT a FROM t WHERE a <= [<=] 2'],
    ['SELECT 1.5 1.5', 'SELECT 1.5 [1.5]'],
    ['SELECT a FROM', 'SELECT a FROM[]'],
    ['SELECT a FROM t WHERE -- all\n', 'SELECT a FROM t WHERE[] -- all\n'],
    ["SELECT 'abc", "SELECT ['abc]"],
    ['SELECT a # b FROM t', 'SELECT a [#] b FROM t'],
    ['SELECT a, x FROM t', 'SELECT a, [x] FROM t'],
    ["SELECT 'x' AS y, t.x FROM t", "SELECT 'x' AS y, [t.x] FROM t"],
    ['SELECT t . "X" FROM t', 'SELECT [t . "X"] FROM t'],
    ['SELECT a FROM nowhere', 'SELECT a FROM [nowhere]'],
    ['SELECT id FROM t JOIN u', 'SELECT [id] FROM t JOIN u'],
    ['SELECT a, area(b) FROM t', 'SELECT a, [area](b) FROM t'],
    ['SELECT a, abs(a, b) FROM t', 'SELECT a, [abs](a, b) FROM t'],
    ['SELECT a FROM t WHERE sum(a) > 1', 'SELECT a FROM t WHERE [sum](a) > 1'],
    ['SELECT a FROM t WHERE a > :least', 'SELECT a FROM t WHERE a > [:least]'],
    ['SELECT a FROM t WHERE a > $least', 'SELECT a FROM t WHERE a > [$least]'],
    ['SELECT ?', 'SELECT [?]'],
    ['SELECT 1; SELECT 2', 'SELECT 1; [SELECT 2]'],
  ])('marks %s', (text, expected) => {
    expect(mark(text)).toBe(expected);
  });

  it('marks the first word of a statement that is refused', () => {
    const error = new Error('not a read-only query');
    expect(findSpan(' -- x\n DROP TABLE t', error, () => undefined)).toEqual({ from: 7, to: 11 });
    expect(findSpan('  ', error, () => undefined)).toBeUndefined();
  });

  it('knows nothing about other errors', () => {
    const error = new Error('wrapped', { cause: new Error('integer overflow') });
    expect(findSpan('SELECT 1', error, () => undefined)).toBeUndefined();
  });

  it('takes few attempts for a word that is there often', () => {
    const text = `SELECT ${'a, '.repeat(20_000)}a a a`;
    let attempts = 0;
    const span = findSpan(text, failureOf(text), (part) => {
      attempts++;
      return (failureOf(part)?.cause as Error | undefined)?.message;
    });
    expect(span).toEqual({ from: text.length - 1, to: text.length });
    expect(attempts).toBeLessThan(20);
  });
});
