/** A folder of outputs that is given up, or replaced: other work goes on while its files are removed. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutputFolder } from '../../../src/io/output/output-folder.js';
import { freshFolder } from '../../support/files.js';

const OFF = [{ title: 'OFF', extensions: ['off'] }];

const FILES = 30;

async function fill(folder: OutputFolder): Promise<{ file: string; bytes: number }[]> {
  const files = Array.from({ length: FILES }, (_, index) => ({ file: `${index}.off`, bytes: 3 }));
  for (const { file } of files) {
    const output = await folder.open(file, 'none');
    await output.write(Buffer.from('OFF'));
    await output.commit();
  }
  return files;
}

/** How many turns other work has while an action lasts. */
async function countTurns(action: () => Promise<void>): Promise<number> {
  let turns = 0;
  let next = setImmediate(function take() {
    turns++;
    next = setImmediate(take);
  });
  await action();
  clearImmediate(next);
  return turns;
}

describe('an output folder', () => {
  it('yields to the event loop while it is removed after a failure', async () => {
    const parent = freshFolder();
    const folder = await OutputFolder.create(join(parent, 'pieces'), false, OFF);
    await fill(folder);
    // Several files may be removed within one turn of a busy machine; without a turn in between there are none.
    expect(await countTurns(() => folder.discard())).toBeGreaterThan(3);
    expect(readdirSync(parent)).toEqual([]);
  });

  it('yields to the event loop while it is removed after its replacement', async () => {
    const parent = freshFolder();
    const path = join(parent, 'pieces');
    const former = await OutputFolder.create(path, false, OFF);
    await former.commit({ files: await fill(former) });
    const next = await OutputFolder.create(path, true, OFF);
    expect(await countTurns(() => next.commit({ files: [] }))).toBeGreaterThan(FILES);
    expect(readdirSync(parent)).toEqual(['pieces']);
    expect(readdirSync(path)).toEqual(['manifest.json']);
  });
});
