/** The archive of `offload cluster --pack`: it compresses all of Node, so it is not in the default run. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli, runProgram } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe.skipIf(process.platform === 'win32')('offload cluster --pack', () => {
  it('makes a program that runs where it is unpacked', async () => {
    const folder = freshFolder();
    const archive = join(folder, 'offload.tar.gz');
    const packed = await runCli(['cluster', '--pack', archive, '--quiet']);
    expect([packed.code, packed.stderr, readdirSync(folder)]).toEqual([0, '', ['offload.tar.gz']]);
    const place = join(folder, 'offload');
    mkdirSync(place);
    expect((await runProgram('tar', ['-xzf', archive, '-C', place])).code).toBe(0);
    const source = `${ROOT}fixtures/knot/in.stl`;
    const args = ['offload/dist/cli.js', 'convert', source, '-'];
    const unpacked = await runProgram('offload/node', args, { cwd: folder, env: { NODE_PATH: '' } });
    expect(unpacked.stdout.equals((await runCli(['convert', source, '-'])).stdout)).toBe(true);
    expect(readdirSync(join(place, 'cluster/sql'))).toContain('seams.sql');
  }, 120_000);
});
