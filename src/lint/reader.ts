/** Models a program for the linter: where its rules were found, and what they report about a file. */
import type { OffFacts, Sighting } from './facts.js';

/** The possible verdicts, worst first; a file without findings is read as intended. */
export const VERDICTS = ['refuses', 'misreads', 'drops', 'rounds'] as const;

/**
 * `refuses`: nothing is read, or the result must not be used. `misreads`: the content is read as something else, which
 * may then fail. `drops`: colors, normals or faces are left out. `rounds`: positions lose digits.
 */
export type Verdict = (typeof VERDICTS)[number];

/** Whether a rule applies to a file, or where this was seen. */
export type Condition = (facts: OffFacts) => boolean | Sighting;

export interface Rule {
  readonly verdict: Verdict;
  /** Why or how, as a clause after the verdict. */
  readonly what: string;
  readonly when: Condition;
  /** Observed in the program itself, not only found in its source. */
  readonly isRun: boolean;
}

export interface OffReader {
  /** For scripts. */
  readonly id: string;
  readonly name: string;
  /** The version, or the commit of the source, that was examined. */
  readonly version: string;
  /** The project and the files in which its rules were found. */
  readonly source: string;
  /** The program that was run to observe the rules; absent if none was run. */
  readonly ran?: string;
  /** Further remarks. */
  readonly note?: string;
  readonly rules: readonly Rule[];
}

/** The report of one rule about one file. */
export interface Finding {
  readonly verdict: Verdict;
  readonly what: string;
  /** The number of occurrences, and the first line; null if the rule concerns the complete file. */
  readonly count: number | null;
  readonly line: number | null;
}

/** The handling of a file by one reader. */
export interface Judgement {
  readonly reader: OffReader;
  /** The worst of its findings. */
  readonly verdict: Verdict | 'ok';
  /** The findings, worst first; for a reader that refuses, only the reasons. */
  readonly findings: readonly Finding[];
}

/** Creates rules that were observed (`run`), or were only found in the source. */
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

/** Judges how a reader handles a file with these facts. */
export function judge(facts: OffFacts, reader: OffReader): Judgement {
  const { compression } = facts;
  if (compression !== null) {
    const finding = {
      verdict: 'refuses',
      what: `${compression}: it does not decompress`,
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
