import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './support/cli.js';
import { makeTube, toBinaryStl } from './support/meshes.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/lib/tsc.js');
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** A user's folder, in which the package is as npm unpacks it. */
let home: string;
let modules: string;

/** Compiles files of the user's folder as strictly as the compiler can; returns what it prints. */
async function compile(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<string> {
  const compilerOptions = {
    target: 'ES2022',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    outDir: 'out',
    ...options,
  };
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const { stdout } = await runProgram(process.execPath, [TSC, '-p', home], { cwd: home });
  return stdout.toString();
}

function link(name: string): void {
  mkdirSync(dirname(join(modules, name)), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'dir');
}

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'offload-package-'));
  modules = join(home, 'node_modules');
  mkdirSync(join(modules, 'offload'), { recursive: true });
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', home];
  execFileSync('npm', pack, { cwd: ROOT, shell: process.platform === 'win32' });
  const archive = readdirSync(home).find((name) => name.endsWith('.tgz'))!;
  execFileSync('tar', ['-xzf', join(home, archive), '-C', join(modules, 'offload'), '--strip-components=1']);
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
  copyFileSync(join(ROOT, 'test/package/program.ts'), join(home, 'program.ts'));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the package', () => {
  it('declares its types in one file without imports', () => {
    const files = readdirSync(join(modules, 'offload'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => name.endsWith('.d.ts'))).toEqual([join('dist', 'index.d.ts')]);
    const text = readFileSync(join(modules, 'offload/dist/index.d.ts'), 'utf8');
    expect(text).not.toMatch(/^\s*(?:import|\/\/\/)|\bimport\(|from ['"]/m);
    expect(text).not.toMatch(/\bfor tests\b|@internal/);
  });

  it('exports every type that a user may need to name', () => {
    const text = readFileSync(join(modules, 'offload/dist/index.d.ts'), 'utf8');
    const values = [...text.matchAll(/^declare (?:abstract )?(?:const|function|class) (\w+)/gm)];
    const exported = new Set(text.slice(text.lastIndexOf('export {')).match(/\w+/g));
    const hidden = values.map(([, name]) => name!).filter((name) => !exported.has(name));
    // Their types are computed from these.
    expect(hidden.sort()).toEqual(['DROPPABLE', 'ERROR_CODES', 'LENGTH_UNITS', 'VERDICTS', 'VIEWS']);
  });

  it.each([
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'bundler'],
  ])(
    'is compiled against without any other types, as %s with %s resolution',
    async (module, moduleResolution) => {
      expect(await compile(['program.ts'], { module, moduleResolution, types: [], noEmit: true })).toBe('');
    },
  );

  it('compiles with the types of Node and without a browser, and its example runs', async () => {
    for (const name of ['@types/node', 'undici-types', ...Object.keys(dependencies)]) link(name);
    const page = readFileSync(join(ROOT, 'docs/guide/library.md'), 'utf8');
    const [, example] = /```ts\n(.*?)```/s.exec(page)!;
    writeFileSync(join(home, 'example.ts'), example!);
    writeFileSync(join(home, 'scan.stl'), toBinaryStl(makeTube(100, 20)));
    const options = { module: 'NodeNext', lib: ['ES2023'], types: ['node'] };
    expect(await compile(['program.ts', 'example.ts'], options)).toBe('');

    const { code, stdout, stderr } = await runProgram(process.execPath, ['out/example.js'], { cwd: home });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const [, expected] = /```text\n(.*?)```/s.exec(page)!;
    expect(stdout.toString()).toBe(expected);
  });
});
