import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** Who may import whom; a part is a folder or a file at the top of src. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  mesh: [],
  errors: [],
  wording: [],
  suggest: [],
  options: ['errors', 'suggest'],
  io: ['mesh', 'options', 'errors', 'wording'],
  formats: ['io', 'mesh', 'options', 'errors', 'wording', 'suggest'],
  database: ['io', 'mesh', 'options', 'errors', 'wording', 'suggest'],
  pipeline: ['formats', 'database', 'io', 'mesh', 'options', 'errors', 'wording', 'suggest'],
  commands: ['pipeline', 'formats', 'database', 'io', 'mesh', 'errors', 'wording', 'suggest'],
  main: ['commands', 'errors'],
  cli: [],
  index: ['pipeline', 'formats', 'database', 'io', 'mesh', 'errors', 'wording'],
};

/** Modules that only one part may import. */
const DOORS: Readonly<Record<string, string>> = {
  'better-sqlite3': 'database',
  commander: 'commands',
  earcut: 'database',
  'robust-predicates': 'database',
  'node:worker_threads': 'pipeline',
  'node:fs': 'io',
  'node:fs/promises': 'io',
  'node:net': 'io',
  'node:stream': 'io',
  'node:zlib': 'io',
};
const EVERYWHERE = ['node:buffer', 'node:path'];
/** The error boundary has to know the argument parser's errors. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  main: ['commander'],
  cli: ['node:module'],
  io: ['node:crypto', 'node:module', 'node:os', 'node:url'],
  database: ['node:module'],
  pipeline: ['node:module', 'node:os'],
  commands: ['node:child_process', 'node:events', 'node:os', 'node:readline', 'node:util'],
};

const partOf = (path: string): string => path.replace(/\.ts$/, '').split('/')[0]!;
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

function importsOf(path: string): string[] {
  const text = readFileSync(SRC + path, 'utf8');
  const pattern = /^(?:import|export)[^'"]*? from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gms;
  return [...text.matchAll(pattern)].map((m) => m[1] ?? m[2] ?? m[3]!);
}

describe('architecture', () => {
  it('finds the files and their imports', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap(importsOf).length).toBeGreaterThan(60);
  });

  it.each(files)('%s imports only what its part may', (path) => {
    const part = partOf(path);
    const allowed = ARROWS[part];
    expect(allowed, `no arrows for the part '${part}'`).toBeDefined();
    for (const name of importsOf(path)) {
      if (name.startsWith('.')) {
        const target = partOf(new URL(name, `file:///${path}`).pathname.slice(1).replace(/\.js$/, '.ts'));
        expect([part, ...allowed!], `${path} imports ${name}`).toContain(target);
      } else {
        const isAllowed = DOORS[name] === part || EVERYWHERE.includes(name) || ALSO[part]?.includes(name);
        expect(isAllowed, `${path} imports ${name}`).toBe(true);
      }
    }
  });

  it('keeps the console, argv and the environment to the commands', () => {
    for (const path of files.filter((name) => !['commands', 'main', 'cli'].includes(partOf(name)))) {
      const text = readFileSync(SRC + path, 'utf8');
      expect(text, path).not.toMatch(/console\.|process\.(argv|env|exit|stderr)/);
    }
  });
});
