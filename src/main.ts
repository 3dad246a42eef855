/** The error boundary and the exit code: nothing else decides what a failure looks like. */
import { CommanderError } from 'commander';
import { Interrupted } from './commands/interrupted.js';
import { createProgram } from './commands/program.js';
import { sayError, sayHint } from './commands/terminal.js';
import { checkFirstWord, describeLineEnd } from './commands/words.js';
import { fileError, MeshError, systemCode, UsageError } from './errors.js';

const DONE = 0;
const COULD_NOT = 1;
const USAGE = 2;

/** The words of the command line after the program's own name. */
const WORDS = process.argv.slice(2);

/** How V8 says that the system refuses memory for a table. */
const NO_MEMORY = 'Array buffer allocation failed';

/** Says what went wrong, where there is something to say, and returns the exit code. */
function conclude(error: unknown): number {
  if (error instanceof Interrupted) {
    sayError(`interrupted; ${error.remains}`, undefined);
    return error.exitCode;
  }
  const lineEnd = describeLineEnd(WORDS);
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return DONE;
    if (lineEnd !== undefined) sayHint(lineEnd);
    return USAGE;
  }
  // Whoever read standard output has enough: `offload export scan.db - | head`.
  if (systemCode(error) === 'EPIPE') return DONE;
  if (error instanceof MeshError) {
    sayError(error.message, lineEnd ?? error.hint);
    return error instanceof UsageError ? USAGE : COULD_NOT;
  }
  if (error instanceof Error && error.message === NO_MEMORY) {
    sayError(
      'the system gives less memory than --memory says',
      'name less, or lift the limit of the shell or container',
    );
    return COULD_NOT;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`offload: this is a bug, please report it: ${stack}\n`);
  return COULD_NOT;
}

// Help and answers are written without waiting; an OFF has its own way to tell.
process.stdout.on('error', (error) => {
  if (process.stdout.listenerCount('error') === 1) {
    process.exitCode = conclude(
      systemCode(error) === 'EPIPE' ? error : fileError(error, 'write', 'standard output'),
    );
  }
});

async function run(): Promise<void> {
  const program = createProgram();
  checkFirstWord(program, WORDS);
  await program.parseAsync();
}

run().catch((error: unknown) => {
  process.exitCode = conclude(error);
});
