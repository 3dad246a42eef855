import { describe, expect, it } from 'vitest';
import { hintWorder } from '../../../src/commands/view/word-hint.js';
import { FULL_HINT, TRUNCATED } from '../../../src/errors.js';

describe('hints on the page', () => {
  const word = hintWorder(['--memory', '--tmp', undefined]);

  it('name commands, and the flags of offload view or of the command that does the same', () => {
    expect(word('use `importMesh` to import the source again', 'set')).toBe(
      'use offload import to import the source again',
    );
    expect(word('set `memoryBytes: 314572800`', 'set')).toBe('set offload view --memory 300M');
    expect(word(FULL_HINT, 'prepare')).toBe(
      'nothing is lost: make space, or choose another disk (offload view --tmp for temporary files), then run again',
    );
    expect(word(TRUNCATED.hint, 'prepare')).toBe(
      'the copy may be incomplete; offload import --salvage recovers the complete triangles',
    );
    expect(word('add `stl.ascii`, or select fewer triangles', 'export')).toBe(
      'add offload export --ascii, or select fewer triangles',
    );
    expect(word("bind it with --param 'least=<value>'", 'sql')).toBe(
      "bind it with offload sql --param 'least=<value>'",
    );
  });

  it('stay as they are without flags, and if they name a command', () => {
    for (const hint of ["did you mean 'area'?", 'start `offload view` with a larger --memory'])
      expect(word(hint, undefined)).toBe(hint);
  });

  it('are left out if no command is known for their flags', () => {
    expect(word('`force: true` replaces it', undefined)).toBeUndefined();
    expect(word('`force: true` replaces it', 'section')).toBeUndefined();
  });

  it('are the same if they are worded twice', () => {
    for (const hint of [TRUNCATED.hint, FULL_HINT, 'use `importMesh` to import the source again']) {
      const once = word(hint, 'prepare')!;
      expect(word(once, undefined)).toBe(once);
    }
  });
});
