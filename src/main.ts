/** The error boundary: it alone decides how a failure looks and which exit code it gives. */
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
/** The failure code of commands that use 1 for the answer "no". */
const TROUBLE = 2;

/** The command line after the program's own name. */
const WORDS = process.argv.slice(2);

/** V8's messages if the system refuses memory for a table. */
const NO_MEMORY = ['Array buffer allocation failed', 'WebAssembly.Memory(): could not allocate memory'];

/** Reports the error, if there is anything to report, and returns the exit code. */
function conclude(error: unknown, couldNot = COULD_NOT): number {
  if (error instanceof Trouble) return conclude(error.error, TROUBLE);
  if (error instanceof Interrupted) {
    sayError(`interrupted; ${error.remains}`, undefined);
    return error.exitCode;
  }
  const lineEnd = describeLineEnd(WORDS);
  // Commander has already printed its own message, or the requested help.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return DONE;
    if (lineEnd !== undefined) sayHint(lineEnd);
    return USAGE;
  }
  // The reader of standard output has closed it: `offload export scan.db - | head`.
  if (systemCode(error) === 'EPIPE') return DONE;
  if (error instanceof MeshError) {
    sayError(describeError(error), lineEnd ?? (error.hint && wordAsFlags(error.hint)));
    return error instanceof UsageError ? USAGE : couldNot;
  }
  if (error instanceof Error && NO_MEMORY.includes(error.message)) {
    sayError(
      'the system refused to allocate the memory that --memory allows',
      'lower --memory, or raise the limit of the shell or container',
    );
    return couldNot;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`offload: this is a bug, please report it: ${stack}\n`);
  return couldNot;
}

// Help and answers are written without waiting; an OFF output reports its own errors.
process.stdout.on('error', (error) => {
  // A reader that closes early changes no answer.
  if (process.stdout.listenerCount('error') === 1 && systemCode(error) !== 'EPIPE') {
    process.exitCode = conclude(fileError(error, 'write', 'standard output'));
  }
});

// If messages are no longer read, the work continues, and its result counts.
process.stderr.on('error', () => undefined);

async function run(): Promise<void> {
  const program = await createProgram(WORDS);
  checkFirstWord(program, WORDS);
  await program.parseAsync();
}

run().catch((error: unknown) => {
  process.exitCode = conclude(error);
});
