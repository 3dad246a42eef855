/** Words as a shell takes them. */

/** A word in single quotes, or as it is if a shell takes it so. */
export function quoteWord(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
