import { expect, it } from 'vitest';
import { databaseError } from '../../src/database/database-error.js';
import { DatabaseError } from '../../src/errors.js';

it.each(['ERR_DLOPEN_FAILED', 'MODULE_NOT_FOUND'])('says how to compile SQLite after %s', (code) => {
  const error = databaseError(Object.assign(new Error('no binary\nfor this'), { code }), 'mesh.db');
  expect(error).toBeInstanceOf(DatabaseError);
  const { message, hint } = error as DatabaseError;
  expect(message).toMatch(/^SQLite for \w+-\w+ and Node [\d.]+ cannot be loaded: no binary$/);
  expect(hint).toMatch(/^compile it: npx node-gyp rebuild --release -C \S+better-sqlite3$/);
});
