/**
 * The tests of cluster/offload_spark.py on real Spark: `npm run test:cluster`. They are skipped where Python or Java is
 * missing. Spark goes into a virtual environment below node_modules/.cache, once.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TESTS = join(ROOT, 'test/cluster');
const HOME = join(ROOT, 'node_modules/.cache/cluster-python');
const PYTHON = join(HOME, 'bin/python3');

/** The oldest versions on which Spark 3.5 runs. */
const PYTHON_OLDEST = [3, 8];
const JAVA_OLDEST = 8;
/** Newer ones lack what Spark 3.5 needs. */
const PYTHON_NEWEST = [3, 12];
const JAVA_NEWEST = 21;

const missing = findMissing();
if (missing !== undefined) {
  console.log(`skipped: the tests of offload cluster need ${missing}`);
} else if (!install()) {
  console.log('skipped: the tests of offload cluster need Spark, which could not be installed');
} else {
  const tests = spawnSync(
    PYTHON,
    ['-m', 'pytest', '-p', 'no:cacheprovider', '-q', TESTS, ...process.argv.slice(2)],
    {
      stdio: 'inherit',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    },
  );
  process.exitCode = tests.status ?? 1;
}

/** Returns what the tests need and this machine lacks, with what it has; undefined if they can run. */
function findMissing(): string | undefined {
  if (process.platform === 'win32') return 'Linux or macOS';
  const python = /Python (\d+)\.(\d+)/.exec(ask('python3', ['--version']));
  const version = python?.slice(1).map(Number);
  if (version === undefined || isLess(version, PYTHON_OLDEST) || isLess(PYTHON_NEWEST, version)) {
    return `Python ${PYTHON_OLDEST.join('.')} to ${PYTHON_NEWEST.join('.')}; found ${python?.[0] ?? 'none'}`;
  }
  const { JAVA_HOME } = process.env;
  const program = JAVA_HOME === undefined ? 'java' : join(JAVA_HOME, 'bin/java');
  const java = /version "(?:1\.)?(\d+)/.exec(ask(program, ['-version']));
  const found = Number(java?.[1] ?? 0);
  if (found < JAVA_OLDEST || found > JAVA_NEWEST) {
    return `Java ${JAVA_OLDEST} to ${JAVA_NEWEST}; found ${java?.[1] ?? 'none'}`;
  }
  return undefined;
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  return a[0]! < b[0]! || (a[0] === b[0] && a[1]! < b[1]!);
}

/** Runs a program and returns what it prints; an empty text if it is not there. */
function ask(program: string, args: readonly string[]): string {
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  return error === undefined ? stdout + stderr : '';
}

/** Installs the requirements, unless the same ones are installed; returns whether they are. */
function install(): boolean {
  const lists = [join(ROOT, 'cluster/requirements.txt'), join(TESTS, 'requirements.txt')];
  const digest = createHash('sha256');
  for (const list of lists) digest.update(readFileSync(list));
  const wanted = digest.digest('hex');
  const mark = join(HOME, 'installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return true;
  console.log('installing Spark for Python, about 400 MB');
  rmSync(HOME, { recursive: true, force: true });
  const isDone =
    succeeds('python3', ['-m', 'venv', HOME]) &&
    succeeds(PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', lists[1]!]);
  if (isDone) writeFileSync(mark, wanted);
  return isDone;
}

function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'inherit' }).status === 0;
}
