/** Sends answers: compressed if the browser takes that, and with what tells it to load nothing from elsewhere. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipBytes } from '../io/compression/gzip.js';
import { sendFile } from '../io/send-file.js';
import type { Answer } from './routes/route.js';
import type { ErrorAnswer } from './wire/messages.js';

/** Below this, compression gains nothing. */
const GZIP_BYTES_MIN = 512;

/** The page may load its own files and connect to its own server; nothing else, and nobody may frame it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const LINES_HEADERS: Readonly<Record<string, string>> = {
  ...HEADERS,
  'Cache-Control': 'no-store',
  'Content-Type': 'application/x-ndjson; charset=utf-8',
};

const JSON_TYPE = 'application/json; charset=utf-8';

interface BytesOptions {
  readonly type: string;
  /** The value of Cache-Control. */
  readonly keep: string;
  readonly etag?: string;
}

/** Sends the answer of a route. */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  if ('json' in answer) {
    const bytes = Buffer.from(JSON.stringify(answer.json));
    return sendBytes(request, response, bytes, { type: JSON_TYPE, keep: 'no-store' });
  }
  if ('bytes' in answer) {
    const { bytes, version } = answer;
    // A URL with the version never has other bytes; without it, the browser asks whether they are still valid.
    const isFixed = new URL(`http://localhost${request.url}`).searchParams.get('v') === version;
    return sendBytes(request, response, bytes, {
      type: 'application/octet-stream',
      keep: isFixed ? 'private, max-age=31536000, immutable' : 'private, no-cache',
      etag: `"${version}"`,
    });
  }
  if ('file' in answer) return sendDownload(request, response, answer);
  if ('lines' in answer) return sendLines(request, response, answer.lines);
  await answer.stream(async (bytes) => {
    if (!response.headersSent) response.writeHead(200, LINES_HEADERS);
    await write(response, bytes);
  });
  response.end();
}

/** Sends bytes, or that those the browser has are valid. */
export async function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  { type, keep, etag }: BytesOptions,
): Promise<void> {
  const headers: Record<string, string> = {
    ...HEADERS,
    'Cache-Control': keep,
    'Content-Type': type,
    Vary: 'Accept-Encoding',
  };
  if (etag !== undefined) headers.ETag = etag;
  if (etag !== undefined && request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const isPacked = bytes.length >= GZIP_BYTES_MIN && takesGzip(request);
  const sent = isPacked ? await gzipBytes(bytes) : bytes;
  if (isPacked) headers['Content-Encoding'] = 'gzip';
  headers['Content-Length'] = String(sent.length);
  response.writeHead(200, headers);
  response.end(request.method === 'HEAD' ? undefined : sent);
}

/** Sends an error as JSON. */
export function sendError(
  response: ServerResponse,
  { status, ...error }: ErrorAnswer & { readonly status: number },
  allow?: string,
): void {
  // The beginning of an answer may have been sent: then breaking it off is all that tells the page.
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(error));
  // The rest of a body that nobody reads would be taken for the next request.
  const headers = {
    ...HEADERS,
    'Cache-Control': 'no-store',
    Connection: 'close',
    'Content-Type': JSON_TYPE,
    'Content-Length': String(bytes.length),
  };
  response.writeHead(status, allow === undefined ? headers : { ...headers, Allow: allow }).end(bytes);
}

/** Sends a file that the browser saves under its name. */
async function sendDownload(
  request: IncomingMessage,
  response: ServerResponse,
  { file, onSent }: Extract<Answer, { readonly file: unknown }>,
): Promise<void> {
  const { path, name, bytes } = file;
  const plain = name.replace(/[^\w.-]/g, '_');
  response.writeHead(200, {
    ...HEADERS,
    'Cache-Control': 'no-store',
    'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    'Content-Length': String(bytes),
    'Content-Type': 'application/octet-stream',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await sendFile(path, response);
  onSent();
}

/** Sends lines of JSON, each at once, as fast as the page takes them. */
async function sendLines(
  request: IncomingMessage,
  response: ServerResponse,
  lines: AsyncIterable<unknown>,
): Promise<void> {
  response.writeHead(200, LINES_HEADERS);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  for await (const line of lines) {
    if (response.destroyed) break;
    await write(response, `${JSON.stringify(line)}\n`);
  }
  response.end();
}

/** Writes a part of a body, and waits until the page takes more or is gone. */
function write(response: ServerResponse, part: string | Uint8Array): Promise<void> {
  if (response.destroyed || response.write(part)) return Promise.resolve();
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
  });
}

/** Whether the browser takes gzip, by its Accept-Encoding. */
function takesGzip(request: IncomingMessage): boolean {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  return accepted.split(',').some((one) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i.test(one));
}
