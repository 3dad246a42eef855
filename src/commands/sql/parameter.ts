/** Parses values of query parameters: `least=2`, `name=wheel`, `name:text=12`. */
import type { SessionParameters } from '../../database/sql/query.js';
import { UsageError } from '../../errors.js';

const KINDS = ['integer', 'real', 'text'] as const;
type Kind = (typeof KINDS)[number];

const INTEGER = /^[+-]?\d+$/;
/** An integer without leading zeros: with them it is more likely a name. */
const PLAIN_INTEGER = /^[+-]?(?:0|[1-9]\d*)$/;
const REAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

const INTEGER_BITS = 64;

/** Adds a parameter to those before. Its type is inferred from the value, or named before the `=`. */
export function parseParameter(text: string, before: SessionParameters = {}): SessionParameters {
  const match = /^(\w+)(?::(\w+))?=(.*)$/s.exec(text);
  if (match === null) throw new UsageError('expected a name and a value, such as least=2 or name:text=12');
  const [, name, kind, value] = match as unknown as [string, string, string | undefined, string];
  return { ...before, [name]: parseValue(value, kind ?? findKind(value)) };
}

/** Infers the type of a value. Integers beyond 64 bits are REAL, as in SQL text. */
function findKind(value: string): Kind {
  if (INTEGER.test(value) && !PLAIN_INTEGER.test(value)) return 'text';
  if (PLAIN_INTEGER.test(value) && fits(BigInt(value))) return 'integer';
  return REAL.test(value) ? 'real' : 'text';
}

function parseValue(value: string, kind: string): bigint | number | string {
  if (kind === 'text') return value;
  if (kind === 'real') {
    if (!REAL.test(value)) throw new UsageError(`'${value}' is not a number`);
    return Number(value);
  }
  if (kind !== 'integer') {
    throw new UsageError(`unknown type '${kind}'; expected one of ${KINDS.join(', ')}`);
  }
  if (!INTEGER.test(value) || !fits(BigInt(value))) {
    throw new UsageError(`'${value}' is not a ${INTEGER_BITS}-bit integer`);
  }
  return BigInt(value);
}

function fits(value: bigint): boolean {
  return BigInt.asIntN(INTEGER_BITS, value) === value;
}
