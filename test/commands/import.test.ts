import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { countTube, makeTube, toAsciiStl } from '../support/meshes.js';

const tube = [...makeTube(60, 12)];
const counts = countTube(60, 12);

describe('offload import, info and export', () => {
  it('create a database, describe it, and write it as OFF', async () => {
    const folder = freshFolder();
    writeFileSync(
      join(folder, 'in.stl'),
      toAsciiStl(tube.slice(0, 10), 'left\x07wing') + toAsciiStl(tube.slice(10)),
    );
    const made = await runCli(['import', 'in.stl', 'mesh.db'], { cwd: folder });
    expect(made.code).toBe(0);
    expect(made.stderr).toMatch(/mesh\.db [\d.]+ kB; [\d.]+ s, peak memory/);

    const told = await runCli(['info', 'mesh.db'], { cwd: folder });
    expect(told.code).toBe(0);
    const text = told.stdout.toString();
    expect(text).toContain(`triangles  ${counts.triangles.toLocaleString('en-US')}\n`);
    expect(text).toMatch(/\npart +kind +triangles +name\n0 +solid +10 +left\\x07wing\n/);
    expect(text).toMatch(/source +\/.*in\.stl, stl \(ascii, float64\)/);

    const facts = JSON.parse(
      (await runCli(['info', 'mesh.db', '--json'], { cwd: folder })).stdout.toString(),
    );
    expect(facts).toMatchObject({ ...counts, corners: 3 * counts.triangles, degenerate: 0, partCount: 2 });
    expect(facts.weldedRatio).toBeCloseTo(counts.vertices / (3 * counts.triangles));
    expect(facts.bounds.min[2]).toBe(-3);
    expect(facts.sources[0]).toMatchObject({ format: 'stl', encoding: 'ascii', options: { salvage: false } });
    expect(facts.parts[0]).toEqual({ id: 0, name: 'left\x07wing', kind: 'solid', triangles: 10 });

    const written = await runCli(['export', 'mesh.db'], { cwd: folder });
    expect(written.code).toBe(0);
    expect(existsSync(join(folder, 'mesh.off'))).toBe(true);
    const streamed = await runCli(['export', 'mesh.db', '-'], { cwd: folder });
    expect(streamed.stdout.toString()).toBe(readFileSync(join(folder, 'mesh.off'), 'utf8'));
  });
});
