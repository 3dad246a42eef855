import { describe, expect, it } from 'vitest';
import { describeFiles, describeProgress } from '../../../src/commands/terminal/progress-line.js';
import type { Progress } from '../../../src/pipeline/run/progress.js';

const START = { done: 0, triangles: 0 };
const reading: Progress = {
  stage: 'import',
  done: 312e6,
  total: 490e6,
  unit: 'bytes',
  triangles: 6_240_000,
  vertices: 3_120_001,
};

describe('the progress line', () => {
  it('has everything if there is room', () => {
    expect(describeProgress(reading, START, 4, 200)).toBe(
      'reading     63 %    312 MB  1,560,000 triangles/s  2.3 s left  6,240,000 triangles  3,120,001 vertices',
    );
  });

  it.each([
    [80, 'reading     63 %    312 MB  2.3 s left  6,240,000 triangles'],
    [60, 'reading     63 %    312 MB  2.3 s left  6,240,000 triangles'],
    [40, 'reading     63 %    312 MB  2.3 s left'],
    [30, 'reading     63 %  2.3 s left'],
    [20, 'reading     63 %'],
    [9, 'reading'],
  ])('drops the least important parts in %i columns', (columns, line) => {
    expect(describeProgress(reading, START, 4, columns - 1)).toBe(line);
  });

  it('fits any width of at least 20 columns, in every state of every stage', () => {
    const stages = [
      'import',
      'weld',
      'index',
      'filter',
      'export',
      'check',
      'survey',
      'verify',
      'examine',
      'locate',
    ];
    let lines = 0;
    for (const stage of stages as Progress['stage'][]) {
      for (const size of [0, 1, 12_345, 98_765_432_101]) {
        for (const total of [undefined, 2 * size]) {
          for (const seconds of [0, 0.5, 100, 360_000]) {
            for (const unit of ['bytes', 'rows'] as const) {
              const progress = { stage, done: size, total, unit, triangles: size, vertices: size };
              for (let width = 19; width < 130; width += 10) {
                const line = describeProgress(progress, START, seconds, width);
                expect(line.length).toBeLessThanOrEqual(width);
                expect(line).toMatch(
                  /^[a-z]+(?: {2,}(?:\d+ %|[\d.]+ [kMGTP]?B|[\d.]+ bytes?|[\d,.]+ [a-z/]+(?: [\d.]+ [a-z]+)?(?: left| so far)?))*$/,
                );
                expect(line).not.toMatch(/\b1 [a-z]+s\b/);
                lines++;
              }
            }
          }
        }
      }
    }
    expect(lines).toBeGreaterThan(5000);
  });

  it('shows the elapsed time of a stage without known progress', () => {
    const progress: Progress = { stage: 'index', done: 0, total: 9, unit: 'rows', triangles: 9, vertices: 1 };
    expect(describeProgress(progress, START, 75, 79)).toBe(
      'indexing   1 min 15 s so far  9 triangles  1 vertex',
    );
    expect(describeProgress(progress, START, 0.1, 79)).toBe('indexing   9 triangles  1 vertex');
  });

  it('counts only the work of this run after a resume', () => {
    const line = describeProgress(reading, { done: 302e6, triangles: 6_040_000 }, 2, 200);
    expect(line).toContain('  100,000 triangles/s  36 s left  ');
  });

  it('counts files', () => {
    const files = { done: 250, total: 1000, failed: 3 };
    expect(describeFiles(files, 10, 79)).toBe('250 of 1,000 files  3 failed  30 s left');
    expect(describeFiles(files, 10, 30)).toBe('250 of 1,000 files  3 failed');
    expect(describeFiles({ done: 0, total: 1000, failed: 0 }, 10, 79)).toBe('0 of 1,000 files  10 s so far');
    expect(describeFiles({ done: 1000, total: 1000, failed: 0 }, 10, 79)).toBe('1,000 of 1,000 files');
  });
});
