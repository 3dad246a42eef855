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
/** The longest wait for the page that was opened, if there is nothing to show, and the time between two looks, in ms. */
const OPENING_MS = 10_000;
const LOOK_MS = 50;
/** The time for pages to hear why there is nothing to show, in ms. */
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
    let fail: (error: Error) => void = () => undefined;
    const failed = new Promise<Error>((resolve) => {
      fail = resolve;
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
      onFailure: (error) => fail(error),
    });
    // Ends the wait for a page that will not come.
    const opening = new AbortController();
    if (!options.open) opening.abort();
    let server: ViewServer | undefined;
    try {
      session.start();
      server = await ViewServer.listen(session, options.port);
      // The rest of the fragment is what the page shows.
      const url = options.up === undefined ? server.url : `${server.url}&up=${options.up}`;
      process.stdout.write(`${url}\n`);
      terminal.say('the page is open to this machine only; Ctrl-C ends it');
      if (options.open) openBrowser(url, () => opening.abort());
      const ended = new Promise<undefined>((resolve) => {
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
      });
      const error = await Promise.race([failed, ended]);
      if (error === undefined) return;
      terminal.clear();
      await tellPages(session, AbortSignal.any([signal, opening.signal]));
      throw error;
    } finally {
      terminal.clear();
      await server?.close();
      await session.close();
    }
  });
}

/**
 * Gives pages time to hear why there is nothing to show. Without one, waits for the page that was opened, until the signal
 * tells that it will not come, or it takes too long.
 */
async function tellPages(session: ViewSession, signal: AbortSignal): Promise<void> {
  const end = performance.now() + OPENING_MS;
  while (!session.isFollowed && !signal.aborted && performance.now() < end) await pause(LOOK_MS);
  if (session.isFollowed) await pause(LAST_WORD_MS);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 2 ** 16) return Number(text);
  throw new UsageError('expected a port from 0 to 65535');
}
