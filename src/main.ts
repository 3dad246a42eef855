/** The error boundary and the exit code: nothing else decides what a failure looks like. */
import { CommanderError } from 'commander';
import { describeError, wordAsFlags } from './commands/options/flags.js';
import { createProgram } from './commands/program.js';
import { Trouble } from './commands/terminal/answer.js';
import { Interrupted } from './commands/terminal/interrupted.js';
import { sayError, sayHint } from './commands/terminal/terminal.js';
import { checkFirstWord, describeLineEnd } from './commands/terminal/words.js';
import { fileError, MeshError, systemCode, UsageError } from './errors.js';

const DONE = 0;
const COULD_NOT = 1;
const USAGE = 2;
/** What "could not" is for commands that answer "no" with 1. */
const TROUBLE = 2;

/** The words of the command line after the program's own name. */
const WORDS = process.argv.slice(2);

/** How V8 says that the system refuses memory for a table. */
const NO_MEMORY = 'Array buffer allocation failed';

/** Reports what went wrong, if there is something to report, and returns the exit code. */
function conclude(error: unknown, couldNot = COULD_NOT): number {
  if (error instanceof Trouble) return conclude(error.error, TROUBLE);
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
    sayError(describeError(error), lineEnd ?? (error.hint && wordAsFlags(error.hint)));
    return error instanceof UsageError ? USAGE : couldNot;
  }
  if (error instanceof Error && error.message === NO_MEMORY) {
    sayError(
      'the system gives less memory than --memory says',
      'name less, or lift the limit of the shell or container',
    );
    return couldNot;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`offload: this is a bug, please report it: ${stack}\n`);
  return couldNot;
}

// Help and answers are written without waiting; an OFF has its own way to tell.
process.stdout.on('error', (error) => {
  // A reader that has enough changes no answer.
  if (process.stdout.listenerCount('error') === 1 && systemCode(error) !== 'EPIPE') {
    process.exitCode = conclude(fileError(error, 'write', 'standard output'));
  }
});

// Whoever read messages has enough: the work goes on, and its result counts.
process.stderr.on('error', () => undefined);

async function run(): Promise<void> {
  const program = createProgram();
  checkFirstWord(program, WORDS);
  await program.parseAsync();
}

run().catch((error: unknown) => {
  process.exitCode = conclude(error);
});
