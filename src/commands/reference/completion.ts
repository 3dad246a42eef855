/** `offload completion`: what a shell needs to complete the command line. */
import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { UsageError } from '../../errors.js';
import { parseChoice } from '../options/choices.js';
import { formatBashCompletion } from './bash-completion.js';
import { type CommandPage, readCommand } from './command-page.js';
import { formatFishCompletion } from './fish-completion.js';
import { writeTexts } from './write-texts.js';
import { formatZshCompletion } from './zsh-completion.js';

const SHELLS = {
  bash: { file: 'offload.bash', format: formatBashCompletion },
  zsh: { file: '_offload', format: formatZshCompletion },
  fish: { file: 'offload.fish', format: formatFishCompletion },
} as const satisfies Record<string, { file: string; format: (program: CommandPage) => string }>;

type Shell = keyof typeof SHELLS;

const SHELL_NAMES = Object.keys(SHELLS) as Shell[];

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .summary('print the completion script of a shell')
    .description(
      'Prints the script that makes a shell complete commands, options and their values.\n' +
        'Source it in the startup file of the shell, or save it where the shell looks for such scripts.',
    )
    .addArgument(
      new Argument('[shell]', 'shell that reads the script')
        .choices(SHELL_NAMES)
        .argParser(parseChoice(SHELL_NAMES)),
    )
    .option('--write <folder>', 'write the scripts of all shells into a folder, for packages')
    .addHelpText(
      'after',
      `
Examples:
  source <(offload completion bash)             in ~/.bashrc
  source <(offload completion zsh)              in ~/.zshrc, after compinit
  offload completion fish | source              in ~/.config/fish/config.fish`,
    )
    .action(async (shell: Shell | undefined, { write }: { readonly write?: string }) => {
      const page = readCommand(program);
      if (write !== undefined) {
        await writeTexts(
          SHELL_NAMES.map((name) => [join(write, SHELLS[name].file), SHELLS[name].format(page)]),
        );
      } else if (shell !== undefined) {
        process.stdout.write(SHELLS[shell].format(page));
      } else {
        throw new UsageError(`no shell is named; expected one of ${SHELL_NAMES.join(', ')}`);
      }
    });
}
