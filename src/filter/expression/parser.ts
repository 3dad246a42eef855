/** Translates tokens into code, a method for each precedence level of sqlite.org/lang_expr.html. Never runs code. */
import { readTokens, type Token } from './lexer.js';
import {
  asNumber,
  asTruth,
  type Columns,
  calculate,
  isNull,
  join,
  type Node,
  type NumberNode,
  type TruthNode,
  truth,
  Unsupported,
} from './nodes.js';

const COMPARISONS: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
const EQUAL = ['=', '==', '!=', '<>'];
/** Longer lists of numbers are looked up by hash: 1,000 numbers one by one take 13 times as long. */
const LIST_MAX = 8;
/** The deepest nesting that is translated. */
const DEPTH_MAX = 200;

/** Parses from OR down. All methods throw Unsupported if SQLite must evaluate a text. */
export class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly columns: Columns,
    private readonly readNumber: (literal: string) => number | undefined,
  ) {}

  /** Translates the complete text as a condition. */
  condition(): string {
    const node = this.or();
    if (this.at < this.tokens.length) throw new Unsupported();
    return asTruth(node).code;
  }

  /** Translates the complete text as a number. */
  number(): NumberNode {
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
    const values: NumberNode[] = [];
    do values.push(asNumber(this.sum()));
    while (this.take(','));
    this.expect(')');
    const known = values.flatMap(({ value }) => value ?? []);
    const isLong = known.length > LIST_MAX;
    const others = isLong ? values.filter(({ value }) => value === undefined) : values;
    const equal = others.map(({ code }) => `${x} === ${code}`);
    const differ = others.map(({ code }) => `differ(${x}, ${code})`);
    if (isLong) {
      const list = `list${this.columns.lists.push(known) - 1}`;
      equal.unshift(`${list}.has(${x})`);
      differ.unshift(`isMissing(${list}, ${x})`);
    }
    const isIn = `(${equal.join(' || ')})`;
    const isNot = `(${differ.join(' && ')})`;
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
      const value = inner.value === undefined ? undefined : 0 - inner.value;
      node = { ...inner, value, code: `(0 - ${inner.code})` };
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
    // In newer versions of SQLite, a name directly after a number belongs to it: 1_000.
    if (this.tokens[this.at]?.kind === 'name' && this.tokens[this.at]!.text.startsWith('_'))
      throw new Unsupported();
    // Short integers mean what they say: a long list of ids needs no queries.
    const value = /^\d{1,15}$/.test(text) ? Number(text) : this.readNumber(text);
    if (value === undefined) throw new Unsupported();
    const isInteger = /^(?:\d+|0x[0-9a-f]+)$/i.test(text);
    if (isInteger && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) throw new Unsupported();
    const code = Number.isFinite(value) ? String(value) : 'Infinity';
    return { kind: 'number', type: isInteger ? 'integer' : 'real', code, bound: Math.abs(value), value };
  }

  /** Translates a function whose opening parenthesis has been read. */
  private call(name: string): NumberNode {
    const given: NumberNode[] = [];
    do given.push(asNumber(this.or()));
    while (this.take(','));
    this.expect(')');
    const list = given.map(({ code }) => code).join(', ');
    const [first] = given;
    if (name === 'abs' && given.length === 1)
      return { ...first!, value: undefined, code: `Math.abs(${list})` };
    if (name === 'sqrt' && given.length === 1)
      return { ...first!, value: undefined, type: 'real', code: `Math.sqrt(${list})` };
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
