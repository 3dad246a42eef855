/** Covers: commands/describe/describe-off. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OFF_READERS } from '../../src/lint/readers.js';
import { CLI, runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toAsciiStl, toBinaryStl } from '../support/meshes.js';
import { LINT_FILES } from '../support/off-lint-files.js';

function setUp(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = freshFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

interface Entry {
  readonly id: string;
  readonly verdict: string;
  readonly findings: readonly unknown[];
}

/** The verdicts of all readers, by their ids. */
async function verdictsOf(folder: string, file: string): Promise<Readonly<Record<string, string>>> {
  const { stdout, code } = await runCli(['lint', file, '--json'], { cwd: folder });
  expect(code).toBe(0);
  const { readers } = JSON.parse(stdout.toString()) as { readers: readonly Entry[] };
  return Object.fromEntries(readers.map(({ id, verdict }) => [id, verdict]));
}

describe('offload lint', () => {
  it('describes the file, with a line for each reader, the worst first', async () => {
    const folder = setUp({ 'in.off': LINT_FILES.colorsFloat4 });
    const { code, stdout, stderr } = await runCli(['lint', 'in.off'], { cwd: folder });
    expect(code).toBe(0);
    const [first, ...lines] = stdout.toString().trimEnd().split('\n');
    expect(first).toBe(
      'in.off: text OFF of 145 bytes, COFF, 4 vertices with 4 color numbers up to 1, 4 triangles',
    );
    expect(lines).toHaveLength(OFF_READERS.length);
    expect(lines.map((line) => /(refuses|misreads|drops|ok)/.exec(line)![1])).toEqual([
      ...Array(4).fill('refuses'),
      ...Array(3).fill('misreads'),
      ...Array(4).fill('drops'),
      ...Array(4).fill('ok'),
    ]);
    expect(stdout.toString()).toMatch(
      /^Open3D 0\.16\.1 +misreads: divides colors by 255: nearly black, line 3 and 3 more; drops: alpha, line 6$/m,
    );
    expect(stderr).toMatch(/^hint: offload convert in\.off plain\.off writes plain OFF, .*--dialect int255/);
    expect(stderr).toMatch(/\n145 bytes read; .*peak memory [\d.]+ MB\n$/);
  });

  it('names dialects of colors only for colors that their readers keep', async () => {
    const hint = 'hint: offload convert in.off plain.off writes plain OFF, which all of them read';
    for (const [name, expected] of [
      ['faceColorsFloat4', `${hint}; with --colors for Geomview\n`],
      [
        'bothColors',
        `${hint}; with --colors for Geomview, with --colors --dialect int255 for Open3D and libigl\n`,
      ],
      ['commentInFaces', `${hint}\n`],
    ] as const) {
      const { stderr } = await runCli(['lint', 'in.off'], { cwd: setUp({ 'in.off': LINT_FILES[name] }) });
      expect(stderr.startsWith(expected), stderr).toBe(true);
    }
  });

  it('accepts the output of offload, from text and from binary STL', async () => {
    const tube = [...makeTube(12, 8)];
    const folder = setUp({ 'a.stl': toAsciiStl(tube), 'b.stl': toBinaryStl(tube) });
    for (const name of ['a', 'b']) {
      expect((await runCli(['convert', `${name}.stl`, '-q'], { cwd: folder })).code).toBe(0);
      const { code, stdout, stderr } = await runCli(['lint', `${name}.off`, '--strict'], { cwd: folder });
      expect(code).toBe(0);
      const lines = stdout.toString().trimEnd().split('\n').slice(1);
      for (const line of lines) expect(line).toMatch(/ {2}(ok|rounds: positions to float32.*)$/);
      if (name === 'b') expect(lines.filter((line) => line.endsWith('ok'))).toHaveLength(OFF_READERS.length);
      expect(stderr).not.toContain('hint');
    }
  });

  it('recognizes the dialects of colors', async () => {
    const folder = setUp({ 'in.off': LINT_FILES.bothColors });
    const convert = (name: string, ...args: string[]) =>
      runCli(['convert', 'in.off', name, '--colors', ...args], { cwd: folder });
    expect((await convert('float.off')).code).toBe(0);
    expect((await convert('byte.off', '--dialect', 'int255')).code).toBe(0);
    const float = await verdictsOf(folder, 'float.off');
    expect(float).toMatchObject({ geomview: 'ok', open3d: 'misreads', libigl: 'misreads' });
    const byte = await verdictsOf(folder, 'byte.off');
    expect(byte).toMatchObject({ geomview: 'misreads', open3d: 'drops', libigl: 'drops', meshlab: 'ok' });
  });

  it('prints facts and findings for scripts', async () => {
    const folder = setUp({ 'in.off': LINT_FILES.commentInFaces });
    const { code, stdout } = await runCli(['lint', 'in.off', '--json'], { cwd: folder });
    expect(code).toBe(0);
    const { file, facts, readers } = JSON.parse(stdout.toString()) as {
      file: string;
      facts: { faces: { comments: unknown } };
      readers: readonly Entry[];
    };
    expect(file).toBe('in.off');
    expect(facts.faces.comments).toEqual({ count: 1, line: 8 });
    expect(readers.map(({ id }) => id)).toEqual(OFF_READERS.map(({ id }) => id));
    expect(readers.find(({ id }) => id === 'assimp')).toEqual({
      id: 'assimp',
      name: 'assimp',
      version: '5.2.5',
      verdict: 'misreads',
      findings: [
        {
          verdict: 'misreads',
          what: 'takes comments and whitespace-only lines for faces, and loses as many',
          count: 1,
          line: 8,
        },
      ],
    });
  });

  it('judges only for the named readers, and exits with 1 if one of them misreads the file', async () => {
    const folder = setUp({ 'in.off': LINT_FILES.crlf });
    const lint = (...args: string[]) => runCli(['lint', 'in.off', '--strict', ...args], { cwd: folder });
    const good = await lint('--for', 'open3d, CGAL,open3d');
    expect(good.code).toBe(0);
    expect(good.stdout.toString().split('\n').slice(1)).toEqual([
      'Open3D 0.16.1  ok',
      'CGAL 5.5.1     ok',
      '',
    ]);
    const bad = await lint('--for', 'geomview,cgal');
    expect(bad.code).toBe(1);
    expect(bad.stdout.toString()).toContain('Geomview 1.9.5  refuses: line ends with a carriage return\n');
    const unknown = await lint('--for', 'word');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('--for word: expected a list of geomview, meshlab, ');
  });

  it('reads standard input and compressed files', async () => {
    const folder = setUp({ 'in.off.gz': gzipSync(LINT_FILES.plain) });
    const piped = await runCli(['lint', '-'], { input: LINT_FILES.noKeyword });
    expect(piped.code).toBe(0);
    expect(piped.stdout.toString()).toMatch(
      /^standard input: text OFF of 74 bytes, no keyword, 4 vertices, 4 triangles\n/,
    );
    const packed = await runCli(['lint', 'in.off.gz', '--for', 'trimesh'], { cwd: folder });
    expect(packed.stdout.toString()).toMatch(
      / \(gzip\), .*\ntrimesh 4 {2}refuses: gzip: it does not decompress\n$/s,
    );
  });

  it.each([
    ['none.off', /^offload: none\.off: cannot read: no such file or directory\n$/],
    ['folder', /^offload: folder: is a directory/],
    ['empty.off', /^offload: empty\.off: byte 0: the file is empty; expected OFF\n$/],
    ['cut.off', /^offload: cut\.off: line 3: truncated: the file ends after 1 of 4 vertices\n/],
    ['index.off', /^offload: index\.off: line 8: face refers to vertex 9, but the file has 4 vertices/],
    ['words.off', /^offload: words\.off: line 1: no OFF keyword, found 'some'; expected 'OFF'/],
    ['in.stl', /^offload: in\.stl: byte 0: STL.*; expected OFF\nhint: convert it with offload convert\n$/],
    ['page.html', /^offload: page\.html: .*expected/],
  ])('refuses %s as it is', async (name, message) => {
    const folder = setUp({
      'empty.off': '',
      'cut.off': 'OFF\n4 4 0\n0 0 0\n',
      'index.off': LINT_FILES.plain.replace('3 0 1 3', '3 0 1 9'),
      'words.off': 'some words\n',
      'in.stl': toBinaryStl([...makeTube(5, 4)]),
      'page.html': '<!DOCTYPE html><html></html>',
    });
    mkdirSync(join(folder, 'folder'));
    const { code, stdout, stderr } = await runCli(['lint', name], { cwd: folder });
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stdout.length).toBe(0);
  });

  it('escapes control characters of names', async () => {
    const folder = setUp({ 'a\x1b[31m.off': LINT_FILES.lowerCase });
    const { code, stdout, stderr } = await runCli(['lint', 'a\x1b[31m.off', '--strict'], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout.toString() + stderr).not.toContain('\x1b');
    expect(stdout.toString()).toMatch(/^a\\x1b\[31m\.off: /);
  });

  it('accepts a closed pipe', async () => {
    const folder = setUp({ 'in.off': LINT_FILES.plain });
    const child = spawn(process.execPath, [CLI, 'lint', 'in.off'], { cwd: folder });
    child.stdout.destroy();
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect(Buffer.concat(stderr).toString()).toMatch(/^78 bytes read; [^\n]*\n$/);
  });
});
