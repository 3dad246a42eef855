import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from './support/cli.js';
import { freshFolder } from './support/files.js';

const NOUNS =
  'bytes|boxes|components|corners|coordinates|digits|edges|faces|files|lines|loops|numbers|parts|records|rows|shells|triangles|vertices';
/** One thing with a noun in the plural, perhaps with an adjective in between. */
const PLURALS = new RegExp(`(?<![\\d.,])1 (?:(?!is|was|has|of)[a-z-]+ )?(?:${NOUNS})\\b`);

/** A mesh of one vertex and one triangle, in a file of one face. */
const ONE = 'v 0.1 0 0\nf 1 1 1\n';

it.each([
  ['convert', 'in.obj', 'out.off', '-v'],
  ['convert', 'in.obj', 'out.off', '--precision', '1', '-v'],
  ['import', 'in.obj', 'new.db', '-v'],
  ['info', 'in.db'],
  ['export', 'in.db', 'out.off', '--drop', 'degenerate'],
  ['export', 'in.db', 'out', '--split', 'component'],
  ['export', 'in.db', '--explain', '--where', 'id = 0'],
  ['index', 'in.db'],
  ['check', 'in.db'],
  ['verify', 'in.db', 'in.obj'],
  ['verify', 'in.db', 'other.obj'],
  ['lint', 'in.off'],
  ['convert', 'number.raw', 'out.off'],
  ['convert', 'cut.off', 'out.off'],
  ['convert', 'trailing.stl', 'out.off'],
  ['convert', 'in.obj', 'out.off', '--max-size', '1'],
])('uses the singular for one thing: %j', async (...args) => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'in.obj'), ONE);
  writeFileSync(join(folder, 'other.obj'), ONE.replace('0.1', '0.2'));
  writeFileSync(join(folder, 'in.off'), 'OFF\n1 1 0\n0.1 0 0\n1 0\n');
  writeFileSync(join(folder, 'number.raw'), '1\n');
  writeFileSync(join(folder, 'cut.off'), 'OFF\n1 1 0\n0 0 0\n');
  const facet = Buffer.alloc(51);
  const count = Buffer.alloc(4);
  count.writeUInt32LE(1);
  writeFileSync(join(folder, 'trailing.stl'), Buffer.concat([Buffer.alloc(80), count, facet]));
  await runCli(['import', 'in.obj', 'in.db', '-q'], { cwd: folder });
  const { stdout, stderr } = await runCli(args, { cwd: folder });
  const said = `${stdout}${stderr}`;
  expect(said).toMatch(/\b1\b/);
  expect(said).not.toMatch(PLURALS);
});
