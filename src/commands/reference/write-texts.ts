/** Writes texts to files, for `--write`. */

import { dirname } from 'node:path';
import { ensureFolder } from '../../io/disk.js';
import { openOutput } from '../../io/output/output-file.js';

/** Writes each text to its path; replaces existing files and creates missing folders. Throws FileError. */
export async function writeTexts(texts: readonly (readonly [path: string, text: string])[]): Promise<void> {
  for (const [path, text] of texts) {
    ensureFolder(dirname(path));
    const file = await openOutput(path, true, 'none');
    try {
      await file.write(Buffer.from(text));
      await file.commit();
    } finally {
      await file.discard();
    }
  }
}
