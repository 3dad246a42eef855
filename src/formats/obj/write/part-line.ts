/** Writes the lines that begin a part: `o`, `g` or `usemtl` and a name that readers find unchanged. */
import type { PartChange, Warning } from '../../../mesh.js';

const KEYWORDS = { solid: 'o', object: 'o', group: 'g', material: 'usemtl' } as const;

/**
 * What would end or change the line, besides blanks at either end: control characters, line ends, a backslash at the end,
 * which continues the line, and a # that begins a comment.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is replaced
const UNFIT = /[\u0000-\u0008\u000a-\u001f\u007f\u0085\u2028\u2029]|\\$|^#(?=[\t ]|$)/g;

/** The line of a part, with its line end; none for a source. Warns if the name has to change. */
export function partLine({ partKind, name = '' }: PartChange, warn: (warning: Warning) => void): string {
  if (partKind === 'source') return '';
  let fit = replaceOuterBlanks(name.replace(UNFIT, '_'));
  // The blanks of a group separate names.
  if (partKind === 'group') fit = fit.replace(/[\t ]+/g, ' ');
  if (fit !== name) {
    const message = 'the name of a part has characters that OBJ cannot hold; they are replaced by _';
    warn({ kind: 'obj-part-name', message });
  }
  return fit === '' ? `${KEYWORDS[partKind]}\n` : `${KEYWORDS[partKind]} ${fit}\n`;
}

/** Replaces each blank at either end by _. */
function replaceOuterBlanks(text: string): string {
  const isBlank = (k: number) => text[k] === ' ' || text[k] === '\t';
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return '_'.repeat(start) + text.slice(start, end) + '_'.repeat(text.length - end);
}
