/** Covers: view/refusal. */
import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/errors.js';
import { checkRequest, type RequestHead } from '../../src/view/guard.js';
import { describeError, type Refusal } from '../../src/view/refusal.js';

const TOKEN = 'abcdefgh';
const GOOD: RequestHead = {
  method: 'GET',
  path: '/api/mesh',
  host: '127.0.0.1:4000',
  origin: undefined,
  fetchSite: undefined,
  authorization: `Bearer ${TOKEN}`,
  contentType: undefined,
};

/** The status with which a request is refused; undefined if it may be answered. */
function statusOf(changes: Partial<RequestHead>): number | undefined {
  try {
    checkRequest({ ...GOOD, ...changes }, TOKEN);
    return undefined;
  } catch (error) {
    return (error as Refusal).status;
  }
}

describe('the guard', () => {
  it('lets the page of the server pass', () => {
    expect(statusOf({})).toBeUndefined();
    expect(statusOf({ origin: 'http://127.0.0.1:4000', fetchSite: 'same-origin' })).toBeUndefined();
    expect(statusOf({ method: 'POST', contentType: 'application/json; charset=utf-8' })).toBeUndefined();
    // Through a tunnel.
    expect(statusOf({ host: 'localhost:8080', origin: 'http://localhost:8080' })).toBeUndefined();
    expect(statusOf({ host: '[::1]:8080' })).toBeUndefined();
  });

  it('gives the page itself, which has no data, to everybody on this machine', () => {
    expect(statusOf({ path: '/', authorization: undefined, fetchSite: 'cross-site' })).toBeUndefined();
    expect(statusOf({ path: '/', authorization: undefined, host: 'evil.example' })).toBe(403);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    '127.0.0.1.evil.example:4000',
    'localhost.evil.example',
    '127.0.0.1@evil.example',
    '10.0.0.1:4000',
    '127.0.0.1:4000 ',
    '0.0.0.0:4000',
  ])('refuses the host %j', (host) => {
    expect(statusOf({ host })).toBe(403);
  });

  it.each(['https://127.0.0.1:4000', 'http://127.0.0.1:4001', 'http://evil.example', 'null', ''])(
    'refuses the origin %j',
    (origin) => {
      expect(statusOf({ origin })).toBe(403);
    },
  );

  it('refuses data for other sites', () => {
    expect(statusOf({ fetchSite: 'cross-site' })).toBe(403);
    expect(statusOf({ fetchSite: 'same-site' })).toBe(403);
  });

  it.each([undefined, '', 'Bearer ', TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, 'Bearer abcdefg'])(
    'refuses the authorization %j',
    (authorization) => {
      expect(statusOf({ authorization })).toBe(401);
    },
  );

  it('refuses other methods, and bodies that a form can send', () => {
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND'])
      expect(statusOf({ method }), method).toBe(405);
    const forms = [undefined, 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'];
    for (const contentType of [...forms, 'application/jsonp'])
      expect(statusOf({ method: 'POST', contentType }), contentType).toBe(415);
  });
});

describe('an error for the page', () => {
  it('has a message, a code and what to do', () => {
    const error = new DatabaseError('a.db: damaged', { code: 'DATABASE_DAMAGED', hint: 'import it again' });
    expect(describeError(error)).toEqual({
      status: 400,
      code: 'DATABASE_DAMAGED',
      message: 'a.db: damaged',
      hint: 'import it again',
    });
    expect(describeError(new Error('oops'))).toMatchObject({ status: 500, code: 'BUG' });
    expect(JSON.stringify(describeError(new Error('oops')))).not.toMatch(/guard\.test/);
  });
});
