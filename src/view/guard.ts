/**
 * Decides whether a request may be answered. Any page in the user's browser, and any program on the machine, can reach a
 * port on loopback, so:
 *
 * - Host must name loopback: a foreign name that resolves to 127.0.0.1 (DNS rebinding) is refused.
 * - Origin, if sent, must be the page's own, and Sec-Fetch-Site must not name another site.
 * - Data needs the token, which only the URL's fragment has: browsers send it to nobody.
 * - POST must be JSON, which a form of another page cannot send.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.js';

/** The parts of a request that are examined. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
}

/** Paths below this need the token. */
export const API = '/api/';

const METHODS = ['GET', 'HEAD', 'POST'];
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;
const SCHEME = /^Bearer /i;

/** Throws Refusal if the request must not be answered. */
export function checkRequest(head: RequestHead, token: string): void {
  const { method, path, host, origin, fetchSite, authorization, contentType } = head;
  // A tunnel (`ssh -L`) has another port, but also ends at loopback.
  if (host === undefined || !LOOPBACK.test(host)) {
    throw new Refusal(403, 'FOREIGN_HOST', 'the request names another host; expected localhost or 127.0.0.1');
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    throw new Refusal(403, 'FOREIGN_ORIGIN', 'the request comes from another page');
  }
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') {
    // Opening the page from elsewhere, such as a link in a chat, is harmless: it has no data without the token.
    if (path.startsWith(API)) throw new Refusal(403, 'FOREIGN_ORIGIN', 'the request comes from another page');
  }
  if (!METHODS.includes(method)) {
    throw new Refusal(405, 'METHOD', `the method ${method} is not allowed`, { allow: METHODS.join(', ') });
  }
  if (!path.startsWith(API)) return;
  const sent = SCHEME.test(authorization ?? '') ? authorization!.replace(SCHEME, '') : '';
  if (!isEqual(sent, token)) {
    throw new Refusal(401, 'TOKEN', 'the token is missing or wrong', {
      hint: 'open the URL that offload view has printed',
    });
  }
  if (method === 'POST' && !/^application\/json(?:\s*;|$)/i.test(contentType ?? '')) {
    throw new Refusal(415, 'CONTENT_TYPE', 'the body is not JSON; expected application/json');
  }
}

/** Compares two texts in a time that does not tell where they differ. */
function isEqual(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(first!, second!);
}
