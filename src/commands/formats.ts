/** `offload formats`: the formats that offload reads and writes. */
import type { Command } from 'commander';
import type { MeshFormat } from '../formats/format.js';
import { FORMATS } from '../formats/index.js';
import { WRITERS } from '../formats/writers.js';
import { COMPRESSIONS } from '../io/compression/compression.js';
import { alignColumns } from './terminal/terminal.js';

/** A format as `--json` prints it; the names are part of the command's interface. */
interface Entry {
  readonly id: string;
  readonly name: string;
  readonly extensions: readonly string[];
}

export function addFormats(program: Command): void {
  program
    .command('formats')
    .summary('list the supported formats')
    .description(
      'Lists the formats that offload reads and writes, with their file extensions.\n' +
        'The format of the input is detected from its content, then from its extension.',
    )
    .option('--json', 'print JSON instead of text')
    .addHelpText(
      'after',
      `
Examples:
  offload formats
  offload formats --json | jq -r '.read[].id'`,
    )
    .action(listFormats);
}

function listFormats(options: { readonly json?: boolean }): void {
  const toEntry = ({ id, name, extensions }: MeshFormat): Entry => ({ id, name, extensions });
  const read = FORMATS.map(toEntry);
  const write = WRITERS.map(toEntry);
  const compressions: Entry[] = COMPRESSIONS.map(({ id, extensions }) => ({
    id,
    name: `any of these, compressed with ${id}`,
    extensions,
  }));
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ read, write, compressions }, undefined, 2)}\n`);
    return;
  }
  const rows = [
    ...[...read, ...compressions].map((entry) => describeEntry('read', entry)),
    ...[...write, ...compressions].map((entry) => describeEntry('write', entry)),
  ];
  process.stdout.write(alignColumns(rows));
}

function describeEntry(use: string, { id, name, extensions }: Entry): readonly string[] {
  return [use, id, extensions.map((extension) => `.${extension}`).join(' '), name];
}
