/**
 * Covers: pipeline/load/batches/batch-counts, pipeline/load/import-log, pipeline/load/import-state, pipeline/load/load-mesh,
 * pipeline/load/load-plan, pipeline/load/load-progress, pipeline/load/load-target, pipeline/load/reading-options,
 * pipeline/load/saved-import.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { FileError, FormatError, importMesh, type SourceShare, verifyMesh } from '../../src/index.js';
import { runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { atCheckpoint, runVerb } from '../support/kill.js';
import { makeTube, shuffle, toBinaryStl } from '../support/meshes.js';
import { BUDGETS, SOURCES, survive, VERBS } from '../support/survive.js';

describe('a run that is killed', () => {
  let kills = 0;
  let resumed = 0;
  const budgets = Object.keys(BUDGETS) as (keyof typeof BUDGETS)[];
  const cases = Object.keys(SOURCES).map((source, k) => {
    const verb = k % 6 === 5 ? VERBS[1 + ((k - 5) / 6) * 2]! : 'import';
    const threads = 1 + (k % 3 === 0 ? 1 : 0);
    return { source, verb, budget: budgets[k % 2]!, threads, kills: 1 + (k % 2) } as const;
  });

  it.each([...cases, { ...cases[0]!, verb: 'convert and keep' as const }])(
    'gives the same result: $verb $source, $budget, threads: $threads',
    async (trial) => {
      const survival = await survive({ ...trial, rings: 200, stepMs: trial.verb === 'export' ? 10 : 100 });
      kills += survival.kills;
      resumed += survival.resumed;
    },
  );

  afterAll(() => {
    expect(kills).toBeGreaterThanOrEqual(15);
    // An import that is quicker than the time between checkpoints has none.
    expect(resumed).toBeGreaterThanOrEqual(10);
  });
});

/** A checkpoint every few batches. */
const OFTEN = { batchTriangles: 200, intervalMs: 1 };

/** A file of 40,200 triangles. */
const large = toBinaryStl(makeTube(200, 100));

/** A folder with an import that was killed after its first checkpoint. */
async function leaveHalf() {
  const folder = freshFolder();
  const input = join(folder, 'in.stl');
  writeFileSync(input, large);
  const database = join(folder, 'mesh.db');
  const log = `${database}.partial.log`;
  const { end } = await runVerb('importMesh', input, database, OFTEN, atCheckpoint(database));
  if (end !== undefined) throw new Error(`not killed: ${end}`);
  return { folder, input, database, log };
}

describe('the remains of a killed import', () => {
  it('are resumed by the same command, which reports it', async () => {
    const { folder } = await leaveHalf();
    const { code, stderr } = await runCli(['import', 'in.stl', 'mesh.db'], { cwd: folder });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^resuming the import, with \d\S* \wB of 2\.01 MB read\n40,200 triangles, /);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it('are refused for a changed source, and removed by --restart', async () => {
    const { folder, input } = await leaveHalf();
    utimesSync(input, new Date(1e12), new Date(1e12));
    // The lock of the killed one is gone with the next.
    const before = readdirSync(folder).filter((name) => !name.endsWith('.lock'));
    const refused = await runCli(['import', 'in.stl', 'mesh.db'], { cwd: folder });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^offload: in\.stl: has changed since its import was stopped, its modification time is 2001-09-09T\S+; expected \S+\nhint: to start over, use --restart or delete mesh\.db\.partial\.log\n$/,
    );
    expect(readdirSync(folder)).toEqual(before);
    const again = await runCli(['import', 'in.stl', 'mesh.db', '--restart'], { cwd: folder });
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/^40,200 triangles, /);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it('are protected from another import, unless it has --restart', async () => {
    const { folder, input, database, log } = await leaveHalf();
    const other = join(folder, 'other.stl');
    writeFileSync(other, toBinaryStl(makeTube(5, 5)));
    const before = readFileSync(log);
    const is = `${database}.partial: holds a stopped import`;
    const expected = '; expected the same input, options and version to resume';
    await expect(importMesh(other, database)).rejects.toThrow(`${is} of ${input}${expected}`);
    await expect(importMesh(input, database, { from: 'stl' })).rejects.toThrow(
      `${is} in a detected format${expected}`,
    );
    await expect(importMesh(input, database, { salvage: true })).rejects.toThrow(
      `${is} without salvage${expected}`,
    );
    const piped = await runCli(['import', '-', database], { input: readFileSync(other) });
    expect(piped.stderr).toContain(
      `${is} of ${input}${expected}\nhint: to start over, use --restart or delete`,
    );
    expect(readFileSync(log).equals(before)).toBe(true);
    expect((await importMesh(other, database, { restart: true })).triangles).toBe(60);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db', 'other.stl']);
  });

  it('are protected from a run with less memory, which reports how much it needs', async () => {
    const folder = freshFolder();
    const [input, database] = [join(folder, 'in.stl'), join(folder, 'mesh.db')];
    // Large enough that a busy machine is not done before the first checkpoint is on the disk.
    writeFileSync(input, toBinaryStl(makeTube(1600, 100)));
    const begun = { ...OFTEN, memoryBytes: 512 * 2 ** 20, threads: 2 };
    const controller = new AbortController();
    const onCheckpoint = () => controller.abort(new Error('enough'));
    const first = importMesh(input, database, {
      ...begun,
      onCheckpoint,
      signal: controller.signal,
    });
    await expect(first).rejects.toThrow('enough');
    const less = importMesh(input, database, { memoryBytes: 192 * 2 ** 20 });
    await expect(less).rejects.toMatchObject({
      message: expect.stringMatching(
        /^a memory of 192 MiB is too small to resume this import; expected \d+ MiB$/,
      ),
      hint: expect.stringMatching(/^use `memoryBytes: \d+` to resume, or `restart: true` to start over$/),
    });
    let resumed = false;
    // Fewer threads need no more.
    await importMesh(input, database, {
      memoryBytes: 512 * 2 ** 20,
      threads: 1,
      onResume: () => {
        resumed = true;
      },
    });
    expect(resumed).toBe(true);
  });

  it('are found under other names of the same files, and with more threads', async () => {
    const folder = freshFolder();
    const input = join(folder, 'in.stl');
    writeFileSync(input, toBinaryStl(shuffle(makeTube(600, 100))));
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    const little = { ...OFTEN, weldBytes: 2 ** 18 };
    const ways = [
      ['real', undefined, 1],
      ['link', undefined, 2],
      ['real/../link', 'real', 1],
      ['link', 'link', 2],
    ] as const;
    const read: number[] = [];
    for (const [place, temporary, threads] of ways) {
      const controller = new AbortController();
      const stop = () => controller.abort(new Error('enough'));
      const run = importMesh(input, join(folder, place, 'mesh.db'), {
        ...little,
        threads,
        tempFolder: temporary && join(folder, temporary),
        signal: controller.signal,
        onCheckpoint: ({ bytesRead }) => bytesRead > 2e6 && stop(),
        onResume: ({ bytesRead }) => {
          read.push(bytesRead);
          stop();
        },
      });
      await expect(run).rejects.toThrow('enough');
    }
    expect(read.length).toBe(ways.length - 1);
    expect(new Set(read).size).toBe(1);
    const { fitMemory } = await importMesh(input, join(folder, 'real/mesh.db'), little);
    expect(fitMemory).toBe(false);
    expect((await verifyMesh(join(folder, 'real/mesh.db'), input)).isEqual).toBe(true);
    expect(readdirSync(join(folder, 'real'))).toEqual(['mesh.db']);
  });

  it('stay if the source is larger than --max-size', async () => {
    const folder = freshFolder();
    const [input, database] = [join(folder, 'in.stl.gz'), join(folder, 'mesh.db')];
    writeFileSync(input, gzipSync(toBinaryStl(makeTube(800, 100)), { level: 1 }));
    const shares: SourceShare[] = [];
    const onSuspend = (share: SourceShare) => shares.push(share);
    await expect(importMesh(input, database, { ...OFTEN, maxBytes: 7e6, onSuspend })).rejects.toThrow(
      'is larger than 7,000,000 bytes; expected at most that',
    );
    await importMesh(input, database, { maxBytes: 9e6, onResume: (share) => shares.push(share) });
    expect(shares.length).toBe(2);
    expect(shares[1]).toEqual(shares[0]);
  });

  it('are ignored once the database has its name', async () => {
    const { input, database, log } = await leaveHalf();
    const old = readFileSync(log);
    await importMesh(input, database);
    writeFileSync(log, old);
    utimesSync(input, new Date(1e12), new Date(1e12));
    await importMesh(input, database, { force: true });
    expect(existsSync(log)).toBe(false);
  });

  it('are not touched by a run that is aborted from the beginning', async () => {
    const { input, database, log } = await leaveHalf();
    const signal = AbortSignal.abort(new Error('before'));
    await expect(importMesh(input, database, { signal, restart: true })).rejects.toThrow('before');
    await expect(importMesh('-', database, { signal })).rejects.toThrow('before');
    expect(existsSync(log)).toBe(true);
  });

  it.each([
    [
      'is shorter than it was',
      ({ database }: { database: string }) => truncateSync(`${database}.partial`, 10_000),
    ],
    ['is gone but for its log', ({ database }: { database: string }) => rmSync(`${database}.partial`)],
    ['has another text for a log', ({ log }: { log: string }) => writeFileSync(log, 'not { a log')],
  ])('are discarded if the import %s', async (_, spoil) => {
    const left = await leaveHalf();
    spoil(left);
    const resumed: number[] = [];
    const onResume = ({ bytesRead }: SourceShare) => resumed.push(bytesRead);
    const { triangles, vertices } = await importMesh(left.input, left.database, { onResume });
    expect({ triangles, vertices, resumed }).toEqual({ triangles: 40_200, vertices: 20_102, resumed: [] });
    expect(readdirSync(left.folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it('stay if the resuming run is aborted or lacks disk space', async () => {
    const { folder, input, database } = await leaveHalf();
    const controller = new AbortController();
    const at: Record<string, number> = {};
    const run = importMesh(input, database, {
      signal: controller.signal,
      onResume: ({ bytesRead }) => {
        at.resumed = bytesRead;
        controller.abort(new Error('enough'));
      },
      onSuspend: ({ bytesRead }) => {
        at.suspended = bytesRead;
      },
    });
    await expect(run).rejects.toThrow('enough');
    expect(at.resumed).toBeGreaterThan(0);
    expect(at.suspended).toBe(at.resumed);
    const onForecast = () => {
      throw new FileError('there is too little space');
    };
    await expect(importMesh(input, database, { onForecast })).rejects.toThrow('too little space');
    let resumed: number | undefined;
    const onResume = ({ bytesRead }: SourceShare) => {
      resumed = bytesRead;
    };
    expect((await importMesh(input, database, { onResume })).triangles).toBe(40_200);
    expect(resumed).toBe(at.resumed);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it('are removed if the source is invalid', async () => {
    const { folder, input, database } = await leaveHalf();
    const size = statSync(input).size;
    const { mtime } = statSync(input);
    const file = openSync(input, 'r+');
    writeSync(
      file,
      Buffer.from('0000c07f', 'hex'),
      0,
      4,
      size - 100_000 + ((84 - (size - 100_000)) % 50) + 12,
    );
    closeSync(file);
    utimesSync(input, mtime, mtime);
    await expect(importMesh(input, database)).rejects.toThrow(FormatError);
    expect(readdirSync(folder)).toEqual(['in.stl']);
  });

  it('move to another folder for temporary files', async () => {
    const folder = freshFolder();
    const [input, database, full, roomy] = ['in.stl', 'mesh.db', 'full', 'roomy'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string];
    writeFileSync(input, toBinaryStl(shuffle(makeTube(1700, 100))));
    mkdirSync(full);
    mkdirSync(roomy);
    const little = { ...OFTEN, weldBytes: 2 ** 16 };
    const options = { ...little, tempFolder: full };
    const isSpilled = atCheckpoint(database, '0-triangles');
    expect((await runVerb('importMesh', input, database, options, isSpilled)).end).toBeUndefined();
    let resumed = 0;
    const onResume = ({ bytesRead }: SourceShare) => {
      resumed = bytesRead;
    };
    await importMesh(input, database, { ...little, tempFolder: roomy, onResume });
    expect(resumed).toBeGreaterThan(0);
    expect([...readdirSync(full), ...readdirSync(roomy)]).toEqual([]);
    // The number of batches decides how many rows the table of checkpoints has.
    const { batchTriangles } = OFTEN;
    await importMesh(input, join(folder, 'whole.db'), { batchTriangles });
    const [one, other] = [database, join(folder, 'whole.db')].map((path) => readFileSync(path));
    expect(one!.length).toBe(other!.length);
    expect((await verifyMesh(database, input)).isEqual).toBe(true);
  });
});

describe('two imports into one database', () => {
  it('at the same moment: one succeeds, the others are refused', async () => {
    const folder = freshFolder();
    const input = join(folder, 'in.stl');
    writeFileSync(input, toBinaryStl(makeTube(200, 100)));
    const database = join(folder, 'mesh.db');
    const here = await Promise.allSettled([1, 2, 3].map(() => importMesh(input, database)));
    expect(here.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    for (const one of here) {
      if (one.status === 'rejected')
        expect(one.reason.message).toBe(`${database}.partial: another run is writing it`);
    }
    rmSync(database);
    const ends = await Promise.all([1, 2, 3].map(() => runVerb('importMesh', input, database, {})));
    const refused = ends.filter(({ end }) => end !== 'done');
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused.length).toBeLessThan(3);
    for (const { end } of refused) expect(end).toMatch(/another run is writing it|already exists/);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
    expect((await verifyMesh(database, input)).isEqual).toBe(true);
  });
});
