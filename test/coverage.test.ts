/** Tests mirror src: each test stands where the code it tests stands, and each file of code has a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Tests of the project as a whole. */
const PROJECT = ['architecture', 'chunks', 'cookbook', 'coverage', 'docs', 'golden', 'library', 'package'];
/** Folders that mirror no part of src: promises across the program, the SQL of migrations/, the benchmarks, and the page. */
const APART = ['promises', 'migrations', 'bench', 'web'];

/** Paths of files below a folder, without their endings, for those that match. */
function listFiles(folder: string, ending: RegExp): string[] {
  return readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path))
    .map((path) => path.replace(ending, ''))
    .sort();
}

const sources = listFiles('src', /\.ts$/);
const tests = listFiles('test', /\.test\.ts$/);

/** Files that a test covers beside that of its own name: its opening comment lists them after "Covers:". */
function coveredBy(test: string): string[] {
  const [comment = ''] = /^\/\*\*.*?\*\//s.exec(readFileSync(`${ROOT}test/${test}.test.ts`, 'utf8')) ?? [];
  const [, list = ''] = /\bCovers: ([^.]*)\./.exec(comment.replace(/\n \*/g, ' ')) ?? [];
  return list.split(',').flatMap((name) => name.trim() || []);
}

/** Statements that leave nothing in the compiled file. */
const TYPE_STATEMENTS = ['ImportDeclaration', 'TSInterfaceDeclaration', 'TSTypeAliasDeclaration'];

/** Whether a file has nothing but types. */
function hasOnlyTypes(source: string): boolean {
  const { body } = parseAst(readFileSync(`${ROOT}src/${source}.ts`, 'utf8'), { lang: 'ts' });
  return body.every((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return TYPE_STATEMENTS.includes(statement.type);
    return statement.exportKind === 'type' || TYPE_STATEMENTS.includes(statement.declaration?.type ?? '');
  });
}

describe('tests', () => {
  it('stand where the file of src stands that they test', () => {
    // Property tests may stand in a file of their own.
    const mirrored = [...tests, ...listFiles('test', /\.slow\.ts$/)]
      .filter((test) => !PROJECT.includes(test) && !APART.includes(test.split('/')[0]!))
      .map((test) => test.replace(/\.random$/, ''));
    expect(mirrored.filter((test) => !sources.includes(test))).toEqual([]);
  });

  it('name files after "Covers:" that exist and have no test of their own', () => {
    const named = tests.flatMap(coveredBy);
    expect(named.length).toBeGreaterThan(200);
    expect(named.filter((name) => !sources.includes(name))).toEqual([]);
    expect(named.filter((name) => tests.includes(name))).toEqual([]);
  });

  it('exist for every file of src that has more than types', () => {
    const covered = new Set([...tests, ...tests.flatMap(coveredBy)]);
    const untested = sources.filter((source) => !hasOnlyTypes(source) && !covered.has(source));
    expect(
      untested,
      'add test/<file>.test.ts, or name the file after "Covers:" at the top of a test',
    ).toEqual([]);
    expect(sources.filter(hasOnlyTypes)).toContain('mesh');
  });
});
