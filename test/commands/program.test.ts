import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/commands/program.js';
import { readCommand } from '../../src/commands/reference/command-page.js';
import { runCli } from '../support/cli.js';

const all = readCommand(await createProgram());
const namesOf = async (...words: string[]) =>
  (await createProgram(words)).commands.map((command) => command.name());
const everyName = all.commands.map(({ words }) => words[1]!);

describe('offload', () => {
  it('prints its help and fails without a command', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect(code).toBe(2);
    expect(stdout.length).toBe(0);
    expect(stderr).toMatch(/^Usage: offload /);
  });

  it('prints help and version to standard output', async () => {
    expect((await runCli(['--help'])).stdout.toString()).toMatch(
      /^Usage: offload .*convert.*import.*export.*info/s,
    );
    expect((await runCli(['--version'])).stdout.toString()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('the program for a command line', () => {
  it.each(everyName.filter((name) => !['help', 'man', 'completion'].includes(name)))(
    'that begins with %s has this command alone, as in the complete program',
    async (name) => {
      const { commands } = readCommand(await createProgram([name, '--json']));
      expect(commands).toEqual(all.commands.filter(({ words }) => words[1] === name));
    },
  );

  it.each([
    [],
    ['help'],
    ['man', 'convert'],
    ['completion', 'bash'],
    ['--help'],
    ['convrt'],
    ['constructor'],
  ])('%j %j has all commands', async (...words) => {
    expect(await namesOf(...words)).toEqual(everyName);
  });

  it.each(['--version', '-V'])('%s has no command', async (flag) => {
    expect(await namesOf(flag)).toEqual([]);
  });
});
