/**
 * The completion scripts, in the shells that are here.
 *
 * Covers: commands/reference/bash-completion, commands/reference/command-page, commands/reference/fish-completion,
 * commands/reference/shorten, commands/reference/write-texts, commands/reference/zsh-completion.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../src/commands/program.js';
import { formatBashCompletion } from '../../../src/commands/reference/bash-completion.js';
import { listCommands, readCommand } from '../../../src/commands/reference/command-page.js';
import { formatFishCompletion } from '../../../src/commands/reference/fish-completion.js';
import { formatZshCompletion } from '../../../src/commands/reference/zsh-completion.js';
import { OFF_READERS } from '../../../src/index.js';
import { runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';

const page = readCommand(await createProgram());
const COMMANDS = page.commands.map(({ words }) => words[1]!);
const optionsOf = (...words: string[]) =>
  listCommands(page)
    .find((one) => one.words.join(' ') === ['offload', ...words].join(' '))!
    .options.flatMap(({ names }) => names.filter((name) => name.startsWith('--')));
const READERS = OFF_READERS.map(({ id }) => id);

/** Runs a script; the name of the shell where it is missing. */
function runShell(shell: string, args: readonly string[], cwd: string): string {
  const { stdout, stderr, error } = spawnSync(shell, args, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw error;
  expect(stderr).toBe('');
  return stdout;
}

/** Tests of a shell, skipped with a word where it is missing. */
function describeIn(shell: string, tests: () => void): void {
  const isMissing = spawnSync(shell, ['--version']).error !== undefined;
  const why = isMissing ? `, skipped because ${shell} is not installed` : '';
  describe.skipIf(isMissing)(`the completion of ${shell}${why}`, tests);
}

/** Command lines up to the cursor, and what is offered there; files are left to the shell. */
const CASES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['offload con', ['convert']],
  ['offload ', COMMANDS],
  ['offload filter ', ['save', 'list', 'show', 'remove']],
  ['offload filter s', ['save', 'show']],
  ['offload convert --prec', ['--precision']],
  ['offload convert in.stl out.off --fo', ['--force']],
  ['offload filter save scan.db name --sa', ['--sample']],
  ['offload convert --from ', ['stl', 'ply', 'obj', 'off', 'gltf', '3mf', 'raw']],
  ['offload convert --dialect int', ['int255']],
  ['offload convert --compress zstd --from o', ['obj', 'off']],
  ['offload help f', ['filter', 'formats']],
  ['offload completion ', ['bash', 'zsh', 'fish']],
];

describeIn('bash', () => {
  const complete = (lines: readonly string[]) => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'offload.bash'), formatBashCompletion(page));
    // As readline does it: the words, parted at signs as well, and the one that the cursor is in.
    const calls = lines.map((line) => {
      const words = line.split(/(=)| /).filter((word) => word !== undefined);
      const quoted = words.map((word) => `'${word}'`).join(' ');
      return `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _offload; echo "\${COMPREPLY[*]}"`;
    });
    const script = ['set -u', '. ./offload.bash', ...calls].join('\n');
    return runShell('bash', ['--norc', '-c', script], folder)
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ').filter((word) => word !== ''));
  };

  it('offers commands, options and their values', () => {
    const lines = CASES.map(([line]) => line);
    expect(complete(lines)).toEqual(CASES.map(([, offered]) => offered));
  });

  it('offers all options of each command', () => {
    const all = listCommands(page);
    const lines = all.map(({ words }) => `${words.join(' ')} --`);
    expect(complete(lines)).toEqual(all.map(({ words }) => optionsOf(...words.slice(1))));
  });

  it('completes a value after an equals sign, and in a list', () => {
    expect(
      complete([
        'offload convert --from=p',
        'offload convert --from=stl --qu',
        'offload lint --for open3d,mesh',
        'offload lint --for ',
        'offload convert --keep ',
        'offload convert ',
        'offload convert --memory 1G --ver',
      ]),
    ).toEqual([['ply'], ['--quiet'], ['open3d,meshlab', 'open3d,meshio'], READERS, [], [], ['--verbose']]);
  });

  it('is registered, and leaves file names to bash', () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'offload.bash'), formatBashCompletion(page));
    const said = runShell('bash', ['--norc', '-c', '. ./offload.bash; complete -p offload'], folder);
    expect(said).toBe('complete -o bashdefault -o default -F _offload offload\n');
  });
});

describeIn('fish', () => {
  it('offers commands, options and their values', () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'offload.fish'), formatFishCompletion(page));
    const ask = CASES.map(([line]) => `complete -C '${line}'; echo .`);
    const said = runShell('fish', ['--no-config', '-c', `source offload.fish; ${ask.join('; ')}`], folder);
    const offered = said.split(/^\.\n/m).map((lines) =>
      lines
        .split('\n')
        .map((line) => line.split('\t')[0]!)
        .filter((word) => word !== '')
        .sort(),
    );
    expect(offered.slice(0, -1)).toEqual(CASES.map(([, words]) => [...words].sort()));
  });
});

describeIn('zsh', () => {
  it('works in zsh, sourced or autoloaded', () => {
    const folder = freshFolder();
    writeFileSync(join(folder, '_offload'), formatZshCompletion(page));
    const begin = `autoload -U compinit; compinit -u -D`;
    const told = 'print $_comps[offload] $+functions[_offload_convert]';
    const sourced = runShell('zsh', ['-f', '-c', `${begin}; . ./_offload; ${told}`], folder);
    expect(sourced).toBe('_offload 1\n');
    const loaded = runShell('zsh', ['-f', '-c', `fpath=($PWD $fpath); ${begin}; ${told}`], folder);
    expect(loaded).toBe('_offload 0\n');
  });
});

describe('offload completion', () => {
  it('prints the script of a shell, or writes all scripts', async () => {
    const folder = freshFolder();
    const { code, stdout } = await runCli(['completion', 'bash']);
    expect(code).toBe(0);
    expect((await runCli(['completion', '--write', 'new/scripts'], { cwd: folder })).code).toBe(0);
    const written = readdirSync(join(folder, 'new/scripts')).sort();
    expect(written).toEqual(['_offload', 'offload.bash', 'offload.fish']);
    expect(readFileSync(join(folder, 'new/scripts/offload.bash'), 'utf8')).toBe(stdout.toString());
    const none = await runCli(['completion']);
    expect([none.code, none.stderr]).toEqual([2, 'offload: no shell; expected one of bash, zsh, fish\n']);
  });
});
