import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/errors.js';
import {
  copyDurably,
  readText,
  removeText,
  replaceText,
  syncFiles,
} from '../../../src/io/output/durable-file.js';
import { freshFolder } from '../../support/files.js';

describe('replaceText', () => {
  it('replaces a text, also after a run that was killed in between', async () => {
    const folder = freshFolder();
    const path = join(folder, 'log');
    expect(await readText(path)).toBeUndefined();
    await replaceText(path, 'old');
    writeFileSync(`${path}.next`, 'half of');
    expect(await readText(path)).toBe('old');
    await replaceText(path, 'new');
    expect(await readText(path)).toBe('new');
    expect(readdirSync(folder)).toEqual(['log']);
  });

  it('keeps the old text and leaves nothing else if it fails', async () => {
    const folder = freshFolder();
    await expect(replaceText(join(folder, 'absent/log'), 'text')).rejects.toThrow(FileError);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('removeText', () => {
  it('removes the text and its unfinished successor', () => {
    const path = join(freshFolder(), 'log');
    writeFileSync(path, 'text');
    writeFileSync(`${path}.next`, 'half of');
    removeText(path);
    removeText(path);
    expect([existsSync(path), existsSync(`${path}.next`)]).toEqual([false, false]);
  });
});

describe('copyDurably', () => {
  it('replaces what has the name of the copy, and follows no link there', async () => {
    const folder = freshFolder();
    const [from, to, other] = ['from', 'to', 'other'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(from, 'content');
    writeFileSync(other, 'of somebody else');
    symlinkSync(other, to);
    await copyDurably(from, to);
    expect(readFileSync(to, 'utf8')).toBe('content');
    expect(readFileSync(other, 'utf8')).toBe('of somebody else');
  });
});

describe('syncFiles', () => {
  it('names a file that is missing, and follows no link', async () => {
    const folder = freshFolder();
    const [file, link, absent] = ['file', 'link', 'absent'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(file, 'content');
    symlinkSync(file, link);
    await syncFiles([file]);
    for (const wrong of [absent, link]) {
      await expect(syncFiles([file, wrong])).rejects.toThrow(`${wrong}: `);
    }
  });
});
