/** `offload locate`: where in the source a triangle or a vertex stands. */
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
    .summary('say where in the source a triangle stands')
    .description(
      'Says where in the source file a triangle or a vertex stands, and shows what stands there.\n' +
        'Only some kilobytes of it are read. A source that has been changed since the import is refused.',
    )
    .argument('<db>', 'database that offload import has made')
    .argument('<id>', 'id of a triangle, from 0; with --vertex, of a vertex', parseId)
    .option('--vertex', 'look for a vertex: where it comes first')
    .option('--source <file>', 'where the source is now, if it has been moved')
    .option('--json', 'as one JSON object, for scripts')
    .addOption(quietOption())
    .option('-v, --verbose', 'say what is decided, and why')
    .addHelpText(
      'after',
      `
Examples:
  offload locate scan.db 4711
  offload locate scan.db 12 --vertex
  offload locate scan.db 4711 --source /backup/scan.stl --json | jq .line
  offload sql scan.db "SELECT id FROM degenerate_triangles LIMIT 1" | tail -1 | xargs offload locate scan.db`,
    )
    .action(locate);
}

async function locate(database: string, id: number, options: LocateCommandOptions): Promise<void> {
  if (options.source === '-') {
    throw new UsageError('--source -: standard input has no places to look in; expected a file');
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
