/** A disk that fills at some moments of a run, from too early to almost at the end. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dump } from './dump.js';
import { freshFolder } from './files.js';
import { runVerb } from './kill.js';
import { makeTube, shuffle, toBinaryStl } from './meshes.js';
import { SmallDisk, whyNoSmallDisk } from './small-disk.js';

/** Runs are divided into so many parts. */
export const MOMENTS = 10;
const DISK_BYTES = 32 * 2 ** 20;
/** What comes through a pipe has no size beforehand, and what is rounded another one: no forecast ends the run at once. */
const piped = toBinaryStl(shuffle(makeTube(150, 60)));

const reason = whyNoSmallDisk();

interface Case {
  readonly args: readonly string[];
  readonly output: string;
  readonly input?: Buffer;
  /** The part of a finished database's size that is needed beside the output. */
  readonly beside?: number;
  /** How many of {@link MOMENTS} runs fill the disk at the least, if a forecast or the watch on it ends others. */
  readonly filledMin?: number;
}

/** A condition that takes some pages to keep. */
const SAVED = `max_x > ${'0'.repeat(50_000)}1`;
/** A database that is removed at the end has no index. */
const UNINDEXED = 0.6;
const CASES: Readonly<Record<string, Case>> = {
  'an import': {
    args: ['import', '-', 'out.db', '--force'],
    output: 'out.db',
    input: piped,
    filledMin: 3,
  },
  'a conversion': {
    args: ['convert', '-', 'out.off.gz', '--force', '--threads', '2'],
    output: 'out.off.gz',
    input: piped,
    beside: UNINDEXED,
    filledMin: 3,
  },
  'an export with a weld': {
    args: ['export', 'mesh.db', 'out.off', '--force', '--weld', '0.001', '--precision', '9'],
    output: 'out.off',
    filledMin: 2,
  },
  'an index': { args: ['index', 'mesh.db'], output: 'mesh.db', filledMin: 0 },
  'a saved filter': {
    args: ['filter', 'save', 'mesh.db', 'big', '--where', SAVED],
    output: 'mesh.db',
    filledMin: 1,
  },
  'a table of an own query': {
    args: ['sql', 'mesh.db', 'CREATE TABLE mine AS SELECT * FROM triangles', '--write'],
    output: 'mesh.db',
  },
};

/** Declares the tests, with a disk that fills at each of these moments, from 0 to below {@link MOMENTS}, in order. */
export function testSmallDisk(moments: readonly number[]): void {
  describe.skipIf(reason !== undefined)(
    `a disk that fills${reason === undefined ? '' : ` (${reason})`}`,
    () => {
      it.each(Object.entries(CASES))('leaves nothing of %s, and the error explains it', async (_, one) => {
        const { args, output, input = '', beside = 0, filledMin = MOMENTS } = one;
        const disk = await SmallDisk.create(DISK_BYTES);
        const at = (name: string) => join(disk.path, name);
        const sizeOf = (name: string) => statSync(at(name)).size;
        expect((await disk.run(['import', '-', 'mesh.db'], { input: piped })).code).toBe(0);
        // A database is replaced by a database alone, and told by how it begins.
        if (output !== 'mesh.db')
          writeFileSync(at(output), output.endsWith('.db') ? 'SQLite format 3\0' : 'former');
        const names = readdirSync(disk.path);
        const former = names.map((name) => readFileSync(at(name)));

        const formerBytes = sizeOf(output);
        expect((await disk.run(args, { input })).code).toBe(0);
        const done = readFileSync(at(output));
        const need = done.length - (output === 'mesh.db' ? formerBytes : 0) + beside * former[0]!.length;
        for (const [k, name] of names.entries()) writeFileSync(at(name), former[k]!);

        let filled = 0;
        for (const moment of moments) {
          disk.leave((need * moment) / MOMENTS);
          const { code, stdout, stderr } = await disk.run(args, { input });
          expect(stderr).toMatch(
            /^(?:disk space in [^\n]*\n)*offload: [^\n]*: (?:cannot write: no space left on the device|not enough disk space: about [^\n]*|disk space is running out, [^\n]*)\nhint: [^\n]*make space, or choose another disk[^\n]*\n$/,
          );
          if (stderr.includes('cannot write')) filled++;
          expect(code).toBe(1);
          expect(stdout.length).toBe(0);
          expect(readdirSync(disk.path)).toEqual(names);
          for (const [k, name] of names.entries())
            expect(readFileSync(at(name)).equals(former[k]!)).toBe(true);
        }
        expect(filled).toBeGreaterThanOrEqual(Math.floor((filledMin * moments.length) / MOMENTS));
        disk.leave(DISK_BYTES);
        expect((await disk.run(args, { input })).code).toBe(0);
        if (output.startsWith('out.off')) expect(readFileSync(at(output)).equals(done)).toBe(true);
        expect(readdirSync(disk.path)).toEqual(names);
      });

      it('leaves the progress of an import, and the same call resumes once there is space', async () => {
        const disk = await SmallDisk.create(DISK_BYTES);
        const folder = freshFolder();
        const at = (name: string) => join(disk.path, name);
        // Three vertices for each triangle: more than any forecast thinks of.
        writeFileSync(at('in.stl'), toBinaryStl(scatter(40_000)));
        const often = { batchTriangles: 500, intervalMs: 0 };
        const run = () => runVerb('importMesh', 'in.stl', 'out.db', often, undefined, disk.entrance);
        expect((await run()).end).toBe('done');
        const done = readFileSync(at('out.db'));
        // The forecast is for two triangles a vertex.
        const least = (42 + 38) * 40_000;
        rmSync(at('out.db'));
        let resumed = 0;
        for (const moment of moments.filter((one) => one > 0)) {
          disk.leave(least + ((done.length - least) * moment) / MOMENTS);
          expect((await run()).end).toMatch(/^failed \S+: cannot write: no space left on the device$/);
          // A second try is refused or fails, and loses nothing.
          expect((await run()).end).toMatch(
            /^failed \S+: (?:cannot write: no space left|not enough disk space)/,
          );
          disk.leave(DISK_BYTES);
          const last = await run();
          expect(last.end).toBe('done');
          if (last.resumed !== undefined) resumed++;
          const bytes = readFileSync(at('out.db'));
          expect(bytes.length).toBe(done.length);
          writeFileSync(join(folder, 'one.db'), bytes);
          writeFileSync(join(folder, 'other.db'), done);
          expect(dump(join(folder, 'one.db'))).toEqual(dump(join(folder, 'other.db')));
          expect(readdirSync(disk.path)).toEqual(['in.stl', 'out.db']);
          rmSync(at('out.db'));
        }
        expect(resumed).toBeGreaterThan(moments.length / 2);
      });
    },
  );
}

/** Triangles of which no two have a corner in common. */
function scatter(count: number): number[][] {
  return Array.from({ length: count }, (_, k) => [0, 1, 2, 3, 4, 5, 6, 7, 8].map((c) => 9 * k + c));
}
