/** Covers: commands/terminal/interrupted. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withInterrupts } from '../../../src/commands/terminal/interrupt.js';

describe('a run that is interrupted', () => {
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => true);
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    kill.mockClear();
    said.length = 0;
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('may end by itself, and has its reason', async () => {
    const run = withInterrupts(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    process.emit('SIGTERM', 'SIGTERM');
    await expect(run).rejects.toMatchObject({ exitCode: 143 });
    vi.advanceTimersByTime(1000);
    expect(kill).not.toHaveBeenCalled();
    expect(said).toEqual([]);
  });

  it('is ended without a word if a thread keeps the process alive after that', async () => {
    const run = withInterrupts(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    process.emit('SIGTERM', 'SIGTERM');
    await expect(run).rejects.toMatchObject({ exitCode: 143 });
    vi.advanceTimersByTime(1900);
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGTERM');
    expect(said).toEqual([]);
  });

  it('is ended before two seconds have passed where it does not', async () => {
    let end: () => void = () => undefined;
    const run = withInterrupts(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
      () => 'all is well',
    );
    process.emit('SIGINT', 'SIGINT');
    expect(kill).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1900);
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGINT');
    expect(said).toEqual(['offload: interrupted; all is well\n']);
    end();
    await run;
  });

  it('is ended at once by the second interrupt, but not by an echo of the first', async () => {
    let end: () => void = () => undefined;
    const run = withInterrupts(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    process.emit('SIGINT', 'SIGINT');
    vi.advanceTimersByTime(100);
    process.emit('SIGINT', 'SIGINT');
    expect(kill).not.toHaveBeenCalled();
    vi.advanceTimersByTime(500);
    process.emit('SIGINT', 'SIGINT');
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGINT');
    end();
    await run;
  });
});
