/** Colors, only for a stream that is a terminal, and stream by stream. */
import { styleText } from 'node:util';

/** What is colored, by what it means. */
const STYLES = {
  error: ['bold', 'red'],
  warning: ['yellow'],
  hint: ['cyan'],
  good: ['green'],
  bad: ['red'],
} as const;

type Meaning = keyof typeof STYLES;

/** Colors a text by what it means, or leaves it as it is. */
export type Paint = (meaning: Meaning, text: string) => string;

/** A painter for a stream, as it is and as the environment asks at this moment. */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  if (!usesColor(stream, process.env)) return (_, text) => text;
  return (meaning, text) => styleText([...STYLES[meaning]], text, { validateStream: false });
}

/**
 * Whether a stream gets colors. NO_COLOR with any value but an empty one turns them off, then FORCE_COLOR turns them on
 * or, with 0 or false, off; else a terminal that is not dumb gets them. `styleText` by itself lets FORCE_COLOR win, warns
 * of that, and takes an empty NO_COLOR for a value in Node 22.12.
 */
export function usesColor(
  { isTTY }: { readonly isTTY?: boolean },
  { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv,
): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTTY === true && TERM !== 'dumb';
}

const PREFIXES: Readonly<Record<string, Meaning>> = { offload: 'error', warning: 'warning', hint: 'hint' };

/** Colors what a message begins with, if that says what kind of message it is: `offload:`, `warning:` or `hint:`. */
export function paintPrefix(message: string, paint: Paint): string {
  return message.replace(/^(offload|warning|hint):/, (prefix, kind: string) =>
    paint(PREFIXES[kind]!, prefix),
  );
}
