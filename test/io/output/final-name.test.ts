import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nameDatabase, nameFile, nameFolder } from '../../../src/io/output/final-name.js';
import { freshFolder } from '../../support/files.js';

/** What link(2) fails with; undefined if it works. */
const links: { code?: string | undefined } = {};

vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof promises>();
  return {
    ...real,
    link: async (from: string, to: string) => {
      if (links.code === undefined) return real.link(from, to);
      throw Object.assign(new Error(`${links.code}: made to fail`), { code: links.code });
    },
  };
});

beforeEach(() => {
  links.code = undefined;
});

/** What a database begins with. */
const DATABASE = 'SQLite format 3\0';

function setUp() {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('partial'), 'new');
  return { folder, at };
}

const SYSTEMS = [
  ['with hard links', undefined],
  ['without hard links', 'ENOTSUP'],
  ['that permits no hard links', 'EPERM'],
] as const;

describe.each(SYSTEMS)('a name on a file system %s', (_, code) => {
  beforeEach(() => {
    links.code = code;
  });

  it('is given to a file if it is free', async () => {
    const { folder, at } = setUp();
    expect(await nameFile(at('partial'), at('out'), false)).toBe(true);
    expect(readFileSync(at('out'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('is never taken from a file, a folder or a symbolic link', async () => {
    const { folder, at } = setUp();
    writeFileSync(at('file'), 'old');
    mkdirSync(at('folder'));
    symlinkSync('nowhere', at('link'));
    const before = readdirSync(folder);
    for (const name of ['file', 'folder', 'link']) {
      expect(await nameFile(at('partial'), at(name), false), name).toBe(false);
    }
    expect(readFileSync(at('file'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('goes to one of two outputs at the same time', async () => {
    const { folder, at } = setUp();
    const names = Array.from({ length: 20 }, (_, index) => `partial${index}`);
    for (const name of names) writeFileSync(at(name), name);
    const given = await Promise.all(names.map((name) => nameFile(at(name), at('out'), false)));
    const winners = names.filter((_, index) => given[index]);
    expect(winners).toHaveLength(1);
    expect(readFileSync(at('out'), 'utf8')).toBe(winners[0]);
    expect(readdirSync(folder).sort()).toEqual(
      ['out', 'partial', ...names.filter((name) => name !== winners[0])].sort(),
    );
  });

  it('replaces a file on request', async () => {
    const { folder, at } = setUp();
    writeFileSync(at('out'), 'old');
    expect(await nameFile(at('partial'), at('out'), true)).toBe(true);
    expect(readFileSync(at('out'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['out']);
  });
});

describe('a name', () => {
  it('is not given if the system refuses for another reason', async () => {
    const { folder, at } = setUp();
    links.code = 'ENOSPC';
    await expect(nameFile(at('partial'), at('out'), false)).rejects.toThrow(
      /out: cannot write: no space left/,
    );
    expect(readdirSync(folder)).toEqual(['partial']);
  });

  it('of a database is not given while another database has it, whose journals stay', async () => {
    const { folder, at } = setUp();
    for (const name of ['mesh.db', 'mesh.db-journal']) writeFileSync(at(name), DATABASE);
    const before = readdirSync(folder);
    expect(await nameDatabase(at('partial'), at('mesh.db'), false)).toBe(false);
    expect(readdirSync(folder)).toEqual(before);
    expect(await nameDatabase(at('partial'), at('mesh.db'), true)).toBe(true);
    expect(readFileSync(at('mesh.db'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['mesh.db']);
  });

  it('of a database is not given to another file, nor the reverse', async () => {
    const { at } = setUp();
    writeFileSync(at('mesh.db'), DATABASE);
    writeFileSync(at('mesh.off'), 'old');
    writeFileSync(at('mesh.off-journal'), 'old');
    expect(await nameFile(at('partial'), at('mesh.db'), true)).toBe(false);
    expect(await nameDatabase(at('partial'), at('mesh.off'), true)).toBe(false);
    expect(readFileSync(at('mesh.db'), 'utf8')).toBe(DATABASE);
    for (const name of ['mesh.off', 'mesh.off-journal']) expect(readFileSync(at(name), 'utf8')).toBe('old');
    expect(readFileSync(at('partial'), 'utf8')).toBe('new');
  });

  it('of a folder replaces empty folders only', async () => {
    const { at } = setUp();
    for (const name of ['made', 'full']) mkdirSync(at(name));
    for (const name of ['made/new', 'full/old']) writeFileSync(at(name), '');
    symlinkSync('full', at('link'));
    for (const name of ['full', 'partial', 'link']) {
      expect(await nameFolder(at('made'), at(name)), name).toBe(false);
    }
    expect(await nameFolder(at('made'), at('free'))).toBe(true);
    expect(existsSync(at('free/new'))).toBe(true);
  });
});
