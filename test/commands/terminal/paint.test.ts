import { describe, expect, it } from 'vitest';
import { paintPrefix, usesColor } from '../../../src/commands/terminal/paint.js';

const TERMINAL = { isTTY: true };

describe('colors', () => {
  it.each<[boolean, NodeJS.ProcessEnv, string]>([
    [true, {}, 'a terminal'],
    [false, { TERM: 'dumb' }, 'a dumb terminal'],
    [false, { NO_COLOR: '1' }, 'NO_COLOR'],
    [false, { NO_COLOR: '0' }, 'NO_COLOR with any value'],
    [true, { NO_COLOR: '' }, 'an empty NO_COLOR'],
    [false, { NO_COLOR: '1', FORCE_COLOR: '1' }, 'NO_COLOR and FORCE_COLOR'],
    [false, { FORCE_COLOR: '0' }, 'FORCE_COLOR=0'],
  ])('are %s with %j: %s', (expected, environment, _) => {
    expect(usesColor(TERMINAL, environment)).toBe(expected);
  });

  it('are sent to other outputs only with FORCE_COLOR', () => {
    expect(usesColor({}, {})).toBe(false);
    expect(usesColor({ isTTY: false }, { TERM: 'xterm' })).toBe(false);
    expect(usesColor({}, { FORCE_COLOR: '1' })).toBe(true);
  });

  it('mark only the kind of a message', () => {
    const paint = (meaning: string, text: string) => `<${meaning} ${text}>`;
    expect(paintPrefix('offload: a: b', paint)).toBe('<error offload:> a: b');
    expect(paintPrefix('warning: hint: b', paint)).toBe('<warning warning:> hint: b');
    expect(paintPrefix('hint: --force replaces it', paint)).toBe('<hint hint:> --force replaces it');
    expect(paintPrefix('3 triangles; hint: none', paint)).toBe('3 triangles; hint: none');
  });
});
