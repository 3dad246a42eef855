/** Covers: view/jobs/export-job, view/routes/exports, view/routes/download, io/send-file. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MeshDatabase } from '../../src/database/mesh-database.js';
import { exportMesh } from '../../src/pipeline/export-mesh.js';
import type { OutputFormat } from '../../src/pipeline/run/output-writer.js';
import { ExportStore } from '../../src/view/exports.js';
import type { ErrorAnswer, ExportLine } from '../../src/view/wire/messages.js';
import { freshFolder } from '../support/files.js';
import { databaseOf, type OpenView, openView, type Reply } from '../support/views.js';

const parse = <T>({ body }: Reply): T => JSON.parse(body.toString()) as T;
const HEADERS = { 'content-type': 'application/json' };

async function exportFrom(view: OpenView, request: unknown): Promise<ExportLine[]> {
  const body = JSON.stringify(request);
  const reply = await view.ask('/api/exports', { method: 'POST', headers: HEADERS, body });
  expect(reply.status, reply.body.toString()).toBe(200);
  const lines = reply.body.toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ExportLine);
}

/** Files of a view beside its database. */
function filesOf(path: string): string[] {
  return readdirSync(dirname(path), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('file-'),
  );
}

describe('exports of a view', () => {
  it.each<OutputFormat>(['off', 'stl', 'ply', 'obj', 'parquet'])(
    'download the bytes of `offload export`: %s',
    async (to) => {
      const path = await databaseOf();
      const view = await openView(path);
      const filter = { where: ['id % 3 = 0'] };
      const last = (await exportFrom(view, { filter, to })).at(-1)!;
      if (last.type !== 'done') throw new Error(JSON.stringify(last));
      expect(last).toMatchObject({ name: `in-part.${to}`, triangles: 328 });
      const expected = join(freshFolder(), `out.${to}`);
      await exportMesh(path, expected, {
        filter,
        to,
        ...(to === 'parquet' ? { parquet: { soup: true } } : {}),
      });
      // The link works without the token, as a browser follows it, and once.
      const reply = await view.ask(last.path, { headers: { authorization: undefined } });
      expect(reply.status).toBe(200);
      expect(reply.headers['content-disposition']).toBe(
        `attachment; filename="in-part.${to}"; filename*=UTF-8''in-part.${to}`,
      );
      expect(reply.body.length).toBe(last.bytes);
      expect(reply.body.equals(readFileSync(expected))).toBe(true);
      await expect.poll(async () => (await view.ask(last.path)).status).toBe(401);
      expect(filesOf(path)).toEqual([]);
    },
  );

  it('compresses if asked', async () => {
    const view = await openView(await databaseOf());
    const last = (await exportFrom(view, { filter: { limit: 1 }, to: 'off', compress: 'gzip' })).at(-1)!;
    if (last.type !== 'done') throw new Error(JSON.stringify(last));
    expect(last.name).toBe('in-part.off.gz');
    expect(gunzipSync((await view.ask(last.path)).body).toString()).toMatch(/^OFF\n3 1 0\n/);
  });

  it('refuse what cannot be written, and report what goes wrong meanwhile', async () => {
    const path = await databaseOf();
    const view = await openView(path);
    for (const request of [[], { to: 'dwg' }, { filter: { where: 1 } }, { output: '/etc/passwd' }]) {
      const body = JSON.stringify(request);
      const reply = await view.ask('/api/exports', { method: 'POST', headers: HEADERS, body });
      expect({ status: reply.status, ...parse<ErrorAnswer>(reply) }).toMatchObject({
        status: 400,
        code: 'USAGE',
      });
    }
    const failed = (await exportFrom(view, { filter: { where: ['aria > 1'] } })).at(-1)!;
    expect(failed).toMatchObject({ type: 'failed', error: { code: 'SQL_INVALID' } });
    expect(filesOf(path)).toEqual([]);
    expect((await view.ask('/download/abc/in-part.off')).status).toBe(401);
  });

  it('end when the page gives up, and leave nothing', async () => {
    const path = await databaseOf();
    const { server, session } = await openView(path);
    const sql = ['WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n'];
    const giving = new AbortController();
    const response = await fetch(`http://127.0.0.1:${server.port}/api/exports`, {
      method: 'POST',
      headers: { ...HEADERS, authorization: `Bearer ${server.token}` },
      body: JSON.stringify({ filter: { sql } }),
      signal: giving.signal,
    });
    const reader = response.body!.getReader();
    await reader.read();
    giving.abort();
    await session.close();
    expect(readdirSync(dirname(path)).toSorted()).toEqual(['in.db', 'in.stl']);
    const db = MeshDatabase.open(path);
    expect(db.countTriangles()).toBe(984);
    db.close();
  });
});

describe('a store of exports', () => {
  it('keeps the last few files until they were sent', () => {
    const folder = freshFolder();
    const store = new ExportStore();
    const files = Array.from({ length: 5 }, (_, k) => {
      const path = join(folder, `${k}.off`);
      writeFileSync(path, `file ${k}`);
      return store.keep(path, `ä ${k}.off`);
    });
    expect(new Set(files.map(({ ticket }) => ticket)).size).toBe(5);
    const { ticket } = files[4]!;
    expect(() => store.get(files[0]!.ticket, '%C3%A4%200.off')).toThrow('is gone');
    expect(() => store.get(ticket, 'other.off')).toThrow('is gone');
    const file = store.get(ticket, '%C3%A4%204.off');
    expect(file.bytes).toBe(6);
    store.remove(file);
    expect(readdirSync(folder).toSorted()).toEqual(['1.off', '2.off', '3.off']);
  });
});
