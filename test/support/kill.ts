/** Runs a verb of the library in a process of its own, which can be killed. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;

const SCRIPT = `
const [library, verb, input, output, options] = process.argv.slice(1);
const { [verb]: run } = await import(library);
const say = (word) => process.stdout.write(word + '\\n');
try {
  await run(JSON.parse(input), output, {
    ...JSON.parse(options),
    onProgress: ({ stage, triangles }) => say(stage + ' ' + triangles),
    onResume: ({ bytesRead }) => say('resume ' + bytesRead),
  });
  say('done');
} catch (error) {
  say('failed ' + error.message);
}
`;

export interface VerbRun {
  /** How it ended; undefined where it was killed. */
  readonly end: string | undefined;
  /** How many bytes of the source had been read when it went on; undefined where it began anew. */
  readonly resumed: number | undefined;
}

/** Whether an import into a database has saved its first checkpoint, and is not at its end. */
export function hasCheckpoint(database: string): boolean {
  try {
    return readFileSync(`${database}.partial.log`, 'utf8').includes('"phase"');
  } catch {
    return false;
  }
}

/** The time between two looks at whether a run is to be killed, in milliseconds. */
const LOOK_MS = 2;

/**
 * Runs it, and kills it so many milliseconds after its first progress, or once a condition holds, unless it is done by then;
 * by way of another program, where one is given.
 */
export function runVerb(
  verb: 'importMesh' | 'convertMesh' | 'exportMesh',
  input: string | readonly string[],
  output: string,
  options: object,
  killAt: number | (() => boolean) = Number.POSITIVE_INFINITY,
  entrance: readonly string[] = [],
): Promise<VerbRun> {
  return new Promise((resolve, reject) => {
    const script = [
      '--input-type=module',
      '-e',
      SCRIPT,
      LIBRARY,
      verb,
      JSON.stringify(input),
      output,
      JSON.stringify(options),
    ];
    const [program, ...args] = [...entrance, process.execPath, ...script];
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (typeof killAt === 'function') {
        timer ??= setInterval(() => killAt() && child.kill('SIGKILL'), LOOK_MS);
      } else if (killAt !== Number.POSITIVE_INFINITY) {
        timer ??= setTimeout(() => child.kill('SIGKILL'), killAt);
      }
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      const resumed = /^resume (\d+)$/m.exec(said)?.[1];
      resolve({
        end: /^(done|failed .*)$/m.exec(said)?.[1],
        resumed: resumed === undefined ? undefined : Number(resumed),
      });
    });
  });
}
