/** Covers: commands/options/flags. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { describeError, wordAsFlags } from '../src/commands/options/flags.js';
import {
  ERROR_CODES,
  FileError,
  FormatError,
  fileError,
  packError,
  systemCode,
  UsageError,
  unpackError,
} from '../src/errors.js';
import {
  checkMesh,
  convertMesh,
  exportMesh,
  importMesh,
  lintOff,
  locateTriangle,
  MeshDatabase,
  MeshError,
  splitMesh,
  verifyMesh,
} from '../src/index.js';
import { freshFolder } from './support/files.js';
import { makeTube, toBinaryStl } from './support/meshes.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SOURCES = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => [name, readFileSync(`${ROOT}src/${name}`, 'utf8')] as const);
const TABLE = Object.entries(ERROR_CODES).flatMap(([kind, codes]) =>
  Object.entries(codes).map(([code, meaning]) => [kind, code, meaning] as const),
);

async function failure(action: () => unknown): Promise<MeshError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof MeshError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

async function setUp() {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in.stl'), toBinaryStl(makeTube(10, 10)));
  await importMesh(at('in.stl'), at('mesh.db'));
  return at;
}

describe('codes of errors', () => {
  it('are exactly those of docs/guide/library.md', () => {
    const page = readFileSync(`${ROOT}docs/guide/library.md`, 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+Error)` \| `(\w+)` \| (.*) \|$/gm)];
    expect(rows.map(([, ...row]) => row)).toEqual(TABLE);
  });

  it('belong to one class each', () => {
    const codes = TABLE.map(([, code]) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each(TABLE.map(([, code]) => code))('include %s, which is thrown somewhere', (code) => {
    expect(SOURCES.some(([, text]) => new RegExp(`(?:code: |, |: |\\? )'${code}'`).test(text))).toBe(true);
  });

  it.each<[code: string, action: (at: (name: string) => string) => unknown]>([
    ['USAGE', (at) => convertMesh(at('in.stl'), at('in.stl'))],
    ['SQL_INVALID', (at) => exportMesh(at('mesh.db'), at('a.off'), { filter: { where: ['no > 1'] } })],
    ['SQL_INVALID', (at) => exportMesh(at('mesh.db'), at('a.off'), { filter: { sql: ['DELETE FROM x'] } })],
    ['SQL_INVALID', (at) => MeshDatabase.open(at('mesh.db')).select('SELECT 1 FROM nowhere')],
    ['SQL_INVALID', (at) => MeshDatabase.open(at('mesh.db')).select('DELETE FROM vertices')],
    ['NOT_IN_MESH', (at) => locateTriangle(at('mesh.db'), 1e6)],
    ['NOT_IN_MESH', (at) => splitMesh(at('mesh.db'), at('out'), { by: 'part' })],
    [
      'NOT_IN_MESH',
      (at) =>
        exportMesh(at('mesh.db'), at('a.off'), { filter: { components: [{ kind: 'number', number: 9 }] } }),
    ],
    ['FILE_NOT_FOUND', (at) => importMesh(at('none.stl'), at('b.db'))],
    ['FILE_NOT_FOUND', (at) => checkMesh(at('none.db'))],
    ['FILE_NOT_FOUND', (at) => importMesh(at('in.stl'), at('no/b.db'))],
    ['FILE_EXISTS', (at) => importMesh(at('in.stl'), at('mesh.db'))],
    [
      'FILE_ERROR',
      (at) => {
        mkdirSync(at('d'));
        return importMesh(at('d'), at('b.db'));
      },
    ],
    [
      'DATABASE_NEWER',
      (at) => {
        const db = new Database(at('mesh.db'));
        db.pragma('user_version = 99');
        db.close();
        return checkMesh(at('mesh.db'));
      },
    ],
    [
      'SOURCE_CHANGED',
      (at) => {
        writeFileSync(at('in.stl'), 'solid');
        return locateTriangle(at('mesh.db'), 0);
      },
    ],
    ['DATABASE_FOREIGN', (at) => checkMesh(at('in.stl'))],
    [
      'DATABASE_DAMAGED',
      (at) => {
        writeFileSync(at('t.db'), readFileSync(at('mesh.db')).subarray(0, 8192));
        return checkMesh(at('t.db'));
      },
    ],
    [
      'FORMAT_INVALID',
      (at) => {
        writeFileSync(at('x.raw'), '0 0 0 1 0 0 0 1 x\n');
        return convertMesh(at('x.raw'), '-');
      },
    ],
    [
      'FORMAT_UNKNOWN',
      (at) => {
        writeFileSync(at('x'), 'hello');
        return convertMesh(at('x'), at('x.off'));
      },
    ],
    ['FORMAT_UNKNOWN', (at) => lintOff(at('in.stl'))],
    [
      'FORMAT_TRUNCATED',
      (at) => {
        writeFileSync(at('t.stl'), readFileSync(at('in.stl')).subarray(0, 500));
        return verifyMesh(at('t.stl'), at('mesh.db'));
      },
    ],
    ['INPUT_TOO_LARGE', (at) => importMesh(at('in.stl'), at('b.db'), { maxBytes: 100 })],
    [
      'EMPTY',
      (at) => exportMesh(at('mesh.db'), at('a.off'), { filter: { where: ['area < 0'] }, failIfEmpty: true }),
    ],
  ])('tell %s', async (code, action) => {
    const at = await setUp();
    expect((await failure(() => action(at))).code).toBe(code);
  });

  it('survive the transfer from a thread', () => {
    const sent = new FileError('a.off: cannot write', { code: 'DISK_FULL', hint: 'make space' });
    const received = unpackError(structuredClone(packError(sent)));
    expect(received).toBeInstanceOf(FileError);
    expect(received).toMatchObject({ code: 'DISK_FULL', hint: 'make space', message: sent.message });
    const place = new FormatError('cut', { code: 'FORMAT_TRUNCATED', place: { line: 3 }, file: 'a.obj' });
    const arrived = unpackError(structuredClone(packError(place)));
    expect(arrived).toBeInstanceOf(FormatError);
    expect(arrived).toMatchObject({ message: 'a.obj: line 3: cut', problem: 'cut', place: { line: 3 } });
    const usage = unpackError(packError(new UsageError('too small', { option: 'memoryBytes' })));
    expect(usage).toMatchObject({ message: 'memoryBytes: too small', option: 'memoryBytes' });
  });

  it('differ from those of the system', () => {
    const system = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const error = fileError(system, 'write', 'a.off') as FileError;
    expect(error).toMatchObject({ code: 'DISK_FULL', cause: system });
    expect(systemCode(system)).toBe('ENOSPC');
    expect(systemCode(error)).toBeUndefined();
    expect(fileError(error, 'write', 'b.off')).toBe(error);
  });

  it('stay if an error gets the name of its source', () => {
    const error = new FormatError('cut', { code: 'FORMAT_TRUNCATED', place: { line: 3 } }).in('a.obj');
    expect(error).toMatchObject({ code: 'FORMAT_TRUNCATED', message: 'a.obj: line 3: cut', file: 'a.obj' });
  });
});

describe('hints', () => {
  // Of SQL sessions and saved filters, which only the command line has.
  const COMMAND_LINE = ['sql/session.ts', 'sql/errors.ts', 'saved-filters.ts'];

  it('of the library name options and functions, not flags and commands', () => {
    for (const [name, text] of SOURCES) {
      if (/^(?:commands|view|main)\b/.test(name) || COMMAND_LINE.some((end) => name.endsWith(end))) continue;
      const code = text.replace(/\/\*.*?\*\/|^\s*\/\/.*$/gms, '');
      const flags = code
        .match(/['"`(, ]--[a-z]+(?:-[a-z]+)*/g)
        ?.filter((flag) => !/--(?:long|depth|patience|release)/.test(flag));
      expect(flags ?? [], name).toEqual([]);
    }
  });

  it('name only things that the command line has a word for', () => {
    const meanings: readonly string[] = TABLE.map(([, , meaning]) => meaning);
    const mentions = SOURCES.filter(([name]) => !/^(?:commands|main)\b/.test(name)).flatMap(([, text]) => {
      const quoted = text.match(/'[^'\n]*'|"[^"\n]*"/g) ?? [];
      const plain = quoted.filter((literal) => !meanings.includes(literal.slice(1, -1)));
      return [...plain, ...(text.match(/\\`[^`\n]*\\`/g) ?? [])].flatMap(
        (literal) => literal.replaceAll('\\`', '`').match(/`[A-Za-z.]+(?:: [^`]*)?`/g) ?? [],
      );
    });
    expect(mentions.length).toBeGreaterThan(20);
    for (const mention of new Set(mentions)) expect(wordAsFlags(mention), mention).not.toContain('`');
  });

  it.each([
    ['`salvage: true` recovers the complete triangles', '--salvage recovers the complete triangles'],
    ['`memoryBytes: 314572800` goes on', '--memory 300M goes on'],
    ['another disk with `tempFolder`; `maxBytes` limits', 'another disk with --tmp; --max-size limits'],
    ['`importMesh` creates one', 'offload import creates one'],
    ['`unknown: true` and `toString` stay', '`unknown: true` and `toString` stay'],
  ])('become flags: %s', (hint, flags) => {
    expect(wordAsFlags(hint)).toBe(flags);
  });

  it('and messages about an option begin with its flag', () => {
    const error = new UsageError('x: no such column', { option: 'filter.where' });
    expect(error.message).toBe('filter.where: x: no such column');
    expect(describeError(error)).toBe('--where: x: no such column');
    expect(describeError(new UsageError('wrong', { option: 'filter.no' }))).toBe('filter.no: wrong');
    expect(describeError(new FileError('a: already exists'))).toBe('a: already exists');
  });
});
