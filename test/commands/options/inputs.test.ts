import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  addFilesFrom,
  addInputs,
  chooseInputs,
  refuseNoOutput,
} from '../../../src/commands/options/inputs.js';
import { runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toAsciiStl } from '../../support/meshes.js';

describe('chooseInputs', () => {
  it('takes the last of several names as the output', async () => {
    expect(await chooseInputs(['a.stl'], {})).toEqual({
      inputs: ['a.stl'],
      output: undefined,
      named: 'a.stl',
    });
    expect(await chooseInputs(['a.stl', 'b.off'], {})).toEqual({
      inputs: ['a.stl'],
      output: 'b.off',
      named: 'a.stl',
    });
    expect(await chooseInputs(['-', '-'], {})).toEqual({ inputs: ['-'], output: '-', named: '-' });
  });

  it('takes all names as inputs with --output, and a single name as the output with --files-from', async () => {
    const folder = freshFolder();
    const [a, b, list] = ['a.stl', 'b.stl', 'list'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const path of [a, b]) writeFileSync(path, '');
    writeFileSync(list, `${b}\n`);
    expect(await chooseInputs([b, a], { output: 'c.off' })).toEqual({
      inputs: [b, a],
      output: 'c.off',
      named: undefined,
    });
    expect(await chooseInputs(['c.off'], { filesFrom: list })).toEqual({
      inputs: [b],
      output: 'c.off',
      named: undefined,
    });
    expect(await chooseInputs([a, 'c.off'], { filesFrom: list })).toMatchObject({
      inputs: [a, b],
      output: 'c.off',
    });
    expect(await chooseInputs([], { filesFrom: list })).toMatchObject({ inputs: [b], output: undefined });
  });

  it('names no output after a pattern or a folder without a name', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'a.stl'), '');
    expect(await chooseInputs([join(folder, '*.stl')], {})).toMatchObject({ named: undefined });
    expect(await chooseInputs([folder], {})).toMatchObject({ named: folder });
    expect(await chooseInputs([`${folder}/.`], {})).toMatchObject({ named: undefined });
    expect(refuseNoOutput).toThrow('no output; expected its name after the inputs');
  });

  it('refuses no input, a missing one among several, and an existing last name', async () => {
    const folder = freshFolder();
    const [a, b] = ['a.stl', 'b.stl'].map((name) => join(folder, name)) as [string, string];
    for (const path of [a, b]) writeFileSync(path, '');
    await expect(chooseInputs([], {})).rejects.toThrow("missing required argument 'inputs'");
    await expect(chooseInputs([a, join(folder, 'c.stl'), 'd.off'], {})).rejects.toThrow('c.stl: cannot read');
    await expect(chooseInputs([a, a, b], {})).rejects.toMatchObject({
      code: 'FILE_EXISTS',
      hint: 'the last name is the output: add a new name, or use --force to replace this file',
    });
    expect(await chooseInputs([a, a, b], { force: true })).toMatchObject({ inputs: [a, a], output: b });
    await expect(chooseInputs([a, 'b.off\r'], {})).rejects.toThrow('ends in a carriage return');
  });
});

describe('addInputs', () => {
  it('shows both arguments, and gives the action the words of both', async () => {
    let words: unknown;
    const command = addFilesFrom(addInputs(new Command('join'), 'output', 'file to write'));
    await command
      .action((given) => {
        words = given;
      })
      .parseAsync(['a', 'b', 'c'], { from: 'user' });
    expect(words).toEqual(['a', 'b', 'c']);
    const help = command.helpInformation();
    expect(help).toContain('Usage: join [options] <inputs...> [output]\n');
    expect(help).toMatch(/\n {2}output +file to write\n/);
  });
});

describe('the command line', () => {
  it('converts the only mesh of a folder, a pattern or a list', async () => {
    const cwd = freshFolder();
    mkdirSync(join(cwd, 'v1.2'));
    writeFileSync(join(cwd, 'v1.2/a.stl'), toAsciiStl([...makeTube(12, 6)]));
    expect(await runCli(['convert', 'v1.2/'], { cwd })).toMatchObject({ code: 0 });
    expect(await runCli(['import', 'v1.2'], { cwd })).toMatchObject({ code: 0 });
    expect(await runCli(['convert', 'v1.2/*.stl', 'b.off'], { cwd })).toMatchObject({ code: 0 });
    const input = 'v1.2/a.stl\0';
    expect(await runCli(['convert', '--files-from', '-', 'c.off'], { cwd, input })).toMatchObject({
      code: 0,
    });
    for (const output of ['v1.2.off', 'b.off', 'c.off']) {
      expect(await runCli(['verify', 'v1.2.db', output], { cwd })).toMatchObject({ code: 0 });
    }
  });

  it('refuses a run without an output name', async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, 'a.stl'), '');
    for (const verb of ['convert', 'import']) {
      expect(await runCli([verb], { cwd })).toMatchObject({
        code: 2,
        stderr: "offload: missing required argument 'inputs'\n",
      });
      expect(await runCli([verb, '*.stl'], { cwd })).toMatchObject({
        code: 2,
        stderr: 'offload: no output; expected its name after the inputs, or as --output\n',
      });
    }
  });
});
