/** Covers: io/last-words, pipeline/threads/roles/watch-role. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CliResult, runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';

let folder: string;

beforeEach(async () => {
  folder = freshFolder();
  writeFileSync(join(folder, 'in.raw'), '0 0 0 1 0 0 0 1 0\n1 0 0 1 1 0 0 1 0.5\n');
  expect((await runCli(['import', 'in.raw', 'mesh.db'], { cwd: folder })).code).toBe(0);
});

const run = (...args: string[]) => runCli([...args, '--memory', '192M'], { cwd: folder });

function expectKilled({ code, stdout, stderr }: CliResult): void {
  expect(code).not.toBe(0);
  expect(stdout.toString()).toBe('');
  expect(stderr).toMatch(
    /^offload: the query exceeded the memory limit of 201 MB; the process was killed\nhint: .*\n$/,
  );
}

/** Some 500 MB, piece by piece, and long enough for anybody who looks on. */
const GROWING = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000)
  SELECT length(group_concat(printf('%010000d', i))) FROM n`;

describe('the memory of a query', () => {
  it('is limited in offload sql', async () => {
    expectKilled(await run('sql', 'mesh.db', GROWING));
  });

  it('is limited if another process enforces the time limit', async () => {
    const result = await run('sql', 'mesh.db', GROWING, '--timeout', '50');
    expectKilled(result);
    expect(result.code).toBe(1);
  });

  it('is limited in filters', async () => {
    const sql = `SELECT 0 FROM (${GROWING})`;
    expectKilled(await run('export', 'mesh.db', 'out.off', '--sql', sql));
    expectKilled(await run('export', 'mesh.db', 'out.off', '--where', `id < (${GROWING})`));
    expectKilled(await run('convert', 'in.raw', 'out.off', '--where', `id < (${GROWING})`));
  });

  it('suffices for other queries', async () => {
    const result = await run(
      'sql',
      'mesh.db',
      'SELECT degree, count(*) AS n FROM vertex_degrees GROUP BY degree',
    );
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const filtered = await run('export', 'mesh.db', 'out.off', '--sql', 'SELECT id FROM triangles LIMIT 1');
    expect(filtered.code).toBe(0);
  });
});
