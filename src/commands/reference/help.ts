/** `offload help` and `offload version`: the options of these names as commands, as many expect them. */
import type { Command } from 'commander';
import { findCommand } from './find-command.js';

export function addHelp(program: Command): void {
  program
    .command('help')
    .summary('show the help of a command')
    .description('Shows the help of offload, or of one of its commands, like the option --help.')
    .argument('[command...]', 'command whose help is shown')
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
