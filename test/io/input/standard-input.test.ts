/** What a shell may connect standard input to, in processes of their own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, runProgram } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { countTube, makeTube, toBinaryStl } from '../../support/meshes.js';

const mesh = toBinaryStl(makeTube(100, 20));

describe.skipIf(process.platform === 'win32')('standard input', () => {
  /** Runs `convert - -` in a shell, as `$convert` in the script, with the mesh in `mesh.stl`. */
  async function run(script: string) {
    const folder = freshFolder();
    writeFileSync(join(folder, 'mesh.stl'), mesh);
    const convert = `'${process.execPath}' '${CLI}' convert - - --quiet`;
    return await runProgram('sh', ['-c', script.replaceAll('$convert', convert)], { cwd: folder });
  }

  it.each([
    ['a file', '$convert < mesh.stl'],
    [
      'a file whose beginning has been read',
      '(printf 12345; cat mesh.stl) > long; (dd bs=5 count=1 of=five 2>/dev/null; $convert) < long',
    ],
    ['a pipe', 'cat mesh.stl | $convert'],
    ['a pipe that is filled slowly', '(head -c 1000 mesh.stl; sleep 0.3; tail -c +1001 mesh.stl) | $convert'],
    ['a named pipe', 'mkfifo pipe; cat mesh.stl > pipe & $convert < pipe'],
  ])('may be %s', async (_, script) => {
    const { code, stdout, stderr } = await run(script);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { triangles, vertices } = countTube(100, 20);
    const lines = stdout.toString().trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual(['OFF', `${vertices} ${triangles} 0`]);
    expect(lines.length).toBe(2 + vertices + triangles);
  });

  it.each([
    ['a folder', '$convert < .', 'cannot read: it is a directory'],
    ['closed', '$convert <&-', 'byte 0: the file is empty (0 bytes); expected a mesh'],
    ['open for writing only', '$convert 0> other', 'cannot read: EBADF'],
    ['an empty device', '$convert < /dev/null', 'byte 0: the file is empty (0 bytes); expected a mesh'],
  ])('is refused if it is %s', async (_, script, problem) => {
    const { code, stderr } = await run(script);
    expect(stderr.split('\n')[0]).toBe(`offload: standard input: ${problem}`);
    expect(code).toBe(1);
  });
});
