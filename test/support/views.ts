/** Runs the server of the view within the test, and asks it. */
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hintWorder } from '../../src/commands/view/word-hint.js';
import { buildTiles, type TilesOptions } from '../../src/pipeline/build-tiles.js';
import { importMesh } from '../../src/pipeline/import-mesh.js';
import { ViewServer } from '../../src/view/server.js';
import { type ViewOptions, ViewSession } from '../../src/view/session.js';
import { freshFolder } from './files.js';
import { type Corners, makeTube, toBinaryStl } from './meshes.js';

const MIB = 2 ** 20;

export interface OpenView {
  readonly session: ViewSession;
  readonly server: ViewServer;
  /** Asks with the token, as the page does; `headers` of undefined are left out. */
  ask(path: string, options?: AskOptions): Promise<Reply>;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Imports triangles into a database, with tiles unless that is false; returns its path. */
export async function databaseOf(
  triangles: Iterable<Corners> = makeTube(40, 12),
  tiles: TilesOptions | false = {},
): Promise<string> {
  const folder = freshFolder();
  const source = join(folder, 'in.stl');
  const path = join(folder, 'in.db');
  writeFileSync(source, toBinaryStl(triangles));
  await importMesh(source, path);
  if (tiles !== false) await buildTiles(path, tiles);
  return path;
}

/** Opens a view of a file until the test ends. */
export async function openView(path: string, options: Partial<ViewOptions> = {}): Promise<OpenView> {
  const wordHint = hintWorder(['--memory', '--tiles', '--tmp']);
  const session = new ViewSession(path, { memoryBytes: 512 * MIB, threads: 1, wordHint, ...options });
  session.start();
  const server = await ViewServer.listen(session);
  onTestFinished(async () => {
    await server.close();
    await session.close();
  });
  return { session, server, ask: (target, asked) => askServer(server, target, asked) };
}

/** Waits until the session has an end of its preparation. */
export async function untilPrepared(session: ViewSession): Promise<void> {
  while (session.state.state === 'preparing') await new Promise((resolve) => setTimeout(resolve, 20));
}

function askServer(
  { port, token }: ViewServer,
  path: string,
  { method = 'GET', headers = {}, body }: AskOptions = {},
): Promise<Reply> {
  const all = { authorization: `Bearer ${token}`, ...headers };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, method, path, headers: sent as Record<string, string> },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status, headers } = response;
          resolve({ status: status!, headers, body: Buffer.concat(chunks) });
        });
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}
