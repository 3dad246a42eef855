/** `offload locate`: the place of a triangle or a vertex in the source. */
import type { Command } from 'commander';
import { UsageError } from '../errors.js';
import { locateTriangle, locateVertex } from '../pipeline/locate-triangle.js';
import { describeTriangle, describeVertex, gatherTriangle, gatherVertex } from './describe/locate-output.js';
import { quietOption } from './options/options.js';
import { withInterrupts } from './terminal/interrupt.js';
import { Terminal } from './terminal/terminal.js';

interface LocateCommandOptions {
  readonly vertex?: boolean;
  readonly source?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export function addLocate(program: Command): void {
  program
    .command('locate')
    .summary('find a triangle in the source file')
    .description(
      'Finds a triangle or a vertex in the source file and shows the lines or bytes there.\n' +
        'Reads only a few kilobytes of it. A source that has changed since the import is refused.',
    )
    .argument('<db>', 'database made by offload import')
    .argument('<id>', 'id of a triangle, from 0; with --vertex, of a vertex', parseId)
    .option('--vertex', 'find a vertex where it first occurs')
    .option('--source <file>', 'new path of the source, if it was moved')
    .option('--json', 'print JSON instead of text')
    .addOption(quietOption())
    .option('-v, --verbose', 'explain decisions')
    .addHelpText(
      'after',
      `
Examples:
  offload locate scan.db 4711
  offload locate scan.db 12 --vertex
  offload locate scan.db 4711 --source /backup/scan.stl --json | jq .line
  offload sql scan.db "SELECT id FROM degenerate_triangles LIMIT 1" | tail -1 |
    xargs offload locate scan.db`,
    )
    .action(locate);
}

async function locate(database: string, id: number, options: LocateCommandOptions): Promise<void> {
  if (options.source === '-') {
    throw new UsageError('--source -: standard input cannot be searched; expected a file');
  }
  const terminal = new Terminal(options);
  const { onProgress, onNote } = terminal.listeners();
  try {
    await withInterrupts(async (signal) => {
      const looking = { source: options.source, signal, onProgress, onNote };
      if (options.vertex) {
        const found = await locateVertex(database, id, looking);
        terminal.clear();
        print(options.json ? gatherVertex(database, id, found) : describeVertex(id, found));
      } else {
        const found = await locateTriangle(database, id, looking);
        terminal.clear();
        print(options.json ? gatherTriangle(database, id, found) : describeTriangle(id, found));
      }
    });
  } finally {
    terminal.clear();
  }
}

function print(answer: string | object): void {
  process.stdout.write(typeof answer === 'string' ? answer : `${JSON.stringify(answer, undefined, 2)}\n`);
}

function parseId(text: string): number {
  const id = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw new UsageError('expected a whole number from 0');
  return id;
}
