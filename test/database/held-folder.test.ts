/** Which folders a run removes: those of dead processes, and no others. */
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HeldFolder, removeDeadFolders } from '../../src/database/held-folder.js';
import { WorkFolder } from '../../src/io/work-folder.js';
import { freshFolder } from '../support/files.js';

describe('a folder that is held', () => {
  it('stays until it is removed, with what is in it', () => {
    const parent = freshFolder();
    const held = new HeldFolder(join(parent, 'scan.stl'));
    expect(readdirSync(parent)).toEqual([]);
    writeFileSync(held.file('mesh.db'), 'rows');
    removeDeadFolders(parent);
    expect(existsSync(held.file('mesh.db'))).toBe(true);
    held.remove();
    held.remove();
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is removed by another run if nobody holds it, and nothing else is', () => {
    const parent = freshFolder();
    const held = new HeldFolder(join(parent, 'scan.stl'));
    onTestFinished(() => held.remove());
    writeFileSync(held.file('mesh.db'), 'rows');
    const live = basename(dirname(held.file('mesh.db')));
    // A copy has no lock, as if its process had been killed.
    const dead = 'scan.stl.0123abcd.partial';
    cpSync(join(parent, live), join(parent, dead), { recursive: true });
    cpSync(join(parent, live), join(parent, 'other'), { recursive: true });
    // Folders of other commands have no file to lock.
    const work = new WorkFolder(join(parent, 'scan.off'));
    writeFileSync(work.file('mesh.db'), 'rows');
    const elsewhere = freshFolder();
    mkdirSync(join(elsewhere, 'in'));
    writeFileSync(join(elsewhere, 'lock'), '');
    symlinkSync(elsewhere, join(parent, 'link.0123abcd.partial'));
    writeFileSync(join(parent, 'file.0123abcd.partial'), '');
    const before = readdirSync(parent);
    removeDeadFolders(parent);
    expect(readdirSync(parent)).toEqual(before.filter((name) => name !== dead));
    expect(readdirSync(elsewhere)).toEqual(['in', 'lock']);
    removeDeadFolders(join(parent, 'absent'));
  });
});
