/** `offload completion`: scripts that complete the command line. */
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
    .summary('print a shell completion script')
    .description(
      'Prints a script that completes commands, options and their values in a shell.\n' +
        'Source it in the startup file of the shell, or save it in the folder of completion scripts.',
    )
    .addArgument(
      new Argument('[shell]', 'shell to complete in')
        .choices(SHELL_NAMES)
        .argParser(parseChoice(SHELL_NAMES)),
    )
    .option('--write <folder>', 'write the scripts of all shells into a folder')
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
        throw new UsageError(`no shell; expected one of ${SHELL_NAMES.join(', ')}`);
      }
    });
}
