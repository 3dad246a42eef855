/** Colors, decided for each stream: by default only terminals get them. */
import { styleText } from 'node:util';

/** Styles by meaning. */
const STYLES = {
  error: ['bold', 'red'],
  warning: ['yellow'],
  hint: ['cyan'],
  good: ['green'],
  bad: ['red'],
} as const;

type Meaning = keyof typeof STYLES;

/** Colors a text by its meaning, or leaves it unchanged. */
export type Paint = (meaning: Meaning, text: string) => string;

/** Makes a painter for a stream, from the stream and the current environment. */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  if (!usesColor(stream, process.env)) return (_, text) => text;
  return (meaning, text) => styleText([...STYLES[meaning]], text, { validateStream: false });
}

/**
 * Whether a stream gets colors. A non-empty NO_COLOR turns them off; then FORCE_COLOR turns them on or, with 0 or
 * false, off; else a terminal that is not dumb gets them. `styleText` itself lets FORCE_COLOR win with a warning, and
 * counts an empty NO_COLOR as set in Node 22.12.
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

/** Colors the prefix of a message if it is `offload:`, `warning:` or `hint:`. */
export function paintPrefix(message: string, paint: Paint): string {
  return message.replace(/^(offload|warning|hint):/, (prefix, kind: string) =>
    paint(PREFIXES[kind]!, prefix),
  );
}
