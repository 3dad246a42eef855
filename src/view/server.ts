/**
 * The server of the page: on loopback only, and only for who has the token. It serves the files of the page, and the data
 * by the table of routes.
 */

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FileError, systemCode } from '../errors.js';
import { type PageFile, readPageFiles } from '../io/package/page-files.js';
import { readBody } from './body.js';
import { API, checkRequest } from './guard.js';
import { Refusal } from './refusal.js';
import { sendAnswer, sendBytes, sendError } from './reply.js';
import { findRoutes } from './routes/routes.js';
import type { ViewSession } from './session.js';

/** Only this address: no other machine can connect. */
const ADDRESS = '127.0.0.1';
const TOKEN_BYTES = 24;
/** The most connections at a time; each tab needs up to six. */
const CONNECTIONS_MAX = 256;

export class ViewServer {
  private constructor(
    private readonly server: Server,
    readonly port: number,
    readonly token: string,
  ) {}

  /** Begins to listen; `port` 0 chooses a free one. Throws FileError if the port is taken. */
  static async listen(session: ViewSession, port = 0): Promise<ViewServer> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const files = readPageFiles();
    const server = createServer((request, response) => {
      void answer(session, files, token, request, response);
    });
    server.maxConnections = CONNECTIONS_MAX;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenError(error, port)));
      server.listen(port, ADDRESS, resolve);
    });
    const address = server.address() as { readonly port: number };
    return new ViewServer(server, address.port, token);
  }

  /** The URL to open. Browsers do not send its fragment, which has the token. */
  get url(): string {
    return `http://${ADDRESS}:${this.port}/#token=${this.token}`;
  }

  /** Ends all connections. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    return closed;
  }
}

async function answer(
  session: ViewSession,
  files: ReadonlyMap<string, PageFile>,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const closing = new AbortController();
  response.once('close', () => closing.abort());
  // The connection may break at any time; there is nobody left to tell.
  response.on('error', () => closing.abort());
  try {
    const { method = 'GET', headers } = request;
    const { pathname: path, searchParams: query } = parseUrl(request.url);
    checkRequest(
      {
        method,
        path,
        host: headers.host,
        origin: headers.origin,
        fetchSite: headers['sec-fetch-site'] as string | undefined,
        authorization: headers.authorization,
        contentType: headers['content-type'],
      },
      token,
    );
    const found = findRoutes(path);
    if (found.length === 0 && !path.startsWith(API)) {
      const file = files.get(path);
      if (file === undefined) throw new Refusal(404, 'NOT_FOUND', `there is no page ${path}`);
      if (method === 'POST')
        throw new Refusal(405, 'METHOD', 'a page is not posted to', { allow: 'GET, HEAD' });
      return await sendBytes(request, response, file.bytes, { type: file.type, keep: 'no-cache' });
    }
    if (found.length === 0) throw new Refusal(404, 'NOT_FOUND', `there is no ${path}`);
    const asked = method === 'HEAD' ? 'GET' : method;
    const match = found.find(({ route }) => route.method === asked);
    if (match === undefined) {
      const allow = found.map(({ route }) => route.method).join(', ');
      throw new Refusal(405, 'METHOD', `${path} does not answer ${method}`, { allow });
    }
    const body = asked === 'POST' ? await readBody(request) : undefined;
    const { route, parameters } = match;
    const result = await route.answer(session, { parameters, query, body, signal: closing.signal });
    await sendAnswer(request, response, result);
  } catch (error) {
    if (closing.signal.aborted) return;
    const allow = error instanceof Refusal ? error.allow : undefined;
    sendError(response, session.describe(error), allow);
  }
}

/** Parses the target of a request. Throws Refusal. */
function parseUrl(target = '/'): URL {
  // Two slashes at its start would begin the name of a host.
  const url = `http://localhost${target}`;
  if (target.startsWith('/') && URL.canParse(url)) return new URL(url);
  throw new Refusal(400, 'USAGE', 'the target of the request is no path');
}

function listenError(error: Error, port: number): Error {
  const code = systemCode(error);
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  const why = code === 'EACCES' ? 'needs more rights' : 'is in use';
  return new FileError(`port ${port} ${why}`, { cause: error, hint: 'choose another with --port, or none' });
}
