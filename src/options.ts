/**
 * Checks the options that callers pass, as data, at the start of each verb. TypeScript checks the same, but not for
 * programs in JavaScript, nor for values from a configuration or a request.
 *
 * Rules check types only. Whether a value makes sense together with others is up to the code that uses it.
 */

import { UsageError } from './errors.js';
import { suggest } from './suggest.js';
import { formatCount } from './wording.js';

/** A check of one value. */
export interface OptionRule<T> {
  /** The noun after "expected ...". */
  readonly expected: string;
  /** Whether the option is only for tests or other modules; messages then leave it out. */
  readonly isInternal?: boolean;
  /** Returns the value in the form used, or throws UsageError. `name` is qualified by the parent options. */
  take(value: unknown, name: string): T;
}

/** A rule for each option of a type; the compiler refuses a missing or an extra one. */
export type Rules<T> = { readonly [Name in keyof T]-?: OptionRule<Exclude<T[Name], undefined>> };

/** Options in the form used: URLs have become paths. */
export type Taken<T> = { readonly [Name in keyof T]: Exclude<T[Name], URL> };

/** Checks options and drops undefined ones. Throws UsageError for an unknown option or a value of a wrong type. */
export function takeOptions<T extends object>(options: T, rules: Rules<T>): Taken<T> {
  if (!isPlainObject(options)) throw refuse(options, 'an object with options', 'options');
  return takeEntries(options, rules, '') as Taken<T>;
}

/** Returns the rules without those of some options. */
export function omitRules<T extends object, Name extends keyof T>(
  rules: Rules<T>,
  names: readonly Name[],
): Rules<Omit<T, Name>> {
  const kept = Object.entries(rules).filter(([name]) => !(names as readonly string[]).includes(name));
  return Object.fromEntries(kept) as unknown as Rules<Omit<T, Name>>;
}

/** A string. */
export const text: OptionRule<string> = ruleOf('a string', (value) => typeof value === 'string');

/** A boolean. */
export const flag: OptionRule<boolean> = ruleOf('true or false', (value) => typeof value === 'boolean');

/** A callback. */
export const listener: OptionRule<never> = ruleOf('a function', (value) => typeof value === 'function');

/** Marks the rule of an option that is `@internal`. */
export function internal<T>(rule: OptionRule<T>): OptionRule<T> {
  return { ...rule, isInternal: true };
}

/** Any number except NaN and the infinities. */
export const finite: OptionRule<number> = ruleOf('a finite number', Number.isFinite);

/** The signal that aborts a run. */
export const abortSignal: OptionRule<AbortSignal> = ruleOf(
  'an AbortSignal',
  (value) => typeof value === 'object' && value !== null && 'aborted' in value && 'throwIfAborted' in value,
);

/** An integer between inclusive limits. */
export function integer(min = 0, max = Number.MAX_SAFE_INTEGER): OptionRule<number> {
  const range =
    max === Number.MAX_SAFE_INTEGER
      ? `of at least ${formatCount(min)}`
      : `from ${min} to ${formatCount(max)}`;
  return ruleOf(`an integer ${range}`, (value) => Number.isInteger(value) && between(value, min, max));
}

/** A number between inclusive limits. */
export function number(min: number, max: number): OptionRule<number> {
  return ruleOf(
    `a number from ${min} to ${max}`,
    (value) => Number.isFinite(value) && between(value, min, max),
  );
}

/** One of several words. */
export function oneOf<const Word extends string>(words: readonly Word[]): OptionRule<Word> {
  return ruleOf(`one of ${words.join(', ')}`, (value) => (words as readonly unknown[]).includes(value));
}

/** An array whose items follow a rule; it has exactly `count` items if given. `items` names them: "strings". */
export function listOf<T, List extends readonly T[] = readonly T[]>(
  rule: OptionRule<T>,
  items: string,
  count?: number,
): OptionRule<List> {
  const expected = `a list of ${count === undefined ? '' : `${count} `}${items}`;
  return {
    expected,
    take(value, name) {
      const isList = Array.isArray(value) || ArrayBuffer.isView(value);
      if (!isList || (count !== undefined && (value as unknown[]).length !== count)) {
        throw refuse(value, expected, name);
      }
      return Array.from(value as unknown[], (item, k) => rule.take(item, `${name}[${k}]`)) as unknown as List;
    },
  };
}

/** An object whose optional entries follow rules. */
export function record<T extends object>(rules: Rules<T>): OptionRule<T> {
  const expected = `an object with ${Object.keys(rules).join(', ')}`;
  return {
    expected,
    take(value, name) {
      if (!isPlainObject(value)) throw refuse(value, expected, name);
      return takeEntries(value as T, rules, `${name}.`);
    },
  };
}

/** An object whose entries follow rules and must all be present. */
export function complete<T extends object>(rules: Rules<T>): OptionRule<T> {
  const { expected, take } = record(rules);
  return {
    expected,
    take(value, name) {
      const taken = take(value, name);
      const missing = Object.keys(rules).find((key) => !Object.hasOwn(taken, key));
      if (missing === undefined) return taken;
      throw new UsageError(`missing; expected ${ruleFor(rules, missing)!.expected}`, {
        option: `${name}.${missing}`,
      });
    },
  };
}

/** One of several objects, distinguished by the word under `tag`. All entries must be present. */
export function variant<T extends object, Tag extends keyof T & string>(
  tag: Tag,
  variants: { readonly [Word in T[Tag] & string]: Rules<Omit<Extract<T, Record<Tag, Word>>, Tag>> },
): OptionRule<T> {
  const words = oneOf(Object.keys(variants));
  const expected = `an object whose ${tag} is ${words.expected}`;
  return {
    expected,
    take(value, name) {
      if (!isPlainObject(value)) throw refuse(value, expected, name);
      const word = words.take((value as Record<string, unknown>)[tag], `${name}.${tag}`);
      const rules = { [tag]: words, ...variants[word as keyof typeof variants] };
      return complete(rules as unknown as Rules<T>).take(value, name);
    },
  };
}

/** Creates the error for a wrong value of an option. */
export function refuse(value: unknown, expected: string, option: string): UsageError {
  return new UsageError(`${describe(value)}; expected ${expected}`, { option });
}

/** Makes a rule from a test. */
export function ruleOf<T>(expected: string, test: (value: unknown) => boolean): OptionRule<T> {
  return {
    expected,
    take(value, name) {
      if (test(value)) return value as T;
      throw refuse(value, expected, name);
    },
  };
}

function takeEntries<T extends object>(options: T, rules: Rules<T>, prefix: string): T {
  const taken: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) {
    const rule = ruleFor(rules, key);
    if (rule === undefined) throw unknownOption(key, publicNames(rules), prefix);
    if (value !== undefined) taken[key] = rule.take(value, `${prefix}${key}`);
  }
  return taken as T;
}

function ruleFor<T extends object>(rules: Rules<T>, key: string): OptionRule<unknown> | undefined {
  return Object.hasOwn(rules, key)
    ? (rules as Readonly<Record<string, OptionRule<unknown>>>)[key]
    : undefined;
}

function publicNames<T extends object>(rules: Rules<T>): string[] {
  return Object.keys(rules).filter((key) => ruleFor(rules, key)!.isInternal !== true);
}

function unknownOption(key: string, known: readonly string[], prefix: string): UsageError {
  return new UsageError(`unknown option; expected one of ${[...known].sort().join(', ')}`, {
    option: `${prefix}${key}`,
    hint: suggest(
      `${prefix}${key}`,
      known.map((name) => `${prefix}${name}`),
    ),
  });
}

/** The longest part of a string that a message shows, in characters. */
const SHOWN = 40;

function describe(value: unknown): string {
  if (typeof value === 'string') {
    return `'${value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value}' is a string`;
  }
  if (typeof value === 'function') return 'is a function';
  if (Array.isArray(value)) return `is a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'is an object' : String(value);
}

function between(value: unknown, min: number, max: number): boolean {
  return (value as number) >= min && (value as number) <= max;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
