import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';

describe('offload', () => {
  it('prints its help and fails without a command', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect(code).toBe(2);
    expect(stdout.length).toBe(0);
    expect(stderr).toMatch(/^Usage: offload /);
  });

  it('prints help and version to standard output', async () => {
    expect((await runCli(['--help'])).stdout.toString()).toMatch(
      /^Usage: offload .*convert.*import.*export.*info/s,
    );
    expect((await runCli(['--version'])).stdout.toString()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
