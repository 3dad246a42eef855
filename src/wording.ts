/** Text for people: counts with nouns, sizes, times, shell words, and names that are safe to print. */

/** Formats a count with separators; toLocaleString() would first load its tables, for 8 ms. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Formats a count with its noun: `1 vertex`, `5,000,002 vertices`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Formats seconds as `0.42 s`, `12 s`, `3 min 05 s` or `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toPrecision(2)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Formats bytes in decimal units with three digits: `412 MB`, `1.05 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  if (unit === 0) return countOf(value, 'byte');
  return `${value.toPrecision(3)} ${units[unit]}`;
}

/** Quotes a word for a shell, in single quotes, if it needs them. */
export function quoteWord(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Characters that change the direction of text and so disguise it. */
const TURNS_TEXT = /\p{Bidi_Control}/u;

/** Makes text safe to print: control characters, including those of direction, become \\x1b and the like. */
export function escapeControls(text: string): string {
  let safe = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const control = code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
    safe += control || TURNS_TEXT.test(character) ? `\\x${code.toString(16).padStart(2, '0')}` : character;
  }
  return safe;
}
