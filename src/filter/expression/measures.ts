/** Computes the derived columns of triangles, with the same arithmetic as conditions. */
import { NUMBER_COLUMNS } from './columns.js';
import { HELPERS } from './expression.js';
import { readTokens } from './lexer.js';
import { Columns, POSITION_COLUMNS } from './nodes.js';
import { Parser } from './parser.js';

/** The names of the columns that are computed from the corners of a triangle. */
export const MEASURES: readonly string[] = [...NUMBER_COLUMNS]
  .filter(([, { sql }]) => sql !== undefined)
  .map(([name]) => name);

/**
 * Writes the measures of `count` triangles, all of one and then all of the next, NaN for NULL. `positions` has nine
 * coordinates for each triangle.
 */
export type Measure = (positions: Float64Array, count: number, target: Float64Array) => void;

/** Compiles some of {@link MEASURES}. */
export function compileMeasures(names: readonly string[]): Measure {
  const columns = new Columns();
  const parse = (sql: string) => new Parser(readTokens(sql), columns, Number).number();
  const codes = names.map((name) => columns.read(name, parse).code);
  const base = [...columns.base].map((name) => `const ${name} = t[at + ${POSITION_COLUMNS.indexOf(name)}];`);
  const results = codes.map((code) => `target[to++] = ${code};`);
  const body = [...base, ...columns.derived, ...results].join('\n');
  const make = new Function(
    `${HELPERS}\nreturn (t, count, target) => {\nlet to = 0;\nfor (let at = 0; at < 9 * count; at += 9) {\n${body}\n}\n};`,
  );
  return make() as Measure;
}
