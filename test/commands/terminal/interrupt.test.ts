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

  it('may end by itself with the reason of the signal', async () => {
    const run = withInterrupts(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    process.emit('SIGTERM', 'SIGTERM');
    await expect(run).rejects.toMatchObject({ exitCode: 143 });
    vi.advanceTimersByTime(1000);
    expect(kill).not.toHaveBeenCalled();
    expect(said).toEqual([]);
  });

  it('is killed silently if a thread keeps the process alive', async () => {
    const run = withInterrupts(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    process.emit('SIGTERM', 'SIGTERM');
    await expect(run).rejects.toMatchObject({ exitCode: 143 });
    vi.advanceTimersByTime(1900);
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGTERM');
    expect(said).toEqual([]);
  });

  it('is killed within two seconds if it does not end', async () => {
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

  it('is killed at once by a second interrupt, but not by an echo of the first', async () => {
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
