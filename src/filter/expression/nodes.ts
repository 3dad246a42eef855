/**
 * Numbers and truth values as generated JavaScript, with SQLite's rules for NULL, types and integers. Whatever they do
 * not settle at translation is left to SQLite.
 */
import { NUMBER_COLUMNS } from './columns.js';

/** Thrown for expressions that SQLite must evaluate. */
export class Unsupported extends Error {}

/** A number: its type and, for an integer, its magnitude. `mixed` is integer or real, known only at run time. */
export interface NumberNode {
  readonly kind: 'number';
  readonly type: 'integer' | 'real' | 'mixed';
  readonly code: string;
  readonly bound: number;
  /** Its value, if known; never NULL. */
  readonly value?: number | undefined;
}

/** A truth value: code that is true if it is true, and code that is true if it is false. Neither is true for NULL. */
export interface TruthNode {
  readonly kind: 'truth';
  readonly code: string;
  readonly negation: string;
}

export type Node = NumberNode | TruthNode;

/** No database file has room for more rows. */
const ID_BOUND = 2 ** 45;

/** In the order in which t holds them. */
export const POSITION_COLUMNS = ['ax', 'ay', 'az', 'bx', 'by', 'bz', 'cx', 'cy', 'cz'];

/** The columns that a condition reads, each computed once, and its long lists. */
export class Columns {
  readonly base = new Set<string>();
  readonly derived: string[] = [];
  /** Numbers to look up values in; the code has them as sets: list0, list1 and so on. */
  readonly lists: number[][] = [];
  private readonly known = new Set<string>();

  read(name: string, parse: (sql: string) => NumberNode): NumberNode {
    const column = NUMBER_COLUMNS.get(name);
    if (column === undefined) throw new Unsupported();
    if (POSITION_COLUMNS.includes(name)) this.base.add(name);
    if (column.sql !== undefined && !this.known.has(name)) {
      this.known.add(name);
      this.derived.push(`const ${name} = ${parse(column.sql).code};`);
    }
    return { kind: 'number', type: column.type, code: name, bound: ID_BOUND };
  }
}

/** Makes a truth value of two pieces of code, for true and for false. */
export function truth(code: string, negation: string): TruthNode {
  return { kind: 'truth', code, negation };
}

/** Converts a node to a truth value; any number except 0 is true. */
export function asTruth(node: Node): TruthNode {
  return node.kind === 'truth' ? node : truth(`isTrue(${node.code})`, `(${node.code} === 0)`);
}

/** Returns a number. Throws Unsupported for a truth value. */
export function asNumber(node: Node): NumberNode {
  // A truth value as a number is 0, 1 or NULL: rare enough to leave to SQLite.
  if (node.kind === 'truth') throw new Unsupported();
  return node;
}

/** Joins two nodes by AND or OR, and their negations by De Morgan's laws. */
export function join(left: Node, right: Node, sign: string, negated: string): TruthNode {
  const [x, y] = [asTruth(left), asTruth(right)];
  return truth(`(${x.code} ${sign} ${y.code})`, `(${x.negation} ${negated} ${y.negation})`);
}

/** Tests whether a number is, or is not, NULL. */
export function isNull(node: Node, isWanted: boolean): TruthNode {
  const { code } = asNumber(node);
  const [yes, no] = [`Number.isNaN(${code})`, `!Number.isNaN(${code})`];
  return isWanted ? truth(yes, no) : truth(no, yes);
}

/** Makes a sum, difference, product, quotient or remainder. Throws Unsupported if it may not fit a double. */
export function calculate(x: NumberNode, sign: string, y: NumberNode): NumberNode {
  if (x.type === 'real' || y.type === 'real') {
    if (sign === '%') throw new Unsupported();
    const code = sign === '/' ? `divide(${x.code}, ${y.code})` : `(${x.code} ${sign} ${y.code})`;
    return { kind: 'number', type: 'real', code, bound: 0 };
  }
  if (x.type === 'mixed' || y.type === 'mixed') throw new Unsupported();
  const bound = { '*': x.bound * y.bound, '/': x.bound, '%': x.bound }[sign] ?? x.bound + y.bound;
  if (bound > Number.MAX_SAFE_INTEGER) throw new Unsupported();
  const code = sign === '/' ? `divideIntegers(${x.code}, ${y.code})` : `(${x.code} ${sign} ${y.code})`;
  return { kind: 'number', type: 'integer', code, bound };
}
