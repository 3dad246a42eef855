/** Runs a verb of the library in a process of its own, which can be killed. */
import { spawn } from 'node:child_process';

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;

const SCRIPT = `
const [library, verb, input, output, options, last] = process.argv.slice(1);
const { [verb]: run } = await import(library);
const { readFileSync } = await import('node:fs');
const say = (word) => process.stdout.write(word + '\\n');
const { log, text } = JSON.parse(last);
try {
  await run(JSON.parse(input), output, {
    ...JSON.parse(options),
    onProgress: ({ stage, triangles }) => say(stage + ' ' + triangles),
    onResume: ({ bytesRead }) => say('resume ' + bytesRead),
    onCheckpoint: () => {
      if (log !== undefined && readFileSync(log, 'utf8').includes(text)) process.kill(process.pid, 'SIGKILL');
    },
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

/** The first checkpoint whose log has a text: a run that dies there never comes to its end before. */
export interface LastCheckpoint {
  readonly log: string;
  readonly text: string;
}

/** The first checkpoint of an import into a database, or the first one whose log has this text. */
export function atCheckpoint(database: string, text = '"phase"'): LastCheckpoint {
  return { log: `${database}.partial.log`, text };
}

/**
 * Runs it, and kills it so many milliseconds after its first progress, or at a checkpoint, unless it is done by then;
 * by way of another program, where one is given.
 */
export function runVerb(
  verb: 'importMesh' | 'convertMesh' | 'exportMesh',
  input: string | readonly string[],
  output: string,
  options: object,
  killAt: number | LastCheckpoint = Number.POSITIVE_INFINITY,
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
      JSON.stringify(typeof killAt === 'number' ? {} : killAt),
    ];
    const [program, ...args] = [...entrance, process.execPath, ...script];
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (typeof killAt === 'number' && killAt !== Number.POSITIVE_INFINITY) {
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
