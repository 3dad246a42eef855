import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/pipeline/run/pace.js';
import type { Progress } from '../../../src/pipeline/run/progress.js';

const ROWS = { triangleRange: 1000, vertexRange: 500 };

function watch(signal?: AbortSignal) {
  const told: Progress[] = [];
  const pace = new Pace(ROWS, { signal, onProgress: (progress) => told.push(progress) });
  return { pace, told };
}

describe('Pace', () => {
  it('reports rows, with the counts of the mesh', async () => {
    const { pace, told } = watch();
    await pace.pause('survey', 250, 1000);
    await pace.pauseAt('survey', 0.5);
    expect(told).toEqual(
      [250, 500].map((done) => ({
        stage: 'survey',
        done,
        total: 1000,
        unit: 'rows',
        triangles: 1000,
        vertices: 500,
      })),
    );
  });

  it('maps a part of the work to its share', () => {
    const { pace, told } = watch();
    const second = pace.part(0.5, 1);
    second.tell('survey', 0, 1000);
    second.part(0.5, 1).tell('survey', 500, 1000);
    second.tell('survey', 1000, 1000);
    second.tell('survey', 3, undefined);
    expect(told.map(({ done }) => done)).toEqual([500, 875, 1000, 3]);
  });

  it('throws the reason of its signal', async () => {
    const { pace, told } = watch(AbortSignal.abort(new Error('enough')));
    await expect(pace.pause('survey', 1, 10)).rejects.toThrow('enough');
    expect(told).toEqual([]);
  });

  it('yields to the event loop after some time', async () => {
    const { pace } = watch();
    let turns = 0;
    const turn = setInterval(() => turns++, 0);
    const begin = performance.now();
    while (performance.now() - begin < 200) await pace.pause('survey', 1, 10);
    clearInterval(turn);
    expect(turns).toBeGreaterThan(0);
  });
});
