/** `offload help` and `offload version`: commands with the effect of the options --help and --version. */
import type { Command } from 'commander';
import { findCommand } from './find-command.js';

export function addHelp(program: Command): void {
  program
    .command('help')
    .summary('show the help of a command')
    .description('Shows the help of offload or of a command, like the option --help.')
    .argument('[command...]', 'command to show the help of')
    .addHelpText(
      'after',
      `
Examples:
  offload help convert
  offload help filter save`,
    )
    .action((words: readonly string[]) => {
      findCommand(program, words).outputHelp();
    });
}

export function addVersion(program: Command): void {
  program
    .command('version')
    .summary('print the version')
    .description('Prints the version of offload, like the option --version.')
    .action(() => {
      process.stdout.write(`${program.version()}\n`);
    });
}
