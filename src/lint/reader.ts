/** What a program is to the linter: where its rules were read, and what they say of a file. */
import type { OffFacts, Sighting } from './facts.js';

/** What can happen, from the worst on; a file on which nothing happens is read as it is meant. */
export const VERDICTS = ['refuses', 'misreads', 'drops', 'rounds'] as const;

/**
 * `refuses`: nothing is read, or what was read is not to be used. `misreads`: something else is read than stands
 * there, unless that then fails. `drops`: colours, normals or faces are left out. `rounds`: positions lose digits.
 */
export type Verdict = (typeof VERDICTS)[number];

/** True, or where it was seen, for a file on which the rule says something. */
export type Condition = (facts: OffFacts) => boolean | Sighting;

export interface Rule {
  readonly verdict: Verdict;
  /** Why or how, as a clause after the verdict. */
  readonly what: string;
  readonly when: Condition;
  /** Seen happening in the program itself, not only read in its source. */
  readonly isRun: boolean;
}

export interface OffReader {
  /** For scripts. */
  readonly id: string;
  readonly name: string;
  /** The version, or the commit of the source, that was looked at. */
  readonly version: string;
  /** The project and the files in which its rules were read. */
  readonly source: string;
  /** What was run to see rules happen; absent where none was. */
  readonly ran?: string;
  /** What else should be known of it. */
  readonly note?: string;
  readonly rules: readonly Rule[];
}

/** What one rule says of one file. */
export interface Finding {
  readonly verdict: Verdict;
  readonly what: string;
  /** How often, and on which line first; null where the rule is about the file as a whole. */
  readonly count: number | null;
  readonly line: number | null;
}

/** What one reader makes of a file. */
export interface Judgement {
  readonly reader: OffReader;
  /** The worst of its findings. */
  readonly verdict: Verdict | 'ok';
  /** The worst first; of a reader that refuses, why. */
  readonly findings: readonly Finding[];
}

/** Makes rules that have been seen happening (`run`), or have only been read. */
export function ruleMakers(isRun: boolean) {
  const make = (verdict: Verdict) => (what: string, when: Condition) =>
    ({ verdict, what, when, isRun }) as const;
  return {
    refuses: make('refuses'),
    misreads: make('misreads'),
    drops: make('drops'),
    rounds: make('rounds'),
  };
}

/** What a reader makes of a file with these facts. */
export function judge(facts: OffFacts, reader: OffReader): Judgement {
  const { compression } = facts;
  if (compression !== null) {
    const finding = {
      verdict: 'refuses',
      what: `${compression}: it does not unpack`,
      count: null,
      line: null,
    } as const;
    return { reader, verdict: 'refuses', findings: [finding] };
  }
  const all = reader.rules.flatMap((rule) => {
    const seen = rule.when(facts);
    if (seen === false || (seen !== true && seen.count === 0)) return [];
    const { count, line } = seen === true ? { count: null, line: null } : seen;
    return [{ verdict: rule.verdict, what: rule.what, count, line }];
  });
  const verdict = VERDICTS.find((one) => all.some((finding) => finding.verdict === one)) ?? 'ok';
  const told = verdict === 'refuses' ? all.filter((finding) => finding.verdict === verdict) : all;
  const findings = VERDICTS.flatMap((one) => told.filter((finding) => finding.verdict === one));
  return { reader, verdict, findings };
}
