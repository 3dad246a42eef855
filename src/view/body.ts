/** Reads the JSON body of a request, within a limit. */

import { Refusal } from './refusal.js';

/** A filter or a query is text that a person wrote. */
export const BODY_BYTES_MAX = 2 ** 20;

/** Reads and parses a body. Throws Refusal if it is too large or not JSON. */
export async function readBody(request: AsyncIterable<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) {
      throw new Refusal(413, 'TOO_LARGE', `the body is larger than ${BODY_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Refusal(400, 'USAGE', 'the body is not JSON');
  }
}
