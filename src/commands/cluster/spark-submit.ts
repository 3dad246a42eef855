/** Finds and starts spark-submit, the program that hands a job to Apache Spark. */
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { FileError } from '../../errors.js';
import { isFile } from '../../io/disk.js';
import { packagePath } from '../../io/package/package-tree.js';
import { quoteWord } from '../../wording.js';

const PROGRAM = 'spark-submit';
const EXIT_CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGINT: 130, SIGTERM: 143 };
const COULD_NOT = 1;

/**
 * Returns the path of spark-submit: in SPARK_HOME, else in PATH. Throws FileError if there is none.
 */
export function findSparkSubmit(environment: NodeJS.ProcessEnv = process.env): string {
  const { SPARK_HOME, PATH = '' } = environment;
  const folders = SPARK_HOME === undefined ? PATH.split(delimiter) : [join(SPARK_HOME, 'bin')];
  const found = folders.map((folder) => join(folder, PROGRAM)).find(isFile);
  if (found !== undefined) return found;
  const place = SPARK_HOME === undefined ? 'PATH' : join(SPARK_HOME, 'bin');
  throw new FileError(`${PROGRAM} was not found in ${place}; expected Apache Spark 3.5 or newer`, {
    code: 'FILE_NOT_FOUND',
    hint: `install it, such as with pip install -r ${quoteWord(packagePath('cluster/requirements.txt'))}; it needs Java 17`,
  });
}

/** Starts spark-submit, waits until it ends, and returns its exit code. Ctrl-C and SIGTERM end it. */
export function runSparkSubmit(program: string, args: readonly string[]): Promise<number> {
  const python = join(dirname(program), 'python3');
  // In a virtual environment, python3 is beside it.
  const env = isFile(python) ? { PYSPARK_PYTHON: python, ...process.env } : process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env });
    // A terminal sends it to both processes.
    const wait = () => undefined;
    const end = () => child.kill('SIGTERM');
    process.on('SIGINT', wait);
    process.once('SIGTERM', end);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', end);
      resolve(code ?? EXIT_CODES[signal!] ?? COULD_NOT);
    });
  });
}
