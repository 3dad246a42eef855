/** The documents agree with the program. `npm run docs` rewrites what is generated from it: docs/commands.md and examples. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../src/commands/program.js';
import { readCommand } from '../src/commands/reference/command-page.js';
import { FORMATS } from '../src/formats/index.js';
import * as library from '../src/index.js';
import { runCli } from './support/cli.js';
import { formatCommandReference } from './support/command-reference.js';
import { countExamples, maskVariables, refreshExamples } from './support/console-blocks.js';
import { freshFolder } from './support/files.js';
import { decodePng } from './support/png.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const REWRITE = '`npm run docs` rewrites it';
const read = (path: string) => readFileSync(ROOT + path, 'utf8');
const listPages = (folder: string) =>
  readdirSync(ROOT + folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const GUIDE = listPages('docs/guide');
/** The pages with examples that run. */
const EXAMPLES = ['README.md', ...GUIDE].filter((page) => countExamples(read(page)) > 0);
const PAGES = [...listPages('.'), ...listPages('docs'), ...GUIDE];
const program = await createProgram();
const commands = program.commands.map((command) => command.name());

describe('docs/commands.md', () => {
  it('is what the program generates', async () => {
    const generated = formatCommandReference(readCommand(await createProgram()));
    await expect(generated, REWRITE).toMatchFileSnapshot(`${ROOT}docs/commands.md`);
  });
});

describe.skipIf(process.platform === 'win32')('the examples', () => {
  it('are on six pages', () => expect(EXAMPLES.length).toBeGreaterThanOrEqual(6));

  it.each(EXAMPLES)(
    'of %s print what the page shows',
    async (page) => {
      const refreshed = await refreshExamples(read(page), freshFolder());
      await expect(refreshed, REWRITE).toMatchFileSnapshot(ROOT + page);
    },
    180_000,
  );

  it('include the picture of a mesh', async () => {
    const folder = freshFolder();
    const inFolder = (...args: string[]) => runCli(args, { cwd: folder });
    await inFolder('import', `${ROOT}fixtures/knot/in.stl`, 'knot.db');
    await inFolder('info', 'knot.db', '--svg', 'knot.svg');
    const drawn = readFileSync(join(folder, 'knot.svg'), 'utf8').replaceAll(ROOT, '');
    const path = `${ROOT}docs/images/knot.svg`;
    const former = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const isSame = maskVariables(drawn) === maskVariables(former);
    await expect(isSame ? former : drawn, REWRITE).toMatchFileSnapshot(path);
  });
});

it('has the picture that README.md names', async () => {
  const folder = freshFolder();
  const inFolder = (...args: string[]) => runCli(args, { cwd: folder });
  const [, command, path] = /!\[[^\]]*`offload render ([^`]*)`[^\]]*\]\(([^)]*)\)/.exec(read('README.md'))!;
  await inFolder('import', `${ROOT}fixtures/knot/in.stl`, 'knot.db');
  await inFolder('render', ...command!.split(' '));
  const drawn = readFileSync(join(folder, 'knot.png'));
  // Versions of zlib compress the same pixels to other bytes.
  const isSame = Buffer.compare(decodePng(drawn).pixels, decodePng(readFileSync(ROOT + path!)).pixels) === 0;
  expect(isSame, `${path} is not what \`offload render ${command}\` paints`).toBe(true);
});

describe('README.md', () => {
  it('is short', () => expect(Buffer.byteLength(read('README.md'))).toBeLessThan(12_000));

  it('gives the test command that the gate runs', () => {
    expect(read('README.md')).toContain('\nnpm ci && npm test\n');
    expect(read('.ci/run')).toContain('\nnpm ci && npm test\n');
  });

  it('names every format', () => {
    for (const { name } of FORMATS) expect(read('README.md')).toContain(name.replace(/[ ,].*/, ''));
  });
});

describe('each document', () => {
  it.each(PAGES)('%s uses commands and options that exist', (page) => {
    for (const [line, name] of read(page).matchAll(/offload (\w+) [^\n`]*/g)) {
      const command = program.commands.find((one) => one.name() === name);
      if (command === undefined) continue;
      const known = [command, ...command.commands]
        .flatMap((one) => one.options)
        .flatMap(({ long, short }) => [long, short]);
      for (const [option] of line.split('|')[0]!.matchAll(/(?<!\S)--[a-z]+(?:-[a-z]+)*/g))
        expect([...known, '--help'], line).toContain(option);
    }
  });

  it.each(PAGES)('%s links to files that exist', (page) => {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g))
      expect(existsSync(join(ROOT, dirname(page), target!)), target).toBe(true);
  });

  it.each(PAGES)('%s links to headings that exist', (page) => {
    for (const [, target, heading] of read(page).matchAll(/\]\(([^):#]*\.md|)#([^)]+)\)/g)) {
      const text = read(target === '' ? page : join(dirname(page), target!));
      const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => toAnchor(title!));
      expect(headings, `${target}#${heading}`).toContain(heading);
    }
  });

  it('that imports the library uses names that it exports', () => {
    const imports = PAGES.flatMap((page) => [...read(page).matchAll(/import \{ ([^}]+) \} from 'offload'/g)]);
    expect(imports.length).toBeGreaterThan(0);
    for (const [, names] of imports)
      for (const name of names!.split(', ')) expect(library).toHaveProperty(name);
  });
});

describe('what the documents must name', () => {
  it('help names every format', async () => {
    const { stdout } = await runCli(['convert', '--help']);
    for (const { id } of FORMATS) expect(stdout.toString()).toContain(id);
  });

  it('each table has a comment, and docs/schema.md names it', () => {
    for (const file of readdirSync(`${ROOT}migrations`)) {
      const tables = [...read(`migrations/${file}`).matchAll(/(^-- .*\n)?CREATE TABLE (\w+)/gm)];
      for (const [, comment, table] of tables) {
        expect(comment, `a comment above ${table}`).toBeDefined();
        expect(read('docs/schema.md')).toContain(`\n## ${table}\n`);
      }
    }
  });

  it('docs/reliability.md names tests that exist', () => {
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

/** The anchor that Markdown renderers give a heading. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
