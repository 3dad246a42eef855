/** A run that waits for a named pipe ends when it is told to, and leaves nothing. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertMesh } from '../../../src/index.js';
import { freshFolder } from '../../support/files.js';

const REASON = new Error('told to end');

describe.skipIf(process.platform === 'win32')('a run that waits for a named pipe', () => {
  it.each(['has no writer', 'has a writer that writes nothing'])(
    'that %s ends when its signal aborts',
    async (what) => {
      const folder = freshFolder();
      const pipe = join(folder, 'pipe.stl');
      execFileSync('mkfifo', [pipe]);
      // A descriptor for both directions waits for nobody.
      const writer = what.startsWith('has a writer') ? await open(pipe, 'r+') : undefined;
      const controller = new AbortController();
      const run = convertMesh(pipe, join(folder, 'out.off'), { signal: controller.signal });
      setTimeout(() => controller.abort(REASON), 200);
      await expect(run).rejects.toBe(REASON);
      await writer?.close();
      expect(readdirSync(folder)).toEqual(['pipe.stl']);
    },
  );
});
