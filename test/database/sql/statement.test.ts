/** Covers: database/sql/words. */
import { describe, expect, it } from 'vitest';
import { beginsLikeQuery, isReadingPragma, managesTransaction } from '../../../src/database/sql/statement.js';
import { firstSqlWord, readSqlTokens } from '../../../src/database/sql/words.js';

describe('SQL words', () => {
  it.each([
    ['SELECT \'it\'\'s\', "a""b" -- end', ['SELECT', "'it''s'", ',', '"a""b"']],
    ['/* a */x/**/y', ['x', 'y']],
    ["'open", ["'open"]],
    ['x /* open', ['x']],
    ['[a]]b] `c`', ['[a]', ']', 'b', ']', '`c`']],
    ['größe=$n', ['größe', '=', '$n']],
    ["''''", ["''''"]],
  ])('of %s', (text, words) => {
    expect([...readSqlTokens(text)].map((token) => token.text)).toEqual(words);
  });

  it('begin after comments', () => {
    expect(firstSqlWord('-- SELECT\n/* VALUES */ delete from t')).toBe('DELETE');
    expect(firstSqlWord('(SELECT 1)')).toBe('');
    expect(firstSqlWord(' -- nothing')).toBeUndefined();
  });

  it('are scanned in linear time', () => {
    for (const piece of ['/**/', '-- a\n', "'", "''", '/*', '--', ' ', '[', '""', '/**/ ']) {
      const text = `${piece.repeat(300_000)}x`;
      const begin = process.cpuUsage();
      beginsLikeQuery(text);
      managesTransaction(text);
      isReadingPragma(`PRAGMA ${text}`);
      const { user, system } = process.cpuUsage(begin);
      expect((user + system) / 1e6, piece).toBeLessThan(3);
    }
  });
});

describe('statements', () => {
  it.each([
    ['BEGIN; DELETE FROM t; COMMIT', true],
    ['DELETE FROM t; VACUUM', true],
    ['/* x */ SAVEPOINT s', true],
    ["INSERT INTO t VALUES ('BEGIN; COMMIT')", false],
    ['UPDATE t SET x = CASE WHEN y THEN 1 ELSE 2 END; DELETE FROM t', false],
    ['CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t; END; DELETE FROM t', false],
    ['CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t; END; COMMIT', true],
    ['CREATE TABLE "trigger" (x); END', true],
  ])('control their own transaction: %s', (text, expected) => {
    expect(managesTransaction(text)).toBe(expected);
  });
});
