/**
 * The program in a few files instead of two hundred: Node takes longer to find and link those than to run what is in
 * them, and each thread does it again. `npm run bench -- --triangles 1M --only convert` shows it: 0.75 s from single
 * modules, 0.70 s from bundled ones, 0.63 s as CommonJS. To shrink the text as well gained nothing.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dts } from 'rolldown-plugin-dts';

const common = {
  platform: 'node',
  logLevel: 'warn',
};

/** Packages that stay where npm has put them: SQLite, which has a native part, and what only patterns need. */
const PACKAGES = ['better-sqlite3', 'tinyglobby'];

/** What the start of each command needs. */
const START =
  /commander|src.(errors|wording|suggest|options|memory|io.package.package-file|commands.(program|options.(flags|name-values)|terminal.(answer|interrupted|paint|terminal|words)))\.ts$/;

/** What a plain conversion of binary STL to OFF does not need, by the file that holds it. */
const RARE = {
  numbers: /src.io.number-text/,
  '3mf': /src.(formats.3mf|io.zip)/,
  gltf: /src.formats.gltf/,
  ply: /src.formats.ply.(?!write)/,
  obj: /src.formats.obj.(?!write)/,
  off: /src.formats.off.(?!write)/,
  parquet: /src.formats.parquet|hyparquet/,
  topology: /src.(topology.(?!shell-verdicts)|pipeline.shells)/,
  geometry: /src.geometry.(?!linear|numbers|shapes|transform)|earcut|robust-predicates/,
  overflow:
    /src.(collections.(?!position-hash|spill-file)|database.build.position-sort|weld.(attribute-file|face-spool|weld-overflow|weld-partitions))/,
};

/** The modules of formats that stay with the list of formats: what a format is, and how its files begin. */
const DOOR = /src.formats.([^/]+).(\1|sniff|head|header|container|writer|options)\.ts$/;

/** Names the file of a module that few runs need. */
function nameRare(id) {
  if (DOOR.test(id)) return null;
  return Object.keys(RARE).find((name) => RARE[name].test(id)) ?? null;
}

/** The rest of what conversions need. Most of it is needed by most commands. */
const CONVERSION =
  /src.(collections|database|filter|formats|geometry|io|kernels|topology|weld|memory.plans|pipeline.(run|load|threads.thread|output-chunks|(convert|derive|export|select)-mesh)|commands.(convert\.|options|terminal|describe.describe-selection))/;

/** A file of the program, a module of Node or a package, as a chunk begins with it. */
const REQUIRED = /^(?:let|const) ([\w$]+) = (require\("([^"]+)"\));\n(?:\1 = (.*__toESM\()\1(, 1)?\);\n)?/gm;

/**
 * Loads files, modules of Node and packages when something in them is used for the first time. A small conversion needs
 * neither node:crypto nor most commands, and all together take longer to load than it takes.
 */
const loadOnDemand = {
  name: 'load-on-demand',
  renderChunk(text) {
    const names = [];
    const declared = text.replace(REQUIRED, (all, name, required, from, toModule, isNode = '') => {
      if (from.includes('rolldown-runtime')) return all;
      names.push(name);
      const value = toModule === undefined ? required : `${toModule}${required}${isNode})`;
      return `let ${name}$loaded;\nconst ${name} = () => (${name}$loaded ??= ${value});\n`;
    });
    if (names.length === 0) return declared;
    const name = `(?<![\\w$])(${names.map((one) => one.replaceAll('$', '\\$')).join('|')})(?![\\w$])`;
    const result = declared.replace(new RegExp(`${name}\\.(?=[\\w$])`, 'g'), '($1()).');
    const [rest] = new RegExp(`${name}(?! = \\(\\)|\\(\\)\\)\\.).*`).exec(result) ?? [];
    if (rest !== undefined) throw new Error(`not a member of a required file: ${rest}`);
    return result;
  },
};

/** A name that a file exports: a getter, in case that the value changes. */
const EXPORTED = /^Object\.defineProperty\(exports, "([\w$]+)", {[^}]*?\breturn ([\w$]+);\s*}\s*}\);$/gm;

/**
 * Makes files quicker to load. Values instead of getters, each of which would be a function to compile, suffice because
 * modules have no state. Without other characters than those of ASCII, V8 holds the text in one byte a character.
 */
const simplify = {
  name: 'simplify',
  // Earlier, the final formatting would undo some of it.
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      file.code = file.code
        .replace(EXPORTED, 'exports.$1 = $2;')
        .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    }
  },
};

/** The questions of the cookbook with their queries. */
function readCookbook() {
  const sections = readFileSync('docs/cookbook.md', 'utf8').split(/^## /m).slice(1);
  return sections.map((section) => ({
    question: section.slice(0, section.indexOf('\n')),
    query: /```sql\n(.*?)\n```/s.exec(section)[1],
  }));
}

/** Puts the HTML, the style sheets and the queries of the page beside its code. */
const copyStatic = {
  name: 'copy-static',
  generateBundle() {
    const cookbook = JSON.stringify(readCookbook());
    this.emitFile({ type: 'asset', fileName: 'cookbook.json', source: cookbook });
    for (const fileName of ['index.html', 'page.css', 'sql.css']) {
      this.emitFile({ type: 'asset', fileName, source: readFileSync(`web/${fileName}`) });
    }
  },
};

/** Lets SQLite make the databases with which loads begin. */
const makeEmptyDatabases = {
  name: 'make-empty-databases',
  writeBundle({ dir }) {
    const { makeEmpty } = createRequire(import.meta.url)(`./${dir}/empty-database.cjs`);
    mkdirSync('dist/empty', { recursive: true });
    for (const kind of ['plain', 'indexed']) {
      const { bytes, facts } = makeEmpty(kind === 'indexed');
      writeFileSync(`dist/empty/${kind}.db`, bytes);
      writeFileSync(`dist/empty/${kind}.json`, JSON.stringify(facts));
    }
  },
};

export default [
  {
    ...common,
    input: { main: 'src/main.ts', thread: 'src/thread.ts', job: 'src/job.ts' },
    external: PACKAGES,
    plugins: [loadOnDemand, simplify],
    preserveEntrySignatures: false,
    output: {
      dir: 'dist',
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name]-[hash].cjs',
      comments: { legal: true, annotation: false, jsdoc: false },
      codeSplitting: {
        // A file would also have what its modules import, and a conversion would load all.
        includeDependenciesRecursively: false,
        // A file for each set of commands would be a hundred, of which a conversion loads forty.
        groups: [
          { name: 'start', test: START, priority: 2 },
          { name: nameRare, debugName: 'rare', priority: 1 },
          { name: 'mesh', test: CONVERSION },
        ],
      },
    },
  },
  {
    ...common,
    input: { cli: 'src/cli.ts', index: 'src/index.ts' },
    // Two packages have a default export or many modules; the others are found by Node.
    external: /^(?!earcut$|hyparquet)[^./]/,
    output: { dir: 'dist' },
  },
  {
    ...common,
    input: 'src/database/build/empty-database.ts',
    external: PACKAGES,
    plugins: [makeEmptyDatabases],
    output: { dir: 'dist-types', format: 'cjs', entryFileNames: '[name].cjs' },
  },
  // The page, with all that it needs: it loads nothing from elsewhere. Its policy allows no code within the HTML.
  {
    logLevel: 'warn',
    platform: 'browser',
    input: { page: 'web/page.tsx', decode: 'web/scene/decode-worker.ts' },
    transform: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    plugins: [copyStatic],
    output: { dir: 'dist/web', minify: true, chunkFileNames: '[name]-[hash].js' },
  },
  // One file with the public declarations: users see no internal modules, and need no types of better-sqlite3.
  {
    ...common,
    input: { index: 'dist-types/index.d.ts' },
    external: /^[^./]/,
    plugins: dts({ dtsInput: true, oxc: true }),
    output: { dir: 'dist' },
  },
];
