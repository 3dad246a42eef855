/** Covers: commands/shard/vertices, commands/shard/write, commands/shard/header, commands/shard/shard-options. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CLI, runCli, runProgram } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toBinaryStl } from '../../support/meshes.js';
import { storeShards, writeParts } from '../../support/shards.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = readFileSync(`${ROOT}docs/guide/shards.md`, 'utf8');
const hasSqlite = spawnSync('sqlite3', ['--version']).status === 0;

/** The script of the page that begins with this comment. */
function scriptOf(comment: string): string {
  const blocks = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) => text!);
  return blocks.find((text) => text.startsWith(`# ${comment}\n`))!;
}

async function setUp() {
  const folder = freshFolder();
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(makeTube(10, 12)));
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    return { code, stdout: stdout.toString(), stderr };
  };
  await run('import', 'in.stl', 'in.db', '--no-index');
  return { folder, run };
}

describe('offload shard', () => {
  it('writes tables and parts, with a summary for people or programs', async () => {
    const { folder, run } = await setUp();
    expect(await run('shard', 'vertices', 'in.db', 'tables', '--number', '3')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^shard 3: 134 vertices; tables [\d.]+ kB; /),
    });
    const told = await run('shard', 'vertices', 'in.db', 'more', '--number', '3', '--json');
    expect(JSON.parse(told.stdout)).toMatchObject({
      database: 'in.db',
      folder: 'more',
      shard: 3,
      vertices: 134,
      triangles: 264,
      precision: 'float32',
      files: [{ file: 'more/local_vertices/00003.parquet' }, { file: 'more/shards/00003.parquet' }],
    });
    const piped = await runCli(
      ['shard', 'write', 'in.db', 'parts', '--number', '3', '--base', '7', '--seams', '-', '--json'],
      { cwd: folder, input: '5,6\n' },
    );
    expect(JSON.parse(piped.stdout.toString())).toMatchObject({
      shard: 3,
      base: 7,
      vertices: 133,
      seams: 1,
      triangles: 264,
      files: [{ file: 'parts/1-vertices-00003' }, { file: 'parts/2-faces-00003' }],
    });
    expect(await run('shard', 'header', 'parts', '--vertices', '140', '--triangles', '264')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(readFileSync(join(folder, 'parts/0-header'), 'utf8')).toBe('OFF\n140 264 0\n');
  });

  it('words errors for the command line', async () => {
    const { folder, run } = await setUp();
    writeFileSync(join(folder, 'seams.csv'), '5,6\n1000,2\n');
    const write = ['shard', 'write', 'in.db', 'parts', '--number', '3'];
    expect(await run(...write)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^offload: required option '--base <id>' not specified\n/),
    });
    expect(await run(...write, '--base', '7', '--seams', 'seams.csv')).toMatchObject({
      code: 1,
      stderr:
        'offload: seams.csv: line 2: vertex 1000; expected a vertex of this shard, which has 134\n' +
        'hint: pass the base and the seams of this shard\n',
    });
    expect(await run('shard', 'vertices', 'in.db', 'tables', '--number', '100000')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^offload: --number: 100000; expected an integer from 0 to 99,999\n/),
    });
  });

  it.skipIf(!hasSqlite)('converts as the guide shows, with the sqlite3 shell', async () => {
    const folder = freshFolder();
    const inputs = ['knot/in.stl', 'ply-ascii/in.ply', 'knot/in.stl', 'write-obj/in.obj'].map((name, n) => {
      const path = join(folder, `${n}${name.slice(name.lastIndexOf('.'))}`);
      copyFileSync(`${ROOT}fixtures/${name}`, path);
      return path;
    });
    symlinkSync(`${ROOT}cluster`, join(folder, 'cluster'), 'junction');
    const shards = await storeShards(inputs, folder);
    const script = [
      'set -e; offload() { "$NODE" "$CLI" "$@"; }',
      scriptOf('join.sh, with SQLite'),
      scriptOf('write.sh, on one machine'),
    ].join('\n');
    const env = { NODE: process.execPath, CLI };
    expect(await runProgram('sh', ['-c', script], { cwd: folder, env })).toMatchObject({ code: 0 });
    const parts = await writeParts(shards, join(folder, 'expected'), {});
    expect(readFileSync(join(folder, 'joined.off'))).toEqual(Buffer.concat(parts));
  });
});
