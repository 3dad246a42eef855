/** The facets of binary STL as positions: 12 bytes of a normal, nine float32, a word of 2 bytes, all little-endian. */

const FACET_BYTES: usize = 50;
const CORNERS_AT: usize = 12;
const ATTRIBUTE_AT: usize = 48;

/** All bits of the exponent: infinite, or no number. */
const EXPONENT: i32 = 0x7f800000;
/** One in this many facets is sampled; counting all would take 5 % of an import. */
const SAMPLED: i32 = 4;

/**
 * Decodes facets into 36 bytes of positions each and a word each, and adds each word to the bits of `anyWord`. Stops before
 * a facet with a coordinate that is not finite, or whose coordinates are all 0; returns how many facets it has decoded. Of
 * every fourth facet, if `first` is the number of the first one, the exponents of nonzero coordinates are counted in `tally`.
 */
export function decodeFacets(
  facets: usize,
  count: i32,
  first: i32,
  positions: usize,
  words: usize,
  anyWord: usize,
  tally: usize,
): i32 {
  const exponent = i32x4.splat(EXPONENT);
  let any: u32 = load<u32>(anyWord);
  let k = 0;
  for (; k < count; k++, facets += FACET_BYTES, positions += 36, words += 2) {
    const a = v128.load(facets, CORNERS_AT);
    const b = v128.load(facets, CORNERS_AT + 16);
    const c = load<i32>(facets, CORNERS_AT + 32);
    const infinite = v128.or(
      i32x4.eq(v128.and(a, exponent), exponent),
      i32x4.eq(v128.and(b, exponent), exponent),
    );
    if (v128.any_true(infinite) || (c & EXPONENT) === EXPONENT) break;
    if (c === 0 && !v128.any_true(v128.or(a, b))) break;
    v128.store(positions, a);
    v128.store(positions, b, 16);
    store<i32>(positions, c, 32);
    const word = load<u16>(facets, ATTRIBUTE_AT);
    store<u16>(words, word);
    any |= u32(word);
    if ((first + k) % SAMPLED !== 0) continue;
    for (let at = positions; at < positions + 36; at += 4) {
      const bits = load<u32>(at);
      if (bits << 1 === 0) continue;
      const counter = tally + 4 * ((bits >>> 23) & 0xff);
      store<u32>(counter, load<u32>(counter) + 1);
    }
  }
  store<u32>(anyWord, any);
  return k;
}
