/**
 * The natural order of file names: digits count as numbers, so `tile2` comes before `tile10`.
 *
 * Ids depend on this order. It must be the same everywhere, and an Intl.Collator depends on the build of Node.
 */

/** Compares two paths, for sort(): runs of digits by value, other characters by code, a slash before all others. */
export function compareNatural(a: string, b: string): number {
  let first = 0;
  let second = 0;
  while (first < a.length && second < b.length) {
    if (isDigit(a, first) && isDigit(b, second)) {
      const [start, other] = [skipZeros(a, first), skipZeros(b, second)];
      [first, second] = [skipDigits(a, start), skipDigits(b, other)];
      const order =
        first - start - (second - other) || compareText(a.slice(start, first), b.slice(other, second));
      if (order !== 0) return order;
    } else {
      const order = rankOf(a, first++) - rankOf(b, second++);
      if (order !== 0) return order;
    }
  }
  // `tile1` and `tile01` differ only in zeros.
  return a.length - first - (b.length - second) || compareText(a, b);
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function skipZeros(text: string, from: number): number {
  let at = from;
  while (text[at] === '0') at++;
  return at;
}

function skipDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text, at)) at++;
  return at;
}

function rankOf(text: string, at: number): number {
  return text[at] === '/' || text[at] === '\\' ? -1 : text.charCodeAt(at);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
