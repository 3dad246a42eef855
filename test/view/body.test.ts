import { describe, expect, it } from 'vitest';
import { BODY_BYTES_MAX, readBody } from '../../src/view/body.js';

async function* chunksOf(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

describe('the body of a request', () => {
  it('is parsed as JSON, however it arrives', async () => {
    expect(await readBody(chunksOf('{"where":', ' "area > 2"}'))).toEqual({ where: 'area > 2' });
  });

  it('is refused if it is not JSON or too large', async () => {
    await expect(readBody(chunksOf(''))).rejects.toMatchObject({ status: 400 });
    await expect(readBody(chunksOf('{"where":'))).rejects.toMatchObject({ status: 400 });
    const large = chunksOf('"', 'x'.repeat(BODY_BYTES_MAX), '"');
    await expect(readBody(large)).rejects.toMatchObject({ status: 413 });
  });
});
