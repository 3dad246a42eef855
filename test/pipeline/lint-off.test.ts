import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FormatError, lintOff, OFF_READERS, type Progress } from '../../src/index.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toOff } from '../support/meshes.js';

const content = toOff([...makeTube(300, 40)]);

function write(name: string, bytes: string | Buffer): string {
  const path = join(freshFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

describe('lintOff', () => {
  it('gives facts and a verdict for each reader, and reports progress', async () => {
    const progress: Progress[] = [];
    const path = write('in.off', `${content}# more\n`);
    const { facts, judgements, warnings } = await lintOff(path, { onProgress: (one) => progress.push(one) });
    expect(facts).toMatchObject({
      bytes: content.length + 7,
      encoding: 'text',
      end: { comments: { count: 1 } },
    });
    expect(judgements.map(({ reader }) => reader)).toEqual(OFF_READERS);
    expect(warnings).toEqual([]);
    const last = progress.at(-1)!;
    expect(last).toMatchObject({ stage: 'import', unit: 'bytes', total: content.length + 7 });
    expect([last.vertices, last.triangles]).toEqual([facts.vertexCount, facts.faceCount]);
  });

  it('judges for the given readers, also for those of the caller', async () => {
    const rule = { verdict: 'refuses', what: 'triangles', when: () => true, isRun: false } as const;
    const own = { id: 'own', name: 'Own', version: '1', source: '', rules: [rule] };
    const { judgements } = await lintOff(write('in.off', content), { readers: [own] });
    expect(judgements).toEqual([
      {
        reader: own,
        verdict: 'refuses',
        findings: [{ verdict: 'refuses', what: 'triangles', count: null, line: null }],
      },
    ]);
  });

  it('collects the warnings of the OFF reader', async () => {
    const { warnings } = await lintOff(write('in.off', `${content}edges\n`));
    expect(warnings).toMatchObject([{ kind: 'off-extra-lines', count: 1 }]);
  });

  it('ends if its signal aborts', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(lintOff(write('in.off', content), { signal })).rejects.toBe(reason);
  });

  it('reports damaged compressed data before its consequences', async () => {
    const packed = gzipSync(content);
    const path = write('in.off.gz', packed.subarray(0, packed.length - 100));
    await expect(lintOff(path)).rejects.toThrow(FormatError);
    await expect(lintOff(path)).rejects.toThrow(/gzip/);
  });
});
