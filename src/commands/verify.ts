/** `offload verify`: whether a mesh holds exactly the triangles of its source. */
import type { Command } from 'commander';
import { verifyMesh } from '../pipeline/verify-mesh.js';
import { describeVerification } from './describe/describe-verification.js';
import { addFilesFrom, chooseSources } from './options/inputs.js';
import { addReadingOptions, type ReadingCommandOptions } from './options/options.js';
import { answering, describeExitCodes } from './terminal/answer.js';
import { withInterrupts } from './terminal/interrupt.js';
import { print } from './terminal/print.js';
import { Terminal } from './terminal/terminal.js';

export function addVerify(program: Command): void {
  const command = program
    .command('verify')
    .summary('compare the triangles of a mesh with those of its source')
    .description(
      'Compares the oriented triangles of two meshes, in any order, by a checksum, and shows the differences.\n' +
        'Several sources are one mesh, as for import. If either mesh is float32, both are compared as float32.',
    )
    .argument('<mesh>', 'database, OFF or other mesh file, or - for standard input')
    .argument('[sources...]', 'mesh files it was made from, folders of mesh files, quoted patterns, or -')
    .option('--json', 'print JSON instead of text')
    .addHelpText(
      'after',
      describeExitCodes('both hold the same triangles', 'they differ', 'they could not be compared'),
    )
    .addHelpText(
      'after',
      `
Examples:
  offload verify scan.db scan.stl
  offload verify scan.off.zst scan.stl && rm scan.stl
  offload verify scan.off tiles/                         all mesh files of a folder
  offload export scan.db - | offload verify - scan.stl
  offload verify part.off scan.stl --json | jq .parting.missing.count`,
    );
  addReadingOptions(addFilesFrom(command), {
    writesFile: false,
    input: 'source',
    beside: 'file that needs them',
    quiet: 'print errors only; the exit code is the result',
  }).action(answering(verify));
}

interface VerifyCommandOptions extends ReadingCommandOptions {
  readonly filesFrom?: string;
  readonly json?: boolean;
}

async function verify(
  mesh: string,
  words: readonly string[],
  options: VerifyCommandOptions,
): Promise<boolean> {
  const sources = await chooseSources(words, options.filesFrom);
  const terminal = new Terminal(options);
  try {
    const result = await withInterrupts((signal) =>
      verifyMesh(mesh, sources, {
        from: options.from,
        salvage: options.salvage ?? false,
        maxBytes: options.maxSize,
        memoryBytes: options.memory,
        threads: options.threads,
        tempFolder: options.tmp,
        // With --quiet, only the exit code matters.
        examine: !options.quiet,
        signal,
        ...terminal.listeners(),
      }),
    );
    terminal.clear();
    if (!options.quiet) {
      await print(options.json ? `${JSON.stringify(result, undefined, 2)}\n` : describeVerification(result));
    }
    terminal.sumWarnings(result.warnings);
    if (!options.json) terminal.say(terminal.describeCost());
    return result.isEqual;
  } finally {
    terminal.clear();
  }
}
