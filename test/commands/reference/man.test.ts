/** Covers: commands/reference/find-command, commands/reference/man-page. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../src/commands/program.js';
import { listCommands, readCommand } from '../../../src/commands/reference/command-page.js';
import { formatManPage, nameManPage } from '../../../src/commands/reference/man-page.js';
import { runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What formats manual pages here. */
const FORMATTERS = (
  [
    ['groff', ['-man', '-Tutf8', '-ww']],
    ['mandoc', ['-T', 'lint', '-W', 'error']],
  ] as const
).filter(([program]) => spawnSync(program, ['--version']).error === undefined);

const pages = listCommands(readCommand(await createProgram()));

describe.each(pages.map((page) => [nameManPage(page), page] as const))('the manual page %s', (name, page) => {
  const text = formatManPage(page, pages);

  it('has everything that the help has', () => {
    const plain = text
      .replaceAll('\\-', '-')
      .replaceAll(/\\f[BR]/g, '')
      .replaceAll('\\(aq', "'")
      .replaceAll('\\e', '\\');
    expect(plain.split(' 1 ')[0]).toBe(`.TH ${name.toUpperCase()}`);
    for (const { flags, description } of page.options) {
      expect(plain).toContain(`\n${flags}\n`);
      expect(plain).toContain(description);
    }
    for (const { name: argument } of page.arguments) expect(plain).toContain(`\n.I ${argument}\n`);
    for (const { words } of page.commands) expect(plain).toContain(`\n.B ${words.slice(1).join(' ')} `);
    expect(plain.includes('\n.SH EXAMPLES\n.EX\n')).toBe(page.examples !== '');
  });

  it.each(FORMATTERS)('is accepted by %s without warnings', (program, args) => {
    const { status, stdout, stderr } = spawnSync(program, args, { input: text, encoding: 'utf8' });
    expect(stderr).toBe('');
    if (program === 'mandoc') expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});

it.skipIf(FORMATTERS.length > 0)(
  'manual pages are not formatted: neither groff nor mandoc is installed',
  () => {},
);

describe('offload man', () => {
  it('has the examples of the help', () => {
    const convert = pages.find(({ words }) => words[1] === 'convert')!;
    expect(formatManPage(convert, pages)).toMatch(
      /\n\.SH EXAMPLES\n\.EX\noffload convert scan\.stl .*\noffload /,
    );
  });

  it('prints the page of a command, or writes all pages', async () => {
    const folder = freshFolder();
    const { code, stdout } = await runCli(['man', 'filter', 'save']);
    expect(code).toBe(0);
    expect(stdout.toString()).toBe(formatManPage(pages.find((page) => page.words[2] === 'save')!, pages));
    expect((await runCli(['man'])).stdout.toString()).toBe(formatManPage(pages[0]!, pages));
    expect((await runCli(['man', '--write', 'man1'], { cwd: folder })).code).toBe(0);
    expect(readdirSync(join(folder, 'man1'))).toHaveLength(pages.length);
    expect(readFileSync(join(folder, 'man1/offload-filter-save.1'))).toEqual(stdout);
  });

  it('has its pages built and listed in package.json', () => {
    const { man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { man: string[] };
    const names = pages.map((page) => `${nameManPage(page)}.1`);
    expect(man.map((path) => path.replace('./dist/man/', '')).sort()).toEqual([...names].sort());
    expect(readdirSync(join(ROOT, 'dist/man')).sort()).toEqual([...names].sort());
    expect(readdirSync(join(ROOT, 'dist/completions'))).toHaveLength(3);
  });
});
