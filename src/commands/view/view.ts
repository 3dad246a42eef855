/** `offload view`: a local page that shows a mesh of any size. */

import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.js';
import type { UpAxis } from '../../render/camera.js';
import { ViewServer } from '../../view/server.js';
import { ViewSession } from '../../view/session.js';
import { parseChoice } from '../options/choices.js';
import { addCommonOptions, type CommonOptions } from '../options/options.js';
import { withInterrupts } from '../terminal/interrupt.js';
import { placeTemporaries } from '../terminal/run.js';
import { Terminal } from '../terminal/terminal.js';
import { openBrowser } from './open-browser.js';
import { hintWorder } from './word-hint.js';

const UP_AXES = ['y', 'z'] as const;
/** The time for pages to hear that there is nothing to show, in milliseconds. */
const LAST_WORD_MS = 300;

interface ViewCommandOptions extends CommonOptions {
  readonly port?: number;
  readonly open: boolean;
  readonly up?: UpAxis;
  readonly tiles?: string;
  readonly tmp?: string;
}

export function addView(program: Command): void {
  const command = program
    .command('view')
    .summary('look at a mesh in the browser')
    .description(
      'Shows a mesh of any size in the browser, at the level of detail that the screen needs.\n' +
        'Builds the tiles of a database first if it has none. A mesh file is imported into a temporary database first.\n' +
        'Serves the page on this machine only, until Ctrl-C.',
    )
    .argument('<file>', 'database made by offload import, or a mesh file')
    .addOption(new Option('--port <n>', 'port of the page (default: a free one)').argParser(parsePort))
    .option('--no-open', 'print the URL only; do not open the browser')
    .addOption(
      new Option('--up <axis>', 'axis of the mesh that points up (default: z)')
        .choices(UP_AXES)
        .argParser(parseChoice(UP_AXES)),
    )
    .option('--tiles <file>', 'keep the tiles in this file instead of the database')
    .option('--tmp <folder>', 'folder for temporary files (default: beside the database)')
    .addHelpText(
      'after',
      `
Examples:
  offload view scan.db
  offload view scan.stl
  offload view /archive/scan.db --tiles scan.tiles
  offload view scan.db --no-open --port 8080      on a server, for ssh -L 8080:localhost:8080`,
    );
  addCommonOptions(command, { writesFile: false }).action(view);
}

async function view(file: string, options: ViewCommandOptions, command: Command): Promise<void> {
  if (file === '-') throw new UsageError('standard input cannot be viewed; expected a file');
  const terminal = new Terminal(options);
  placeTemporaries(options.tmp, file);
  const { onProgress, onWarning } = terminal.listeners();
  await withInterrupts(async (signal) => {
    let tell: (error: Error) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
      tell = reject;
    });
    const session = new ViewSession(file, {
      tilesFile: options.tiles,
      tempFolder: options.tmp,
      memoryBytes: options.memory,
      threads: options.threads,
      wordHint: hintWorder(command.options.map(({ long }) => long)),
      onProgress,
      onWarning: (message) => onWarning?.({ kind: message, message }),
      onReady: () => terminal.clear(),
      onFailure: (error) => setTimeout(() => tell(error), LAST_WORD_MS),
    });
    let server: ViewServer | undefined;
    try {
      session.start();
      server = await ViewServer.listen(session, options.port);
      // The rest of the fragment is what the page shows.
      const url = options.up === undefined ? server.url : `${server.url}&up=${options.up}`;
      process.stdout.write(`${url}\n`);
      terminal.say('the page is open to this machine only; Ctrl-C ends it');
      if (options.open) openBrowser(url);
      const ended = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([ended, failed]);
    } finally {
      terminal.clear();
      await server?.close();
      await session.close();
    }
  });
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 2 ** 16) return Number(text);
  throw new UsageError('expected a port from 0 to 65535');
}
