/** `offload man`: manual pages. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { listCommands, readCommand } from './command-page.js';
import { findCommand } from './find-command.js';
import { formatManPage, nameManPage } from './man-page.js';
import { writeTexts } from './write-texts.js';

export function addMan(program: Command): void {
  program
    .command('man')
    .summary('print a manual page')
    .description(
      'Prints the manual page of offload or of a command, for man to format.\n' +
        'If npm installed offload globally, man finds the pages itself: man offload-convert.',
    )
    .argument('[command...]', 'command to print the page of')
    .option('--write <folder>', 'write the pages of all commands into a folder')
    .addHelpText(
      'after',
      `
Examples:
  offload man convert | man -l -
  offload man filter save > offload-filter-save.1`,
    )
    .action(async (words: readonly string[], { write }: { readonly write?: string }) => {
      const found = findCommand(program, words);
      const pages = listCommands(readCommand(program));
      if (write !== undefined) {
        await writeTexts(
          pages.map((page) => [join(write, `${nameManPage(page)}.1`), formatManPage(page, pages)]),
        );
        return;
      }
      const page = pages[listAll(program).indexOf(found)]!;
      process.stdout.write(formatManPage(page, pages));
    });
}

/** Lists all commands in the order of their pages. */
function listAll(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(listAll)];
}
