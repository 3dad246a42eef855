/**
 * Covers: view/reply, view/routes/routes, view/routes/mesh, view/routes/tiles/nodes, view/routes/tiles/tile,
 * view/routes/events, io/package/page-files, io/compression/gzip.
 */
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeTile } from '../../src/tiles/tile-codec.js';
import { ROUTES } from '../../src/view/routes/routes.js';
import { ViewServer } from '../../src/view/server.js';
import type { ErrorAnswer, MeshAnswer } from '../../src/view/wire/messages.js';
import { decodeNodeTable } from '../../src/view/wire/node-table.js';
import { databaseOf, openView, type Reply } from '../support/views.js';

const parse = <T>({ body }: Reply): T => JSON.parse(body.toString()) as T;

/** Copies bytes, because a small Buffer is part of a larger one. */
const bufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

/** Sends raw bytes and returns what comes back. */
function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    // The server may end before it has read everything.
    socket.on('error', () => resolve(answer));
  });
}

describe('the server', () => {
  it('gives the mesh, its nodes and their tiles', async () => {
    const { ask } = await openView(await databaseOf(undefined, { leafTriangles: 100 }));
    const mesh = parse<MeshAnswer>(await ask('/api/mesh'));
    expect(mesh).toMatchObject({ name: 'in.db', triangles: 984, slots: 984, sourceCount: 1, partCount: 0 });
    const nodes = decodeNodeTable(bufferOf((await ask('/api/nodes')).body));
    expect(nodes.count).toBe(mesh.nodes);
    expect(nodes.slots[0]).toBe(984);
    let leaves = 0;
    let slots = 0;
    for (let id = 0; id < nodes.count; id++) {
      const tile = decodeTile((await ask(`/api/tiles/${id}?v=${mesh.version}`)).body);
      expect(tile.indices.length / 3).toBe(nodes.triangles[id]);
      // Boxes are on the same lattice, and hold their tiles but for the error.
      const error = nodes.error[id]!;
      for (let k = 0; k < tile.positions.length; k++) {
        const at = tile.origin[k % 3]! + tile.scale * tile.positions[k]!;
        expect(at).toBeGreaterThanOrEqual(nodes.boxes[6 * id + (k % 3)]! - error);
        expect(at).toBeLessThanOrEqual(nodes.boxes[6 * id + 3 + (k % 3)]! + error);
      }
      if (!tile.isLeaf) continue;
      leaves++;
      slots += nodes.slots[id]!;
    }
    expect({ leaves, slots }).toEqual({ leaves: mesh.leaves, slots: 984 });
  });

  it('lets the browser keep what belongs to a version of the mesh', async () => {
    const { ask } = await openView(await databaseOf());
    const { version } = parse<MeshAnswer>(await ask('/api/mesh'));
    const first = await ask('/api/tiles/0');
    expect(first.headers).toMatchObject({ etag: `"${version}"`, 'cache-control': 'private, no-cache' });
    const again = await ask('/api/tiles/0', { headers: { 'if-none-match': `"${version}"` } });
    expect({ status: again.status, size: again.body.length }).toEqual({ status: 304, size: 0 });
    const fixed = await ask(`/api/tiles/0?v=${version}`);
    expect(fixed.headers['cache-control']).toMatch(/immutable/);
    const other = await ask('/api/tiles/0?v=0123456789abcdef');
    expect({ status: other.status, ...parse<ErrorAnswer>(other) }).toMatchObject({
      status: 409,
      code: 'MESH_CHANGED',
    });
  });

  it('compresses for browsers that take that', async () => {
    const { ask } = await openView(await databaseOf());
    const plain = await ask('/api/tiles/0');
    expect(plain.headers['content-encoding']).toBeUndefined();
    const packed = await ask('/api/tiles/0', { headers: { 'accept-encoding': 'gzip, deflate, br' } });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.body.length).toBeLessThan(plain.body.length);
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    const refused = await ask('/api/tiles/0', { headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(refused.headers['content-encoding']).toBeUndefined();
  });

  it('serves the page with a policy that loads nothing from elsewhere', async () => {
    const { ask } = await openView(await databaseOf());
    const page = await ask('/', { headers: { authorization: undefined } });
    expect(page.status).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(page.headers['set-cookie']).toBeUndefined();
    const html = page.body.toString();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|https?:|\son\w+=/);
    for (const [, file] of html.matchAll(/(?:src|href)="([\w.-]+)"/g))
      expect((await ask(`/${file}`, { headers: { authorization: undefined } })).status, file).toBe(200);
    expect((await ask('/', { method: 'POST', headers: { 'content-type': 'application/json' } })).status).toBe(
      405,
    );
    expect((await ask('/', { method: 'HEAD' })).body.length).toBe(0);
  });

  it('tells the state at once and signs of life later', async () => {
    const { server, session, ask } = await openView(await databaseOf());
    const { version } = parse<MeshAnswer>(await ask('/api/mesh'));
    const response = await fetch(`http://127.0.0.1:${server.port}/api/events`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    const reader = response.body!.getReader();
    const lines: unknown[] = [];
    while (lines.length < 2) {
      const { value } = await reader.read();
      for (const line of Buffer.from(value!).toString().trim().split('\n')) lines.push(JSON.parse(line));
    }
    await reader.cancel();
    expect(lines).toEqual([
      { type: 'state', state: 'ready', version },
      { type: 'alive', memoryBytes: expect.any(Number), memoryLimitBytes: session.memoryLimitBytes },
    ]);
  });

  it('refuses every route without the token, from elsewhere, or for another host', async () => {
    const { ask } = await openView(await databaseOf());
    for (const { method, path } of ROUTES) {
      const target = path.replace(':id', '0');
      const json = { 'content-type': 'application/json' };
      const statusOf = async (headers: Record<string, string | undefined>) =>
        (await ask(target, { method, headers: { ...json, ...headers } })).status;
      expect(await statusOf({ authorization: undefined }), path).toBe(401);
      expect(await statusOf({ authorization: 'Bearer x' }), path).toBe(401);
      expect(await statusOf({ origin: 'http://evil.example' }), path).toBe(403);
      expect(await statusOf({ host: 'evil.example' }), path).toBe(403);
    }
    // The token must not be in the URL, where it would be in histories.
    const { server } = await openView(await databaseOf());
    const inUrl = await ask(`/api/mesh?token=${server.token}`, { headers: { authorization: undefined } });
    expect(inUrl.status).toBe(401);
  });

  it.each([
    ['/../package.json', 404],
    ['/..%2fpackage.json', 404],
    ['/%2e%2e/%2e%2e/etc/passwd', 404],
    ['//evil.example/', 404],
    ['/page.js/', 404],
    ['/api', 404],
    ['/api/', 404],
    ['/api/tiles', 404],
    ['/api/tiles/', 400],
    ['/api/tiles/-1', 400],
    ['/api/tiles/1e3', 400],
    ['/api/tiles/%00', 400],
    ['/api/tiles/99999', 404],
    ['/api/tiles/99999999999999999999', 400],
    ['/api/tiles/0/../0', 200],
  ])('answers %s with %i', async (path, status) => {
    const { ask } = await openView(await databaseOf());
    const reply = await ask(path);
    expect(reply.status).toBe(status);
    if (status === 200) return;
    const error = parse<ErrorAnswer>(reply);
    expect(error.message).not.toBe('');
    expect(reply.headers['content-security-policy']).toMatch(/^default-src 'none'/);
  });

  it('refuses other methods with those that are allowed', async () => {
    const { ask } = await openView(await databaseOf());
    const posted = await ask('/api/mesh', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect({ status: posted.status, allow: posted.headers.allow }).toEqual({ status: 405, allow: 'GET' });
    expect((await ask('/api/mesh', { method: 'DELETE' })).status).toBe(405);
    expect(
      (await ask('/api/mesh', { method: 'OPTIONS' })).headers['access-control-allow-origin'],
    ).toBeUndefined();
  });

  it('survives requests that break the rules of HTTP', async () => {
    const { server, ask } = await openView(await databaseOf());
    expect(await sendRaw(server.port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const target = `GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
    expect(await sendRaw(server.port, target)).toMatch(/^HTTP\/1\.1 400 /);
    const twoHosts = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(server.port, twoHosts)).toMatch(/^HTTP\/1\.1 (?:200|400) /);
    const long = `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
    expect(await sendRaw(server.port, long)).toMatch(/^(?:HTTP\/1\.1 431 .*)?$/s);
    expect((await ask('/api/mesh')).status).toBe(200);
  });

  it('reports a port in use', async () => {
    const { server, session } = await openView(await databaseOf());
    await expect(ViewServer.listen(session, server.port)).rejects.toThrow(`port ${server.port} is in use`);
  });
});
