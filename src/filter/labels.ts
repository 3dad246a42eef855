/**
 * Labels: columns that whole runs of triangles have in common, their part, material, component and source.
 *
 * A condition over labels alone is evaluated once a run instead of once a triangle. Others find a triangle's label by
 * its id, in a table that has an index on it.
 */

import { basename } from 'node:path';
import type { Connection } from '../database/open-database.js';
import { readTokens, type Token } from './expression/lexer.js';

const LABELS = ['part', 'material', 'component', 'source'] as const;
type Label = (typeof LABELS)[number];

/** Kinds of parts that `part` names, in the order in which they are tried. */
const NAMED_KINDS = ['solid', 'object', 'group'];

/**
 * Words of a condition that yields the same for all triangles of a run. Anything else, a subquery or random(), may not.
 */
const WORDS = new Set(
  (
    'and or not in is null isnull notnull like glob between escape true false collate binary nocase rtrim ' +
    'case when then else end lower upper length substr instr trim ltrim replace coalesce ifnull nullif abs min max'
  ).split(' '),
);

/** Splits a condition into those of its terms, joined by AND, that name labels alone, and the rest. */
export function splitLabels(text: string): { readonly labels: readonly string[]; readonly rest: string } {
  const labels: string[] = [];
  const others: string[] = [];
  for (const term of splitTerms(text)) (namesLabelsOnly(term) ? labels : others).push(term.trim());
  if (labels.length === 0) return { labels, rest: text };
  // A term may end with a comment, which ends with its line.
  return { labels, rest: others.join('\nAND ') };
}

/** A SELECT of first and last ids of the runs of triangles whose labels fulfil a condition. */
export function selectLabelRuns(db: Connection, text: string, triangleRange: number): string {
  const named = labelsOf(readTokens(text));
  const starts = ['SELECT 0 AS id'];
  if (named.includes('part') || named.includes('material')) {
    starts.push('SELECT first FROM temp.named_runs', 'SELECT last + 1 FROM temp.named_runs');
  }
  if (named.includes('component')) starts.push('SELECT first FROM main.component_runs');
  return `SELECT first, last FROM (
    SELECT t.first, t.last, ${selectLabels(db, named, 't.first').join(', ')}
    FROM (
      SELECT id AS first, lead(id, 1, ${triangleRange}) OVER (ORDER BY id) - 1 AS last
      FROM (${starts.join(' UNION ')}) WHERE id < ${triangleRange}) AS t
  ) AS triangle WHERE (\n${text}\n)`;
}

/** The columns of those labels that a text may mean, as SQL, for the triangle whose id the expression `id` gives. */
export function labelColumns(db: Connection, text: string, id: string): string[] {
  return selectLabels(db, labelsOf(readTokens(text)), id);
}

/** Makes the table that conditions look names of parts up in; `isFilled` is false where they are only compiled. */
export function nameRuns(db: Connection, isFilled: boolean): void {
  // SQLite uses an index for a comparison only if the types of its columns are declared.
  db.exec(`CREATE TEMP TABLE IF NOT EXISTS named_runs (
    kind TEXT, first INTEGER, last INTEGER, name TEXT, PRIMARY KEY (kind, first)) WITHOUT ROWID`);
  if (!isFilled) return;
  db.exec(`INSERT OR REPLACE INTO temp.named_runs SELECT kind, first, last, name
    FROM main.part_runs JOIN main.parts ON parts.id = part`);
}

function selectLabels(db: Connection, named: readonly Label[], id: string): string[] {
  const nameOf = (kind: string) => `(SELECT CASE WHEN last >= ${id} THEN name END FROM temp.named_runs
    WHERE kind = '${kind}' AND first <= ${id} ORDER BY first DESC LIMIT 1)`;
  const columns: Readonly<Record<Label, () => string>> = {
    part: () => `coalesce(${NAMED_KINDS.map(nameOf).join(', ')})`,
    material: () => nameOf('material'),
    component: () => `(SELECT component FROM main.component_runs
      WHERE first <= ${id} ORDER BY first DESC LIMIT 1)`,
    source: () => `CAST(x'${Buffer.from(sourceName(db)).toString('hex')}' AS TEXT)`,
  };
  return named.map((label) => `${columns[label]()} AS ${label}`);
}

/** The name of the file that was imported, without its folder. */
function sourceName(db: Connection): string {
  const path = db.prepare('SELECT path FROM main.sources ORDER BY id LIMIT 1').pluck().get();
  return typeof path === 'string' ? basename(path) : '';
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

/** The terms that AND joins outside all parentheses; the text itself where OR or CASE stand there, too. */
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
