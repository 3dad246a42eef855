/**
 * `offload cluster` without Spark: what it hands to spark-submit. test/cluster has the tests with Spark.
 * Covers: commands/cluster/pack, commands/cluster/spark-submit.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli, runProgram } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A spark-submit that prints its arguments, one a line, and then runs the lines of a shell script. */
function fakeSpark(script: string): string {
  const home = freshFolder();
  mkdirSync(join(home, 'bin'));
  const text = `#!/bin/sh\nprintf '%s\\n' "$@"\necho "PYSPARK_PYTHON=$PYSPARK_PYTHON"\n${script}\n`;
  writeFileSync(join(home, 'bin/spark-submit'), text, { mode: 0o755 });
  return home;
}

/** Runs `offload cluster`; returns its exit code, errors and lines. */
async function cluster(home: string, ...args: string[]) {
  const env = { SPARK_HOME: home, PYSPARK_PYTHON: '' };
  const { code, stdout, stderr } = await runCli(['cluster', ...args], { env });
  return { code, stderr, lines: stdout.toString().split('\n') };
}

describe.skipIf(process.platform === 'win32')('offload cluster', () => {
  it('hands inputs, folder and options to spark-submit', async () => {
    const { code, lines } = await cluster(
      fakeSpark('exit 0'),
      ...['b c', 'out', '--master', 'yarn', '--conf', 'a=1', '--conf', 'b=2', '--shard-size', '1K'],
      ...['--memory', '256M', '--compress', 'zstd', '--keep-work', '--force', '--quiet'],
    );
    expect(code).toBe(0);
    const program = lines.indexOf(`${ROOT}cluster/offload_spark.py`);
    expect(lines.slice(0, 2)).toEqual(['--master', 'yarn']);
    expect(lines[3]).toBe(`-Dlog4j2.configurationFile=file:${ROOT}cluster/log4j2.properties`);
    expect(lines.slice(4, program)).toEqual(['--conf', 'a=1', '--conf', 'b=2']);
    expect(lines.slice(program + 1, -2)).toEqual([
      ...[
        '--offload',
        `${process.execPath} ${ROOT}dist/cli.js`,
        '--shard-size',
        '1024',
        '--memory',
        '268435456',
      ],
      ...['--compress', 'zstd', '--keep-work', '--force', '--quiet', '--', 'b c', 'out'],
    ]);
  });

  it('starts offload from an archive where there is one', async () => {
    const { lines } = await cluster(fakeSpark(''), 'a', 'out', '--archive', '/x/offload.tar.gz');
    expect(lines[lines.indexOf('--archives') + 1]).toBe('/x/offload.tar.gz#offload');
    expect(lines[lines.indexOf('--offload') + 1]).toBe('offload/node offload/dist/cli.js');
  });

  it('uses the Python beside spark-submit, unless another one is named', async () => {
    const home = fakeSpark('');
    const python = join(home, 'bin/python3');
    writeFileSync(python, '');
    const plain = await runCli(['cluster', 'a', 'out'], { env: { SPARK_HOME: home } });
    expect(plain.stdout.toString()).toContain(`PYSPARK_PYTHON=${process.env.PYSPARK_PYTHON ?? python}\n`);
    const named = await runCli(['cluster', 'a', 'out'], { env: { SPARK_HOME: home, PYSPARK_PYTHON: '/x' } });
    expect(named.stdout.toString()).toContain('PYSPARK_PYTHON=/x\n');
  });

  it.each([
    ['exit 3', 3],
    ['kill -TERM $$', 143],
  ])('exits as spark-submit does: %s', async (script, code) => {
    expect((await cluster(fakeSpark(script), 'a', 'out')).code).toBe(code);
  });

  it('finds spark-submit in PATH', async () => {
    const PATH = join(fakeSpark('exit 4'), 'bin');
    const script = 'unset SPARK_HOME; exec "$0" "$@"';
    const args = ['-c', script, process.execPath, `${ROOT}dist/cli.js`, 'cluster', 'a', 'out'];
    expect((await runProgram('/bin/sh', args, { env: { PATH } })).code).toBe(4);
  });

  it('tells how to install Spark where there is none', async () => {
    const { code, stderr } = await cluster(freshFolder(), 'a', 'out');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^offload: spark-submit was not found in \S+; expected Apache Spark 3\.5 or newer\nhint: /,
    );
    expect(stderr).toContain('cluster/requirements.txt');
  });

  it.each([[[]], [['a']]])('refuses %j', async (args) => {
    const { code, stderr } = await cluster(fakeSpark(''), ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('no inputs or no output')]);
  });

  it('refuses to pack over a file, and inputs beside --pack', async () => {
    const archive = join(freshFolder(), 'offload.tar.gz');
    writeFileSync(archive, '');
    const exists = await runCli(['cluster', '--pack', archive]);
    expect([exists.code, exists.stderr]).toEqual([1, expect.stringContaining('already exists')]);
    const named = await runCli(['cluster', 'a', '--pack', archive]);
    expect([named.code, named.stderr]).toEqual([2, expect.stringContaining('--pack takes no inputs')]);
  });
});
