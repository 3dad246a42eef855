/** The keywords of ASCII STL, in lower case. */

const word = (text: string): Uint8Array => Buffer.from(text, 'latin1');

export const SOLID = word('solid');
export const FACET = word('facet');
export const NORMAL = word('normal');
export const OUTER = word('outer');
export const LOOP = word('loop');
export const VERTEX = word('vertex');
export const ENDLOOP = word('endloop');
export const ENDFACET = word('endfacet');
export const ENDSOLID = word('endsolid');
/** The first word of a split keyword such as `end loop`. */
export const END = word('end');
