/**
 * Labels: columns with one value for a run of triangles: part, material, component and source.
 *
 * A condition over labels alone is evaluated once a run instead of once a triangle. Other conditions look up a
 * triangle's label by its id, in an indexed table.
 */

import type { Connection } from '../database/open-database.js';
import { selectSourceRuns } from '../database/source-runs.js';
import { readTokens, type Token } from './expression/lexer.js';

const LABELS = ['part', 'material', 'component', 'source'] as const;
type Label = (typeof LABELS)[number];

/** The kinds of runs that give a label its name, in order of precedence. */
const NAMED_KINDS: Readonly<Record<Label, readonly string[]>> = {
  part: ['solid', 'object', 'group'],
  material: ['material'],
  component: [],
  source: ['source'],
};

/** Words that give the same result for all triangles of a run. Others, as in a subquery or random(), may not. */
const WORDS = new Set(
  (
    'and or not in is null isnull notnull like glob between escape true false collate binary nocase rtrim ' +
    'case when then else end lower upper length substr instr trim ltrim replace coalesce ifnull nullif abs min max'
  ).split(' '),
);

/** Splits a condition joined by AND into terms that name only labels, and the rest. */
export function splitLabels(text: string): { readonly labels: readonly string[]; readonly rest: string } {
  const labels: string[] = [];
  const others: string[] = [];
  for (const term of splitTerms(text)) (namesLabelsOnly(term) ? labels : others).push(term.trim());
  if (labels.length === 0) return { labels, rest: text };
  // A term may end with a comment, which ends with its line.
  return { labels, rest: others.join('\nAND ') };
}

/** Returns a SELECT of the first and last ids of runs of triangles whose labels meet a condition. */
export function selectLabelRuns(text: string, triangleRange: number): string {
  const named = labelsOf(readTokens(text));
  const starts = ['SELECT 0 AS id'];
  for (const kind of named.flatMap((label) => NAMED_KINDS[label])) {
    starts.push(
      ...['first', 'last + 1'].map((id) => `SELECT ${id} FROM temp.named_runs WHERE kind = '${kind}'`),
    );
  }
  if (named.includes('component')) starts.push('SELECT first FROM main.component_runs');
  return `SELECT first, last FROM (
    SELECT t.first, t.last, ${selectLabels(named, 't.first').join(', ')}
    FROM (
      SELECT id AS first, lead(id, 1, ${triangleRange}) OVER (ORDER BY id) - 1 AS last
      FROM (${starts.join(' UNION ')}) WHERE id < ${triangleRange}) AS t
  ) AS triangle WHERE (\n${text}\n)`;
}

/** Returns the columns of the labels that a text may name, as SQL, for the triangle id given by the expression `id`. */
export function labelColumns(text: string, id: string): string[] {
  return selectLabels(labelsOf(readTokens(text)), id);
}

/** Creates the table for lookups of names of parts and sources; `isFilled` is false if conditions are only compiled. */
export function nameRuns(db: Connection, isFilled: boolean): void {
  // SQLite uses an index for a comparison only if the types of its columns are declared.
  db.exec(`CREATE TEMP TABLE IF NOT EXISTS named_runs (
    kind TEXT, first INTEGER, last INTEGER, name TEXT, PRIMARY KEY (kind, first)) WITHOUT ROWID`);
  if (!isFilled) return;
  db.exec(`INSERT OR REPLACE INTO temp.named_runs SELECT kind, first, last, name
    FROM main.part_runs JOIN main.parts ON parts.id = part WHERE kind <> 'source'`);
  db.exec(`INSERT OR REPLACE INTO temp.named_runs SELECT 'source', first, last, name
    FROM (${selectSourceRuns(db)}) WHERE first IS NOT NULL`);
}

function selectLabels(named: readonly Label[], id: string): string[] {
  const nameOf = (kind: string) => `(SELECT CASE WHEN last >= ${id} THEN name END FROM temp.named_runs
    WHERE kind = '${kind}' AND first <= ${id} ORDER BY first DESC LIMIT 1)`;
  const component = `(SELECT component FROM main.component_runs
    WHERE first <= ${id} ORDER BY first DESC LIMIT 1)`;
  return named.map((label) => {
    const names = NAMED_KINDS[label].map(nameOf);
    const column =
      label === 'component' ? component : names.length === 1 ? names[0] : `coalesce(${names.join(', ')})`;
    return `${column} AS ${label}`;
  });
}

function labelsOf(tokens: readonly Token[]): Label[] {
  const names = new Set(tokens.filter(isName).map(({ text }) => text.toLowerCase()));
  return LABELS.filter((label) => names.has(label));
}

function isName({ kind }: Token): boolean {
  return kind === 'name' || kind === 'quoted';
}

function namesLabelsOnly(text: string): boolean {
  const names = readTokens(text).filter(isName);
  const isLabel = ({ text: word }: Token) => (LABELS as readonly string[]).includes(word.toLowerCase());
  return (
    names.some(isLabel) &&
    names.every((name) => isLabel(name) || (name.kind === 'name' && WORDS.has(name.text.toLowerCase())))
  );
}

/** Splits a text into the terms that AND joins outside parentheses; returns it unsplit if OR or CASE occur there. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let begin = 0;
  let depth = 0;
  let betweens = 0;
  for (const token of readTokens(text)) {
    if (token.kind === 'symbol' && token.text === '(') depth++;
    if (token.kind === 'symbol' && token.text === ')') depth--;
    if (depth > 0 || token.kind !== 'name') continue;
    const word = token.text.toUpperCase();
    if (word === 'OR' || word === 'CASE') return [text];
    if (word === 'BETWEEN') betweens++;
    if (word !== 'AND' || betweens-- > 0) continue;
    betweens = 0;
    terms.push(text.slice(begin, token.begin));
    begin = token.begin + token.text.length;
  }
  return [...terms, text.slice(begin)];
}
