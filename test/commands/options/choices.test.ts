import { describe, expect, it } from 'vitest';
import { parseChoice, parseChoices } from '../../../src/commands/options/choices.js';
import { UsageError } from '../../../src/errors.js';

const KNOWN = ['binary', 'text', 'auto'] as const;

/** The message and the hint of a refusal. */
function refuse(parse: () => unknown): readonly [string, string | undefined] {
  try {
    parse();
  } catch (error) {
    if (error instanceof UsageError) return [error.message, error.hint];
    throw error;
  }
  throw new Error('not refused');
}

describe('parseChoice', () => {
  it('takes a known word', () => {
    expect(parseChoice(KNOWN)('text')).toBe('text');
  });

  it('lists the known words, and suggests the closest one', () => {
    expect(refuse(() => parseChoice(KNOWN)('txet'))).toEqual([
      'expected one of binary, text, auto',
      "did you mean 'text'?",
    ]);
    expect(refuse(() => parseChoice(['stl'])('zzzzzz'))).toEqual(['expected stl', undefined]);
  });
});

describe('parseChoices', () => {
  it('takes each word once, in any case', () => {
    expect(parseChoices(KNOWN)(' Text, auto,TEXT')).toEqual(['text', 'auto']);
  });

  it('names the word that is unknown if there are several', () => {
    expect(refuse(() => parseChoices(KNOWN)('text,none'))[0]).toBe(
      "unknown 'none'; expected a list of binary, text, auto",
    );
    expect(refuse(() => parseChoices(KNOWN)('none'))[0]).toBe('expected a list of binary, text, auto');
  });
});
