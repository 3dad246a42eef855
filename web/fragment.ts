/** The fragment of the URL, which holds the view: whoever opens it sees the same. */

/** Returns the parts of the fragment. */
export function readFragment(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

/** Replaces the fragment without a new entry in the history. Commas and colons stay legible. */
export function writeFragment(parts: Readonly<Record<string, string | undefined>>): void {
  const fragment = new URLSearchParams();
  for (const [name, value] of Object.entries(parts)) if (value !== undefined) fragment.set(name, value);
  const text = fragment.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  history.replaceState(null, '', text === '' ? location.pathname : `#${text}`);
}

/** Reads numbers with commas between them; undefined if there are not `count`. */
export function parseNumbers(text: string | null, count: number): number[] | undefined {
  const numbers = (text ?? '').split(',').map(Number);
  const isValid = text !== null && numbers.length === count && numbers.every(Number.isFinite);
  return isValid ? numbers : undefined;
}
