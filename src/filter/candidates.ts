/**
 * Asks SQLite for the parts of a filter that need it: SQL conditions and queries, names of parts and sources, components,
 * boxes. The answer is a set of triangle ids. Conditions that can be evaluated without SQLite are returned as
 * expressions, for a scan.
 */

import { IdSet } from '../collections/id-set.js';
import { hasTable } from '../database/migrate.js';
import type { Connection } from '../database/open-database.js';
import { checkTables } from '../database/quick-check.js';
import type { MeshRows } from '../database/rows/selection.js';
import { findRuns, TABLE } from '../database/spatial-index.js';
import { UsageError } from '../errors.js';
import { formatShape, shapeBounds } from '../geometry/shapes.js';
import { NAMES_COMPARED_MAX, suggest } from '../suggest.js';
import { type Expression, parseExpression } from './expression/expression.js';
import { splitLabels } from './labels.js';
import { compileQuestion, type Question } from './questions.js';
import { checkSource, runsOfSource } from './source-names.js';
import { type ComponentChoice, formatComponent, type TriangleFilter } from './triangle-filter.js';

/** Adds the triangles that answer a question to a set. */
type Answer = (question: Question, found: IdSet) => Promise<void>;

/** The state of a filter before any triangle is examined. */
export interface Candidates {
  /** The triangles that SQLite selected (default: all). */
  readonly set: IdSet | undefined;
  /** Conditions still to be evaluated, in addition to the shapes. */
  readonly expressions: readonly Expression[];
  /** Whether no condition is left and every vertex is known to be used. */
  readonly isWhole: boolean;
  /** How each part of the filter is evaluated, in words. */
  readonly steps: readonly { readonly filter: string; readonly by: string }[];
}

/** First and last ids of triangles. */
type Run = [first: number, last: number];

/** Queries SQLite, with a `pause` before each condition. Throws UsageError for invalid SQL or unknown names. */
export async function findCandidates(
  db: Connection,
  filter: TriangleFilter,
  rows: MeshRows,
  answer: Answer,
  pause: () => Promise<void>,
): Promise<Candidates> {
  const { where = [], sql = [], shapes = [], parts = [], sources = [], components = [] } = filter;
  const expressions: Expression[] = [];
  const steps: { filter: string; by: string }[] = [];
  const range = rows.triangleRange;
  const collector = new Collector(range, answer);

  for (const text of where) {
    await pause();
    // The complete text first, so that errors refer to what was written.
    compileQuestion(db, { kind: 'where', text }, range);
    const { labels, rest } = splitLabels(text);
    for (const label of labels) {
      await collector.ask({ kind: 'labels', text: label });
      steps.push({ filter: `where ${label}`, by: 'runs of ids' });
    }
    if (rest === '') continue;
    const expression = parseExpression(rest, (literal) => readLiteral(db, literal));
    const question: Question = { kind: 'where', text: rest };
    const by = expression === undefined ? compileQuestion(db, question, range).plan : 'a scan of pages';
    if (expression === undefined) await collector.ask(question);
    else expressions.push(expression);
    steps.push({ filter: `where ${rest.replaceAll('\n', ' ')}`, by });
  }
  for (const text of sql) {
    await pause();
    const { plan } = compileQuestion(db, { kind: 'sql', text }, range);
    await collector.ask({ kind: 'sql', text });
    steps.push({ filter: `sql ${text}`, by: plan });
  }
  if (parts.length > 0) {
    checkTables(db, ['parts', 'part_runs']);
    const found = IdSet.create(range);
    for (const pattern of parts) {
      await pause();
      for (const [first, last] of runsOfPart(db, pattern)) found.addRange(first, last);
    }
    collector.narrow(found);
    steps.push({ filter: `part ${parts.join(' or ')}`, by: 'runs of ids' });
  }
  if (sources.length > 0) {
    checkTables(db, ['sources']);
    const found = IdSet.create(range);
    for (const pattern of sources) {
      await pause();
      for (const { first, last } of runsOfSource(db, pattern)) found.addRange(first, last);
    }
    collector.narrow(found);
    steps.push({ filter: `source ${sources.join(' or ')}`, by: 'runs of ids' });
  }
  let isWhole = false;
  if (components.length > 0) {
    checkTables(db, ['components', 'component_runs']);
    checkComponents(db, components);
    const chosen = components.map(selectComponents).join(' UNION ');
    isWhole = areWhole(db, chosen, rows);
    if (!isWhole) collector.takeRuns(runsOfComponents(db, chosen));
    steps.push({ filter: `component ${components.map(formatComponent).join(' or ')}`, by: 'runs of ids' });
  }
  const isIndexed = hasTable(db, TABLE);
  for (const shape of shapes) {
    await pause();
    const bounds = shapeBounds(shape);
    const byIndex = isIndexed && bounds !== undefined;
    if (byIndex) collector.takeRuns(findRuns(db, bounds));
    steps.push({
      filter: `${formatShape(shape)}${shape.touching ? ', touching' : ''}`,
      by: byIndex ? 'the R*Tree, then its runs of ids' : 'a scan of pages',
    });
  }
  return {
    set: collector.set,
    expressions,
    isWhole: isWhole && collector.set === undefined && expressions.length + shapes.length === 0,
    steps,
  };
}

/**
 * Compiles the SQL of a filter and looks up its parts and sources, without running it. Throws UsageError like {@link
 * findCandidates}.
 */
export function compileFilter(
  db: Connection,
  { where = [], sql = [], parts = [], sources = [] }: TriangleFilter,
): void {
  for (const text of where) compileQuestion(db, { kind: 'where', text }, 0);
  for (const text of sql) compileQuestion(db, { kind: 'sql', text }, 0);
  for (const name of parts) checkPart(db, name);
  for (const name of sources) checkSource(db, name);
}

/** Narrows a set down, answer by answer. */
class Collector {
  set: IdSet | undefined;

  constructor(
    private readonly range: number,
    private readonly answer: Answer,
  ) {}

  takeRuns(runs: Iterable<Run>): void {
    const found = IdSet.create(this.range);
    for (const [first, last] of runs) found.addRange(first, last);
    this.narrow(found);
  }

  async ask(question: Question): Promise<void> {
    const found = IdSet.create(this.range);
    await this.answer(question, found);
    this.narrow(found);
  }

  narrow(found: IdSet): void {
    if (this.set === undefined) this.set = found;
    else this.set.intersect(found);
  }
}

/** Returns the number that a literal means to SQLite. */
function readLiteral(db: Connection, literal: string): number | undefined {
  const value = db.prepare(`SELECT ${literal}`).pluck().get();
  return typeof value === 'number' ? value : undefined;
}

/** Yields the runs of parts that match a name or pattern. Throws UsageError if none does. */
function runsOfPart(db: Connection, name: string): Iterable<Run> {
  checkPart(db, name);
  const runs = db.prepare(`SELECT first, last FROM parts JOIN part_runs ON part = parts.id
    WHERE name = @name OR name GLOB @name`);
  return runs.raw().iterate({ name }) as IterableIterator<Run>;
}

/** Throws UsageError unless a part matches a name or pattern. */
function checkPart(db: Connection, name: string): void {
  const isKnown = db.prepare('SELECT EXISTS (SELECT 1 FROM parts WHERE name = @name OR name GLOB @name)');
  if (isKnown.pluck().get({ name }) === 1) return;
  if (db.prepare('SELECT EXISTS (SELECT 1 FROM parts)').pluck().get() === 0) {
    throw new UsageError(`no part '${name}': the mesh has no parts`, { code: 'NOT_IN_MESH' });
  }
  const problem = /[*?[]/.test(name) ? `no part matches '${name}'` : `no part is named '${name}'`;
  const known = db
    .prepare('SELECT DISTINCT name FROM parts LIMIT ?')
    .pluck()
    .all(NAMES_COMPARED_MAX) as string[];
  throw new UsageError(problem, {
    code: 'NOT_IN_MESH',
    hint: suggest(name, known) ?? '`MeshDatabase.parts` lists the parts',
  });
}

/** Selects the ids of the chosen components in SQL. */
function selectComponents(choice: ComponentChoice): string {
  if (choice.kind === 'number') return `SELECT id FROM components WHERE id = ${choice.number}`;
  if (choice.kind === 'over') return `SELECT id FROM components WHERE triangles > ${choice.triangles}`;
  return 'SELECT id FROM (SELECT id FROM components ORDER BY triangles DESC, id LIMIT 1)';
}

/** Throws UsageError if a chosen component does not exist. */
function checkComponents(db: Connection, choices: readonly ComponentChoice[]): void {
  const count = db.prepare('SELECT count(*) FROM components').pluck().get() as number;
  for (const choice of choices) {
    if (choice.kind !== 'number' || choice.number < count) continue;
    const known = count < 2 ? ['no triangles', 'only component 0'][count] : `components 0 to ${count - 1}`;
    throw new UsageError(`no component ${choice.number}: the mesh has ${known}`, { code: 'NOT_IN_MESH' });
  }
}

/** Whether these components contain all triangles and all vertices of the mesh. */
function areWhole(db: Connection, chosen: string, rows: MeshRows): boolean {
  const sql = `SELECT total(triangles), total(vertices) FROM components WHERE id IN (${chosen})`;
  const [triangles, vertices] = db.prepare(sql).raw().get() as [number, number];
  return vertices === rows.vertexRange && triangles === rows.countTriangles();
}

function* runsOfComponents(db: Connection, chosen: string): Generator<Run> {
  const sql = `SELECT first, last FROM component_runs WHERE component IN (${chosen})`;
  yield* db.prepare(sql).raw().iterate() as IterableIterator<Run>;
}
