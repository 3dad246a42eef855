import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toBinaryStl } from '../../support/meshes.js';

it('sends messages to standard error, and data to standard output', async () => {
  const folder = freshFolder();
  // Four bytes too many are worth a warning wherever the file is read.
  writeFileSync(join(folder, 'in.stl'), Buffer.concat([toBinaryStl([...makeTube(12, 6)]), Buffer.alloc(4)]));
  const data = /^(?!warning|hint|offload)[\s\S]+$/;
  for (const [args, stdout, stderr] of [
    [
      ['convert', 'in.stl', '--verbose'],
      /^$/,
      /^in\.stl is stl .*\n(?:.*\n)*warning: .*\n(?:.*\n)*.* peak memory .*\n$/,
    ],
    [['convert', 'in.stl', '-'], /^OFF\n/, /^warning: /],
    [['import', 'in.stl', 'in.db'], /^$/, /^warning: .*\n.* triangles, .*\n/],
    [['export', 'in.db', '--force', '-v'], /^$/, / triangles, /],
    [['export', 'in.db', '-'], /^OFF\n/, / triangles, .*\n$/],
    [['export', 'in.db', 'cells', '--split', 'component'], /^$/, / triangles in 1 file in cells; /],
    [['export', 'in.db', '--explain', '--where', 'area > 1'], data, /^$/],
    [['index', 'in.db'], /^$/, / indexed in .*\n$/],
    [['filter', 'save', 'in.db', 'all', '--where', 'id >= 0'], /^$/, /^$/],
    [['filter', 'list', 'in.db'], /^all {2}--where/, /^$/],
    [['info', 'in.db', '--plots'], data, /^$/],
    [['check', 'in.stl'], data, /^warning: .*\n.* triangles, .*\n$/],
    [['verify', 'in.off', 'in.stl'], /^equal: .*\n$/, /^warning: .*\n.* peak memory .*\n$/],
    [['lint', 'in.off'], data, / read; .*\n$/],
    [['locate', 'in.db', '3'], /^triangle +3 in /, /^$/],
    [['sql', 'in.db', 'SELECT 1 AS one'], /^one\n1\n$/, /^$/],
    [['formats'], data, /^$/],
  ] as const) {
    const found = await runCli(args, { cwd: folder });
    expect(found.stdout.toString(), args.join(' ')).toMatch(stdout);
    expect(found.stderr, args.join(' ')).toMatch(stderr);
    expect(found.code, args.join(' ')).toBe(0);
  }
});
