import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ABOUT, createProgram } from '../src/commands/program.js';
import { FORMATS } from '../src/formats/index.js';
import * as library from '../src/index.js';
import { runCli } from './support/cli.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(ROOT + path, 'utf8');
const readme = read('README.md');
const commands = createProgram().commands.map((command) => command.name());
const meshCommands = createProgram()
  .commands.filter((command) => command.helpGroup() !== ABOUT)
  .map((command) => command.name());

describe('README.md', () => {
  it.each(meshCommands)('shows the help of %s as it is', async (command) => {
    const { stdout, code } = await runCli([command, '--help'], { env: { COLUMNS: '80' } });
    expect(code).toBe(0);
    expect(readme).toContain(
      `\`\`\`text\n$ offload ${command} --help\n${stdout.toString().trimEnd()}\n\`\`\``,
    );
  });

  it('uses commands and options that exist', () => {
    const program = createProgram();
    const used = [...readme.matchAll(/offload (convert|import|export|info|\w+) [^\n`]*/g)];
    expect(used.length).toBeGreaterThan(8);
    for (const [line, name] of used.filter(
      ([, word]) => /^[a-z]+$/.test(word!) && commands.includes(word!),
    )) {
      const command = program.commands.find((one) => one.name() === name)!;
      const known = [command, ...command.commands]
        .flatMap((one) => one.options)
        .flatMap((o) => [o.long, o.short]);
      for (const [option] of line.matchAll(/--[a-z]+(?:-[a-z]+)*/g))
        expect([...known, '--help'], line).toContain(option);
    }
  });

  it('names the exports of the library that it uses', () => {
    const [, names] = /import \{ ([^}]+) \} from 'offload'/.exec(readme)!;
    for (const name of names!.split(', ')) expect(library).toHaveProperty(name);
  });

  it('gives the test command that the gate runs', () => {
    expect(readme).toContain('\nnpm ci && npm test\n');
    expect(read('.ci/run')).toContain('\nnpm ci && npm test\n');
  });
});

describe('the other papers', () => {
  it('help names every format', async () => {
    const { stdout } = await runCli(['convert', '--help']);
    for (const { id } of FORMATS) expect(stdout.toString()).toContain(id);
  });

  it('the schema explains each table, and the README names it', () => {
    for (const file of readdirSync(`${ROOT}migrations`)) {
      const tables = [...read(`migrations/${file}`).matchAll(/(^-- .*\n)?CREATE TABLE (\w+)/gm)];
      for (const [, comment, table] of tables) {
        expect(comment, `a comment above ${table}`).toBeDefined();
        expect(readme).toContain(`\`${table}`);
      }
    }
  });

  it('docs/reliability.md names tests that are there', () => {
    const named = [...read('docs/reliability.md').matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path!);
    expect(named.length).toBeGreaterThan(10);
    for (const path of named) expect(existsSync(ROOT + path), path).toBe(true);
  });

  it('ARCHITECTURE.md names every part', () => {
    const parts = readdirSync(`${ROOT}src`).map((name) => name.replace('.ts', ''));
    for (const part of parts) expect(read('ARCHITECTURE.md')).toMatch(new RegExp(`^\\|.*\`${part}\``, 'm'));
  });

  it('CHANGELOG.md names every command', () => {
    for (const command of commands) expect(read('CHANGELOG.md')).toContain(`\`${command}`);
  });
});
