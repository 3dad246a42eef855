import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** What stands at the top of src and below every folder. */
const WORDS = ['mesh', 'memory', 'errors', 'wording', 'suggest', 'options'];
const PARTS = [
  'io',
  'kernels',
  'collections',
  'geometry',
  'formats',
  'weld',
  'database',
  'topology',
  'filter',
  'tiles',
  'render',
];

/** Who may import whom; a part is a folder or a file at the top of src. Each may always import itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  mesh: [],
  memory: [],
  errors: [],
  wording: [],
  suggest: [],
  options: ['errors', 'suggest', 'wording'],
  io: WORDS,
  kernels: ['io', ...WORDS],
  collections: ['io', ...WORDS],
  geometry: ['collections', ...WORDS],
  formats: ['kernels', 'io', ...WORDS],
  lint: ['formats', 'io', ...WORDS],
  weld: ['kernels', 'geometry', 'collections', ...WORDS],
  database: ['weld', 'kernels', 'geometry', 'collections', 'io', ...WORDS],
  topology: ['database', 'geometry', 'collections', 'io', ...WORDS],
  filter: ['topology', 'database', 'weld', 'geometry', 'collections', ...WORDS],
  render: ['geometry', ...WORDS],
  tiles: ['database', 'geometry', 'collections', 'io', ...WORDS],
  pipeline: ['lint', ...PARTS, ...WORDS],
  view: ['pipeline', ...PARTS, ...WORDS],
  commands: ['view', 'pipeline', 'lint', ...PARTS, ...WORDS],
  main: ['commands', 'errors'],
  thread: ['pipeline', 'errors'],
  job: ['view', 'errors'],
  cli: [],
  index: ['pipeline', 'lint', ...PARTS, ...WORDS],
};

/**
 * What the folders within a part may import of each other. A folder may import what stands in the folders above it, and
 * what stands above may import its folders: the circle test below keeps files apart.
 */
const INNER: Readonly<Record<string, readonly string[]>> = {
  'io/number-text': [],
  'io/package': ['io/input'],
  'io/input': ['io/compression'],
  'io/zip': ['io/compression'],
  'io/compression': ['io/output'],
  'io/output': ['io/compression'],
  'formats/shared': [],
  'formats/stl': ['formats/shared'],
  'formats/stl/write': ['formats/shared'],
  'formats/obj': ['formats/shared'],
  'formats/obj/write': ['formats/shared'],
  'formats/parquet': ['formats/shared'],
  'formats/ply': ['formats/shared'],
  'formats/ply/text': ['formats/shared'],
  'formats/ply/write': ['formats/shared'],
  'formats/3mf': ['formats/shared'],
  'formats/gltf': ['formats/shared'],
  'formats/gltf/read': ['formats/shared'],
  'formats/off': ['formats/shared'],
  'formats/off/read': ['formats/shared'],
  'formats/off/write': ['formats/shared'],
  'lint/readers': [],
  'collections/sort': [],
  'database/pages': [],
  'database/rows': ['database/pages'],
  'database/build': ['database/pages'],
  'database/sql': [],
  'filter/expression': [],
  'pipeline/run': [],
  'pipeline/hash': [],
  'pipeline/threads/roles': ['pipeline/hash'],
  'pipeline/threads': ['pipeline/run', 'pipeline/hash'],
  'pipeline/load': ['pipeline/run', 'pipeline/threads', 'pipeline/load/batches'],
  'pipeline/load/batches': [],
  'pipeline/scan': ['pipeline/run', 'pipeline/threads'],
  'pipeline/shells': ['pipeline/run', 'pipeline/scan'],
  'pipeline/flaws': ['pipeline/shells'],
  'pipeline/locate': ['pipeline/run'],
  'pipeline/shard': ['pipeline/run'],
  'pipeline/view': ['pipeline/run'],
  'pipeline/verify': [
    'pipeline/run',
    'pipeline/load',
    'pipeline/load/batches',
    'pipeline/scan',
    'pipeline/threads',
    'pipeline/hash',
  ],
  'tiles/coarse': [],
  'view/wire': [],
  'view/facts': ['view/wire'],
  'view/routes/tiles': ['view/jobs', 'view/wire', 'view/facts'],
  'view/routes': ['view/jobs', 'view/wire', 'view/facts'],
  'view/jobs': ['view/wire'],
  'commands/terminal': ['commands/options'],
  'commands/options': [],
  'commands/describe': ['commands/terminal'],
  'commands/reference': ['commands/options'],
  'commands/sql': [],
  'commands/view': ['commands/options', 'commands/terminal'],
  'commands/shard': ['commands/options', 'commands/terminal'],
  'commands/cluster': ['commands/options', 'commands/terminal'],
};

/** Modules that only one part may import. */
const DOORS: Readonly<Record<string, string>> = {
  'better-sqlite3': 'database',
  commander: 'commands',
  earcut: 'geometry',
  hyparquet: 'formats',
  'hyparquet-writer': 'formats',
  'hyparquet-writer/src/datapage.js': 'formats',
  'robust-predicates': 'geometry',
  tinyglobby: 'io',
  'node:worker_threads': 'pipeline',
  'node:http': 'view',
  'node:fs': 'io',
  'node:fs/promises': 'io',
  'node:net': 'io',
  'node:stream': 'io',
  'node:stream/promises': 'io',
  'node:zlib': 'io',
};
const EVERYWHERE = ['node:buffer', 'node:path'];
/** Modules of Node that a part may import beside those of its own. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  main: ['commander'],
  cli: ['node:module'],
  thread: ['node:module', 'node:worker_threads'],
  io: ['node:crypto', 'node:module', 'node:os', 'node:url', 'node:util'],
  database: ['node:module'],
  pipeline: ['node:module', 'node:os'],
  view: ['node:child_process', 'node:crypto', 'node:module'],
  commands: ['node:child_process', 'node:events', 'node:os', 'node:readline', 'node:util'],
};

/** The most files that stand in one folder, and the most of all lines that are in one part. */
const FILES_MAX = 15;
const SHARE_MAX = 0.3;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const textOf = new Map(files.map((path) => [path, readFileSync(SRC + path, 'utf8')]));

const partOf = (path: string): string => path.replace(/\.ts$/, '').split('/')[0]!;
const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');

/** What a file imports, types included: paths below src, and names of modules. */
function importsOf(path: string): string[] {
  const pattern = /^(?:import|export)[^'"]*? from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gms;
  return [...textOf.get(path)!.matchAll(pattern)].map((m) => {
    const name = m[1] ?? m[2] ?? m[3]!;
    if (!name.startsWith('.')) return name;
    return new URL(name, `file:///${path}`).pathname.slice(1).replace(/\.js$/, '.ts');
  });
}

const isFile = (name: string): boolean => textOf.has(name);

/** Files by what `keyOf` says of them. */
function groupFiles(keyOf: (path: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of files) groups.set(keyOf(path), [...(groups.get(keyOf(path)) ?? []), path]);
  return groups;
}

/** The first circle of imports that is found from each file on. */
function findCircles(): string[] {
  const circles: string[] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (path.includes(file) || finished.has(file)) return;
    path.push(file);
    for (const target of importsOf(file).filter(isFile)) visit(target);
    path.pop();
    finished.add(file);
  };
  for (const file of files) visit(file);
  return circles;
}

describe('architecture', () => {
  it('finds the files and their imports', () => {
    expect(files.length).toBeGreaterThan(200);
    expect(files.flatMap(importsOf).filter(isFile).length).toBeGreaterThan(600);
  });

  it.each(files)('%s imports only what its part may', (path) => {
    const part = partOf(path);
    const allowed = ARROWS[part];
    expect(allowed, `no arrows for the part '${part}'`).toBeDefined();
    for (const name of importsOf(path)) {
      if (isFile(name)) {
        expect([part, ...allowed!], `${path} imports ${name}`).toContain(partOf(name));
      } else {
        const isAllowed = DOORS[name] === part || EVERYWHERE.includes(name) || ALSO[part]?.includes(name);
        expect(isAllowed, `${path} imports ${name}`).toBe(true);
      }
    }
  });

  it.each(files.filter((path) => folderOf(path).includes('/')))(
    '%s imports only what its folder may',
    (path) => {
      const folder = folderOf(path);
      const allowed = INNER[folder];
      expect(allowed, `no arrows for the folder '${folder}'`).toBeDefined();
      for (const name of importsOf(path).filter(
        (target) => partOf(target) === partOf(path) && isFile(target),
      )) {
        const target = folderOf(name);
        const isNear = folder.startsWith(target) || target.startsWith(`${folder}/`);
        expect(isNear || allowed!.includes(target), `${path} imports ${name}`).toBe(true);
      }
    },
  );

  it('knows single formats in formats, lint and the names of the library alone', () => {
    const folders = ['3mf', 'gltf', 'obj', 'off', 'ply', 'stl'].map((name) => `formats/${name}/`);
    expect(folders.filter((folder) => !files.some((path) => path.startsWith(folder)))).toEqual([]);
    const others = files.filter((path) => !['formats', 'lint', 'index'].includes(partOf(path)));
    const found = others.flatMap((path) =>
      importsOf(path)
        .filter((name) => folders.some((folder) => name.startsWith(folder)))
        .map((name) => `${path} imports ${name}`),
    );
    // What the header of a binary STL says of its attribute words is asked when these are exported.
    expect(found.filter((line) => !line.endsWith(' imports formats/stl/color.ts'))).toEqual([]);
  });

  it('has no circle of imports', () => {
    expect(findCircles()).toEqual([]);
  });

  it('has folders of limited size', () => {
    for (const [folder, names] of groupFiles(folderOf)) {
      expect(names.length, folder).toBeLessThanOrEqual(FILES_MAX);
    }
    const linesOf = (names: readonly string[]) =>
      names.reduce((sum, name) => sum + textOf.get(name)!.split('\n').length, 0);
    for (const [part, names] of groupFiles(partOf)) {
      expect(linesOf(names) / linesOf(files), part).toBeLessThanOrEqual(SHARE_MAX);
    }
  });

  it('opens every file with what it is for', () => {
    for (const [path, text] of textOf) {
      expect(text.replace(/^#!.*\n/, ''), path).toMatch(/^\/\*\*/);
    }
  });

  it('keeps the console, argv and the environment to the commands', () => {
    for (const path of files.filter((name) => !['commands', 'main', 'cli'].includes(partOf(name)))) {
      expect(textOf.get(path), path).not.toMatch(/console\.|process\.(argv|env|exit|stderr)/);
    }
  });
});
