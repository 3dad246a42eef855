/**
 * Conditions over the columns of a triangle, evaluated as SQLite would: the same numbers, the same NULLs. SQLite needs
 * three look-ups by rowid a triangle; here positions come from pages that are read anyway.
 *
 * What is not surely the same stays with SQLite: text, functions but abs, min, max and sqrt, subqueries, bit operators,
 * numbers whose type only shows at run time, integers that may pass 2^53. The rules are those of sqlite.org/lang_expr.html.
 */
import { UsageError } from '../../errors.js';
import { NUMBER_COLUMNS } from './columns.js';
import { readTokens, type Token } from './lexer.js';

/** A condition as JavaScript of our own making. Plain data: threads are given it. */
export interface Expression {
  /** Statements that end with the return of a truth value, over id, a, b, c and t. */
  readonly code: string;
  /** Whether it reads t. */
  readonly needsPositions: boolean;
}

/** Whether a triangle with these ids, and the nine coordinates of its corners, fulfils a condition. */
export type TriangleTest = (id: number, a: number, b: number, c: number, t: Float64Array) => boolean;

/** Throws UsageError unless a text is lexically one expression: put into parentheses, it cannot leave them. */
export function checkExpression(text: string): void {
  const tokens = readTokens(text);
  if (tokens.length === 0) throw new UsageError('--where: empty; expected an SQL condition');
  let depth = 0;
  for (const { kind, text: word } of tokens) {
    if (kind !== 'symbol') continue;
    if (word === '(') depth++;
    if (word === ')' && --depth < 0) break;
  }
  if (depth === 0) return;
  const problem = depth < 0 ? "a ')' too many" : "a '(' is not closed";
  throw new UsageError(`--where: ${text}: ${problem}; expected one SQL expression`);
}

/**
 * Translates a text that {@link checkExpression} and SQLite have accepted; undefined where it is SQLite's to evaluate.
 * `readNumber` tells which number SQLite takes a literal for.
 */
export function parseExpression(
  text: string,
  readNumber: (literal: string) => number | undefined,
): Expression | undefined {
  try {
    const columns = new Columns();
    const code = new Parser(readTokens(text), columns, readNumber).condition();
    const base = [...columns.base].map((name) => `const ${name} = t[${POSITION_COLUMNS.indexOf(name)}];`);
    return {
      code: `${[...base, ...columns.derived].join('\n')}\nreturn ${code};`,
      needsPositions: columns.base.size > 0,
    };
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

export function compileExpression({ code, needsPositions }: Expression): {
  readonly needsPositions: boolean;
  readonly test: TriangleTest;
} {
  const test = new Function(`${HELPERS}\nreturn (id, a, b, c, t) => {\n${code}\n};`)() as TriangleTest;
  return { needsPositions, test };
}

/** NULL is NaN here: arithmetic spreads it, comparisons with it are false, and so are their negations. */
const HELPERS = `'use strict';
const divideIntegers = (x, y) => (y === 0 ? NaN : (x - (x % y)) / y);
const divide = (x, y) => (y === 0 ? NaN : x / y);
const differ = (x, y) => x < y || x > y;
const isSame = (x, y) => x === y || (x !== x && y !== y);
const isBetween = (x, low, high) => x >= low && x <= high;
const isOutside = (x, low, high) => x < low || x > high;
const isTrue = (x) => x < 0 || x > 0;`;

const POSITION_COLUMNS = ['ax', 'ay', 'az', 'bx', 'by', 'bz', 'cx', 'cy', 'cz'];

/** Something that SQLite is left to evaluate. */
class Unsupported extends Error {}

/** A number: its type, and for an integer how large it may be. `mixed` is integer or real, as it turns out. */
interface NumberNode {
  readonly kind: 'number';
  readonly type: 'integer' | 'real' | 'mixed';
  readonly code: string;
  readonly bound: number;
}

/** A truth value: code that is true where it is true, and code that is true where it is false; neither where NULL. */
interface TruthNode {
  readonly kind: 'truth';
  readonly code: string;
  readonly negation: string;
}

type Node = NumberNode | TruthNode;

/** The columns that a condition reads, each computed once. */
class Columns {
  readonly base = new Set<string>();
  readonly derived: string[] = [];
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

const COMPARISONS: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
const EQUAL = ['=', '==', '!=', '<>'];
/** No database file has room for more rows. */
const ID_BOUND = 2 ** 45;
/** The deepest nesting that is translated. */
const DEPTH_MAX = 200;

/** A method for each level of precedence, from OR down. */
class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly columns: Columns,
    private readonly readNumber: (literal: string) => number | undefined,
  ) {}

  /** The whole text as a condition. */
  condition(): string {
    const node = this.or();
    if (this.at < this.tokens.length) throw new Unsupported();
    return asTruth(node).code;
  }

  private number(): NumberNode {
    const node = this.sum();
    if (this.at < this.tokens.length) throw new Unsupported();
    return asNumber(node);
  }

  private or(): Node {
    if (++this.depth > DEPTH_MAX) throw new Unsupported();
    let left = this.and();
    while (this.take('OR')) left = join(left, this.and(), '||', '&&');
    this.depth--;
    return left;
  }

  private and(): Node {
    let left = this.not();
    while (this.take('AND')) left = join(left, this.not(), '&&', '||');
    return left;
  }

  private not(): Node {
    let isNegated = false;
    while (this.take('NOT')) isNegated = !isNegated;
    const node = this.equality();
    if (!isNegated) return node;
    const { code, negation } = asTruth(node);
    return truth(negation, code);
  }

  private equality(): Node {
    let left = this.comparison();
    for (;;) {
      const token = this.tokens[this.at];
      if (token?.kind === 'symbol' && EQUAL.includes(token.text)) {
        this.at++;
        const [x, y] = [asNumber(left).code, asNumber(this.comparison()).code];
        const [equal, differ] = [`(${x} === ${y})`, `differ(${x}, ${y})`];
        left = token.text.startsWith('=') ? truth(equal, differ) : truth(differ, equal);
      } else if (this.take('IS')) {
        left = this.identity(left, this.take('NOT'));
      } else if (this.take('ISNULL')) {
        left = isNull(left, true);
      } else if (this.take('NOTNULL')) {
        left = isNull(left, false);
      } else {
        const isNegated = this.take('NOT');
        if (this.take('BETWEEN')) left = this.between(left, isNegated);
        else if (this.take('IN')) left = this.membership(left, isNegated);
        else if (isNegated && this.take('NULL')) left = isNull(left, false);
        else if (isNegated) throw new Unsupported();
        else return left;
      }
    }
  }

  private identity(left: Node, isNegated: boolean): TruthNode {
    const word = this.tokens[this.at];
    if (word?.kind === 'name' && /^(?:true|false|distinct|not)$/i.test(word.text)) throw new Unsupported();
    const same = `isSame(${asNumber(left).code}, ${asNumber(this.comparison()).code})`;
    return isNegated ? truth(`!${same}`, same) : truth(same, `!${same}`);
  }

  private between(left: Node, isNegated: boolean): TruthNode {
    const x = asNumber(left).code;
    const low = asNumber(this.sum()).code;
    if (!this.take('AND')) throw new Unsupported();
    const bounds = `(${x}, ${low}, ${asNumber(this.sum()).code})`;
    return isNegated
      ? truth(`isOutside${bounds}`, `isBetween${bounds}`)
      : truth(`isBetween${bounds}`, `isOutside${bounds}`);
  }

  private membership(left: Node, isNegated: boolean): TruthNode {
    const x = asNumber(left).code;
    this.expect('(');
    const values: string[] = [];
    do values.push(asNumber(this.sum()).code);
    while (this.take(','));
    this.expect(')');
    const isIn = `(${values.map((value) => `${x} === ${value}`).join(' || ')})`;
    const isNot = `(${values.map((value) => `differ(${x}, ${value})`).join(' && ')})`;
    return isNegated ? truth(isNot, isIn) : truth(isIn, isNot);
  }

  private comparison(): Node {
    let left = this.sum();
    for (;;) {
      const token = this.tokens[this.at];
      const negation = token?.kind === 'symbol' ? COMPARISONS[token.text] : undefined;
      if (negation === undefined) return left;
      this.at++;
      const [x, y] = [asNumber(left).code, asNumber(this.sum()).code];
      left = truth(`(${x} ${token!.text} ${y})`, `(${x} ${negation} ${y})`);
    }
  }

  private sum(): Node {
    let left = this.product();
    for (;;) {
      const sign = this.take('+') ? '+' : this.take('-') ? '-' : undefined;
      if (sign === undefined) return left;
      left = calculate(asNumber(left), sign, asNumber(this.product()));
    }
  }

  private product(): Node {
    let left = this.unary();
    for (;;) {
      const sign = this.take('*') ? '*' : this.take('/') ? '/' : this.take('%') ? '%' : undefined;
      if (sign === undefined) return left;
      left = calculate(asNumber(left), sign, asNumber(this.unary()));
    }
  }

  private unary(): Node {
    if (++this.depth > DEPTH_MAX) throw new Unsupported();
    let node: Node;
    if (this.take('-')) {
      const inner = asNumber(this.unary());
      node = { ...inner, code: `(0 - ${inner.code})` };
    } else node = this.take('+') ? asNumber(this.unary()) : this.primary();
    this.depth--;
    return node;
  }

  private primary(): Node {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new Unsupported();
    const { kind, text } = token;
    if (kind === 'symbol' && text === '(') {
      const node = this.or();
      this.expect(')');
      return node;
    }
    if (kind === 'number') return this.literal(text);
    if (kind !== 'name' && kind !== 'quoted') throw new Unsupported();
    const name = text.toLowerCase();
    if (kind === 'name' && this.take('(')) return this.call(name);
    if (kind === 'name' && name === 'null') return { kind: 'number', type: 'real', code: 'NaN', bound: 0 };
    return this.columns.read(name, (sql) =>
      new Parser(readTokens(sql), this.columns, this.readNumber).number(),
    );
  }

  private literal(text: string): NumberNode {
    // A name that follows without a blank belongs to the number in newer versions of SQLite: 1_000.
    if (this.tokens[this.at]?.kind === 'name' && this.tokens[this.at]!.text.startsWith('_'))
      throw new Unsupported();
    const value = this.readNumber(text);
    if (value === undefined) throw new Unsupported();
    const isInteger = /^(?:\d+|0x[0-9a-f]+)$/i.test(text);
    if (isInteger && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) throw new Unsupported();
    const code = Number.isFinite(value) ? String(value) : 'Infinity';
    return { kind: 'number', type: isInteger ? 'integer' : 'real', code, bound: Math.abs(value) };
  }

  /** A function, whose opening parenthesis has been taken. */
  private call(name: string): NumberNode {
    const given: NumberNode[] = [];
    do given.push(asNumber(this.or()));
    while (this.take(','));
    this.expect(')');
    const list = given.map(({ code }) => code).join(', ');
    const [first] = given;
    if (name === 'abs' && given.length === 1) return { ...first!, code: `Math.abs(${list})` };
    if (name === 'sqrt' && given.length === 1) return { ...first!, type: 'real', code: `Math.sqrt(${list})` };
    if ((name !== 'min' && name !== 'max') || given.length < 2) throw new Unsupported();
    const type = given.every((node) => node.type === first!.type) ? first!.type : 'mixed';
    const bound = Math.max(...given.map((node) => node.bound));
    return { kind: 'number', type, code: `Math.${name}(${list})`, bound };
  }

  private take(word: string): boolean {
    const token = this.tokens[this.at];
    const isWord = token?.kind === 'symbol' || token?.kind === 'name';
    if (!isWord || token.text.toUpperCase() !== word) return false;
    this.at++;
    return true;
  }

  private expect(word: string): void {
    if (!this.take(word)) throw new Unsupported();
  }
}

function truth(code: string, negation: string): TruthNode {
  return { kind: 'truth', code, negation };
}

function asTruth(node: Node): TruthNode {
  return node.kind === 'truth' ? node : truth(`isTrue(${node.code})`, `(${node.code} === 0)`);
}

function asNumber(node: Node): NumberNode {
  // A truth value as a number is 0, 1 or NULL: rare enough to be SQLite's.
  if (node.kind === 'truth') throw new Unsupported();
  return node;
}

/** AND or OR, and their negations by De Morgan. */
function join(left: Node, right: Node, sign: string, negated: string): TruthNode {
  const [x, y] = [asTruth(left), asTruth(right)];
  return truth(`(${x.code} ${sign} ${y.code})`, `(${x.negation} ${negated} ${y.negation})`);
}

function isNull(node: Node, isWanted: boolean): TruthNode {
  const { code } = asNumber(node);
  const [yes, no] = [`Number.isNaN(${code})`, `!Number.isNaN(${code})`];
  return isWanted ? truth(yes, no) : truth(no, yes);
}

function calculate(x: NumberNode, sign: string, y: NumberNode): NumberNode {
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
