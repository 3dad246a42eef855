import { readdirSync, readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';
import fc from 'fast-check';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, it } from 'vitest';

const SRC = new URL('../../src/', import.meta.url);

/** Expressions that are slow on long texts, and never see one. */
const NEVER_LONG: Readonly<Record<string, string>> = {
  '/\\B(?=(?:\\d{3})+$)/g': 'puts separators into a number of at most 22 digits',
  '/\\nExit codes:\\n(.*?)\\n(?:\\n|$)/s': 'reads the help of a command, which is a few kilobytes long',
};

/** Characters of an input. */
const LENGTH = 30_000;
/** A linear expression needs about a millisecond; a quadratic one half a second, and an exponential one has no end. */
const LIMIT_MS = 150;

interface Found {
  readonly literal: string;
  readonly expression: RegExp;
  readonly file: string;
}

/** All regular expressions that stand in the sources, each once. */
function collect(): Found[] {
  const found = new Map<string, Found>();
  for (const file of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const visit = (node: unknown): void => {
      if (node === null || typeof node !== 'object') return;
      const { regex } = node as { regex?: { pattern: string; flags: string } };
      if (regex !== undefined) {
        const literal = `/${regex.pattern}/${regex.flags}`;
        found.set(literal, { literal, file, expression: new RegExp(regex.pattern, regex.flags) });
      }
      for (const child of Object.values(node)) visit(child);
    };
    visit(parseAst(readFileSync(new URL(file, SRC), 'utf8'), { lang: 'ts' }));
  }
  return [...found.values()];
}

/** What is repeated: blanks and such, the characters of the pattern, and pieces of texts that match it. */
function listPieces({ expression }: Found): string[] {
  const pieces = new Set([' ', '\n', '\r', '\t', '0', 'a', '-', '"', '\\', '/**/']);
  for (const character of expression.source) pieces.add(character);
  for (const word of expression.source.match(/[^\\[\](){}|?*+^$]{2,}/g) ?? []) {
    for (const after of ['', ' ', '\n', '\n\n']) pieces.add(word + after);
  }
  for (const sample of sampleMatches(expression)) {
    for (const length of [2, 3, 5, sample.length]) {
      for (const from of [0, 1, sample.length - length])
        pieces.add(sample.slice(Math.max(0, from), from + length));
    }
  }
  pieces.delete('');
  return [...pieces];
}

/** Texts that match an expression; none where the generator does not know what it has. */
function sampleMatches(expression: RegExp): string[] {
  try {
    const plain = new RegExp(expression.source, expression.flags.replace(/[gy]/g, ''));
    return fc.sample(fc.stringMatching(plain, { size: 'xsmall' }), { numRuns: 8, seed: 1 });
  } catch {
    return [];
  }
}

/** Runs an expression on texts, in a context that can be stopped; whether it came to its end in time. */
const context = createContext({});
const search = new Script(`
  for (const text of texts) {
    expression.lastIndex = 0;
    for (let count = 0; count < 10; count++) if (expression.exec(text) === null || !expression.global) break;
  }`);

function isQuick(expression: RegExp, texts: readonly string[]): boolean {
  Object.assign(context, { expression, texts });
  const run = () => {
    try {
      search.runInContext(context, { timeout: LIMIT_MS });
      return true;
    } catch {
      return false;
    }
  };
  // The machine may be busy with something else for a moment.
  return run() || run();
}

/** The first text, described, that an expression takes too long for. */
function findSlow(found: Found): string | undefined {
  const samples = ['', '\0', ...sampleMatches(found.expression).slice(0, 2)];
  for (const piece of listPieces(found)) {
    const repeated = piece.repeat(Math.ceil(LENGTH / piece.length));
    const texts = samples.flatMap((before) =>
      ['\0', `${piece[0]}\0\n`].map((after) => ({ before, after, text: before + repeated + after })),
    );
    // To stop a run costs more than the run, so all go first.
    if (
      isQuick(
        found.expression,
        texts.map(({ text }) => text),
      )
    )
      continue;
    for (const { before, after, text } of texts) {
      if (isQuick(found.expression, [text])) continue;
      return `${JSON.stringify(before)} + ${JSON.stringify(piece)}.repeat(…) + ${JSON.stringify(after)}`;
    }
  }
  return undefined;
}

const literals = collect();

describe('regular expressions', () => {
  it('are collected from src', () => {
    expect(literals.length).toBeGreaterThan(100);
    const known = literals.map(({ literal }) => literal);
    for (const literal of Object.keys(NEVER_LONG)) expect(known).toContain(literal);
  });

  it.each([
    /^(?:\s|--[^\n]*\n|\/\*.*?\*\/)*(SELECT|WITH)\b/is,
    /(a+)+$/,
    /[\s;]*$/,
    /^\d+\.?\d*$/,
    /^(999[\r\n]+[^\r\n]*[\r\n]+)*\s*0/,
  ])('are recognized as slow: %s', (expression) => {
    expect(findSlow({ literal: String(expression), expression, file: '' })).toBeDefined();
  });

  it.each(literals.filter(({ literal }) => NEVER_LONG[literal] === undefined))(
    'take linear time: $literal in $file',
    (found) => {
      expect(findSlow(found)).toBeUndefined();
    },
  );
});
