/** `offload check`: whether a mesh is a solid, and which defects it has. */

import { basename, dirname, extname, join } from 'node:path';
import type { Command } from 'commander';
import { withoutCompression } from '../io/compression/compression.js';
import { escapeControls } from '../wording.js';
import { checkToJson, describeCheck, hasFlaws } from './describe/describe-check.js';
import { addReadingOptions, type ReadingCommandOptions } from './options/options.js';
import { answering, describeExitCodes } from './terminal/answer.js';
import { withInterrupts } from './terminal/interrupt.js';
import { paintFor } from './terminal/paint.js';
import { print } from './terminal/print.js';
import { describeMesh, placeTemporaries } from './terminal/run.js';
import { Terminal } from './terminal/terminal.js';

interface CheckCommandOptions extends ReadingCommandOptions {
  readonly json?: boolean;
  readonly strict?: boolean;
}

export function addCheck(program: Command): void {
  const command = program
    .command('check')
    .summary('check that a mesh is closed, manifold and oriented')
    .description(
      'Measures a mesh and reports whether it is a solid: closed, manifold and oriented.\n' +
        'Defects are counted, each kind with the query that lists them. A mesh file is first imported into a temporary database.',
    )
    .argument('<mesh>', 'database or mesh file, or - for standard input')
    .option('--json', 'print JSON instead of text')
    .option('--strict', 'exit with 1 if the mesh is not a closed manifold')
    .addHelpText(
      'after',
      describeExitCodes(
        'the mesh was checked',
        'with --strict or --quiet: it is not a closed manifold',
        'it could not be checked',
      ),
    )
    .addHelpText(
      'after',
      `
Examples:
  offload check scan.db
  offload check part.stl --quiet || echo not a solid
  offload check scan.db --json | jq .boundaryLoops
  offload sql scan.db "SELECT * FROM boundary_edges"`,
    );
  addReadingOptions(command, {
    writesFile: false,
    input: 'mesh',
    beside: 'mesh',
    quiet: 'print errors only; the exit code is the result, as with --strict',
  }).action(answering(check));
}

/** Resolves to the result that the exit code reports: false only with --strict or --quiet. */
async function check(input: string, options: CheckCommandOptions): Promise<boolean> {
  // Loaded on demand: loading takes a while, and other commands start without them.
  const { withDatabase } = await import('../pipeline/with-database.js');
  const { checkMesh } = await import('../pipeline/check-mesh.js');
  const terminal = new Terminal(options);
  placeTemporaries(options.tmp, input);
  const reading = { from: options.from, salvage: options.salvage ?? false, maxBytes: options.maxSize };
  const running = {
    memoryBytes: options.memory,
    threads: options.threads,
    tempFolder: options.tmp,
    ...terminal.listeners(),
  };
  try {
    let isTemporary = false;
    const found = await withInterrupts((signal) =>
      withDatabase(input, { ...reading, ...running, signal }, (database, loaded) => {
        if (loaded !== undefined) {
          isTemporary = true;
          terminal.sumWarnings(loaded.warnings);
          terminal.say(describeMesh(loaded));
        }
        return checkMesh(database, { ...running, signal });
      }),
    );
    terminal.clear();
    const name = input === '-' ? 'standard input' : input;
    if (!options.quiet) {
      const paint = paintFor(process.stdout);
      await print(
        options.json ? checkToJson(name, found) : describeCheck(escapeControls(name), found, paint),
      );
    }
    if (isTemporary && hasFlaws(found))
      terminal.say(`to run the queries, import the mesh: ${nameImport(input)}`);
    const isLenient = !(options.strict || options.quiet);
    return isLenient || (found.isClosed && found.isManifold);
  } finally {
    terminal.clear();
  }
}

/** The command that imports a mesh file. */
function nameImport(input: string): string {
  if (input === '-') return 'pipe it into offload import - mesh.db';
  const plain = withoutCompression(input);
  const database = join(dirname(plain), `${basename(plain, extname(plain))}.db`);
  const quote = (text: string) => (/^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  return `offload import ${quote(input)} ${quote(database)}`;
}
