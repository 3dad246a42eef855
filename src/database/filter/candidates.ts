/**
 * What SQLite is asked of a filter: SQL conditions and queries, names of parts, components, boxes. The answer is a set
 * of triangle ids; conditions that can be evaluated as SQLite does come back as expressions, for a scan.
 *
 * Every text is compiled by SQLite, on a connection that cannot write, and refused if it is more than one SELECT.
 */
import Database from 'better-sqlite3';
import { UsageError } from '../../errors.js';
import { hasTable } from '../migrate.js';
import { checkTables } from '../quick-check.js';
import type { MeshRows } from '../selection.js';
import { columnNames, selectTriangles } from './columns.js';
import { type Expression, parseExpression } from './expression.js';
import { IdSet } from './id-set.js';
import { type Shape, shapeBounds } from './shapes.js';
import { findRuns, TABLE } from './spatial-index.js';
import type { ComponentChoice, TriangleFilter } from './triangle-filter.js';

/** Rows taken from SQLite before others get their turn. */
const TURN_ROWS = 16_384;

/** What is known of the triangles that a filter's conditions leave before any is looked at. */
export interface Candidates {
  /** Those that fulfil what SQLite was asked; all unless given. */
  readonly set: IdSet | undefined;
  /** Conditions that are still to be evaluated, beside the shapes. */
  readonly expressions: readonly Expression[];
  /** True where there is no condition left, and every vertex is known to have a triangle. */
  readonly isWhole: boolean;
  /** How each part of the filter is evaluated, in words. */
  readonly steps: readonly { readonly filter: string; readonly by: string }[];
}

/** First and last ids of triangles. */
type Run = [first: number, last: number];

/**
 * Asks SQLite. Throws UsageError where a text is wrong or names something that there is not. `beforeQuery` is called
 * before each text that SQLite evaluates: it passes over rows that damage has taken away.
 */
export async function findCandidates(
  db: Database.Database,
  filter: TriangleFilter,
  rows: MeshRows,
  signal: AbortSignal | undefined,
  beforeQuery: () => Promise<void>,
): Promise<Candidates> {
  const { where = [], sql = [], shapes = [], parts = [], components = [] } = filter;
  const expressions: Expression[] = [];
  const steps: { filter: string; by: string }[] = [];
  const collector = new Collector(rows.triangleRange, signal);

  for (const text of where) {
    const query = `SELECT id FROM (${triangleView(db, text)}) AS triangle WHERE (\n${text}\n)`;
    const statement = compile(db, query, '--where', text);
    const expression = parseExpression(text, (literal) => readLiteral(db, literal));
    if (expression !== undefined) {
      expressions.push(expression);
    } else {
      await beforeQuery();
      await collector.takeIds(statement, '--where', text);
    }
    const by = expression === undefined ? explain(db, query) : 'a scan of pages';
    steps.push({ filter: `where ${text}`, by });
  }
  for (const text of sql) {
    if (!/^(?:\s|--[^\n]*\n|\/\*.*?\*\/)*(?:SELECT|WITH|VALUES)\b/is.test(text)) {
      throw new UsageError(`--sql: ${text}: not a query; expected one SELECT that yields ids of triangles`);
    }
    const statement = compile(db, text, '--sql', text);
    await beforeQuery();
    await collector.takeIds(statement, '--sql', text);
    steps.push({ filter: `sql ${text}`, by: explain(db, text) });
  }
  if (parts.length > 0) {
    checkTables(db, ['parts', 'part_runs']);
    collector.takeRuns(runsOfParts(db, parts));
    steps.push({ filter: `part ${parts.join(' or ')}`, by: 'runs of ids' });
  }
  let isWhole = false;
  if (components.length > 0) {
    checkTables(db, ['components', 'component_runs']);
    checkComponents(db, components);
    const chosen = components.map(selectComponents).join(' UNION ');
    isWhole = areWhole(db, chosen, rows);
    if (!isWhole) collector.takeRuns(runsOfComponents(db, chosen));
    steps.push({ filter: `component ${components.map(describeChoice).join(' or ')}`, by: 'runs of ids' });
  }
  const isIndexed = hasTable(db, TABLE);
  for (const shape of shapes) {
    const bounds = shapeBounds(shape);
    const byIndex = isIndexed && bounds !== undefined;
    if (byIndex) collector.takeRuns(findRuns(db, bounds));
    steps.push({
      filter: describeShape(shape),
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

/** Narrows a set down, answer by answer. */
class Collector {
  set: IdSet | undefined;

  constructor(
    private readonly range: number,
    private readonly signal: AbortSignal | undefined,
  ) {}

  takeRuns(runs: Iterable<Run>): void {
    const found = IdSet.create(this.range);
    for (const [first, last] of runs) found.addRange(first, last);
    this.narrow(found);
  }

  async takeIds(statement: Database.Statement, option: string, text: string): Promise<void> {
    const found = IdSet.create(this.range);
    let rows = 0;
    try {
      for (const id of statement.pluck().iterate() as Iterable<unknown>) {
        if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= this.range) {
          throw new UsageError(
            `${option}: ${text}: yields ${describeValue(id)}; expected ids of triangles, 0 to ${this.range - 1}`,
          );
        }
        found.add(id);
        if (++rows % TURN_ROWS > 0) continue;
        await new Promise((resolve) => setImmediate(resolve));
        this.signal?.throwIfAborted();
      }
    } catch (error) {
      // A parameter, which nobody gives a value to, is a RangeError of the library's.
      const isSql = error instanceof Database.SqliteError || error instanceof RangeError;
      throw isSql ? sqlError(error, option, text) : error;
    }
    this.narrow(found);
  }

  private narrow(found: IdSet): void {
    if (this.set === undefined) this.set = found;
    else this.set.intersect(found);
  }
}

/** Compiles a text that must be one SELECT. */
function compile(db: Database.Database, query: string, option: string, text: string): Database.Statement {
  let statement: Database.Statement;
  try {
    statement = db.prepare(query);
  } catch (error) {
    throw sqlError(error, option, text);
  }
  if (statement.reader && statement.readonly) return statement;
  throw new UsageError(`${option}: ${text}: would change something; expected one SELECT`);
}

function sqlError(error: unknown, option: string, text: string): unknown {
  if (!(error instanceof Error)) return error;
  const hint =
    option === '--where'
      ? `columns of a triangle: ${columnNames().join(', ')}`
      : 'tables: vertices (id, x, y, z), triangles (id, a, b, c), parts, part_runs, components, component_runs';
  return new UsageError(`${option}: ${text}: ${error.message}`, { hint, cause: error });
}

/** How SQLite goes about a query. */
function explain(db: Database.Database, query: string): string {
  const rows = db.prepare(`EXPLAIN QUERY PLAN ${query}`).all() as { detail: string }[];
  return `SQLite: ${rows.map(({ detail }) => detail).join('; ')}`;
}

/** The number that SQLite takes a literal for. */
function readLiteral(db: Database.Database, literal: string): number | undefined {
  const value = db.prepare(`SELECT ${literal}`).pluck().get();
  return typeof value === 'number' ? value : undefined;
}

/** A SELECT of all columns of a triangle; those of parts and components only where the text may mean them. */
function triangleView(db: Database.Database, text: string): string {
  const columns = ['t.*'];
  if (/\b(?:part|material)\b/i.test(text)) {
    namePartRuns(db);
    const nameOf = (kind: string) => `(SELECT CASE WHEN last >= t.id THEN name END FROM temp.named_runs
      WHERE kind = '${kind}' AND first <= t.id ORDER BY first DESC LIMIT 1)`;
    columns.push(`coalesce(${['solid', 'object', 'group'].map(nameOf).join(', ')}) AS part`);
    columns.push(`${nameOf('material')} AS material`);
  }
  if (/\bcomponent\b/i.test(text)) {
    columns.push(`(SELECT component FROM main.component_runs
      WHERE first <= t.id ORDER BY first DESC LIMIT 1) AS component`);
  }
  return columns.length === 1
    ? selectTriangles()
    : `SELECT ${columns.join(', ')} FROM (${selectTriangles()}) AS t`;
}

/** Names of runs where a triangle's is found at once: the tables of parts are in the order of the source. */
function namePartRuns(db: Database.Database): void {
  db.exec(`CREATE TEMP TABLE IF NOT EXISTS named_runs (kind, first, last, name, PRIMARY KEY (kind, first)) WITHOUT ROWID;
    INSERT OR REPLACE INTO temp.named_runs SELECT kind, first, last, name
    FROM main.part_runs JOIN main.parts ON parts.id = part`);
}

/** Runs of the parts with these names. Throws UsageError where one of them matches none. */
function* runsOfParts(db: Database.Database, patterns: readonly string[]): Generator<Run> {
  for (const pattern of patterns) {
    const isKnown = db
      .prepare('SELECT EXISTS (SELECT 1 FROM parts WHERE name = @name OR name GLOB @name)')
      .pluck();
    if (isKnown.get({ name: pattern }) === 0) {
      throw new UsageError(`no part is named '${pattern}'; expected a name or a pattern such as 'wheel*'`, {
        hint: 'offload info lists the parts',
      });
    }
    const runs = db.prepare(`SELECT first, last FROM parts JOIN part_runs ON part = parts.id
      WHERE name = @name OR name GLOB @name`);
    yield* runs.raw().iterate({ name: pattern }) as IterableIterator<Run>;
  }
}

/** The ids of components that a choice means, as SQL. */
function selectComponents(choice: ComponentChoice): string {
  if (choice.kind === 'number') return `SELECT id FROM components WHERE id = ${choice.number}`;
  if (choice.kind === 'over') return `SELECT id FROM components WHERE triangles > ${choice.triangles}`;
  return 'SELECT id FROM (SELECT id FROM components ORDER BY triangles DESC, id LIMIT 1)';
}

/** Throws UsageError where a component is asked for that there is not. */
function checkComponents(db: Database.Database, choices: readonly ComponentChoice[]): void {
  const count = db.prepare('SELECT count(*) FROM components').pluck().get() as number;
  for (const choice of choices) {
    if (choice.kind !== 'number' || choice.number < count) continue;
    const known =
      count < 2 ? ['none, the mesh has no triangles', '0, the only one'][count] : `0 to ${count - 1}`;
    throw new UsageError(`no component ${choice.number}; expected ${known}`);
  }
}

/** Whether these components have all triangles and all vertices of the mesh. */
function areWhole(db: Database.Database, chosen: string, rows: MeshRows): boolean {
  const sql = `SELECT total(triangles), total(vertices) FROM components WHERE id IN (${chosen})`;
  const [triangles, vertices] = db.prepare(sql).raw().get() as [number, number];
  return vertices === rows.vertexRange && triangles === rows.countTriangles();
}

function* runsOfComponents(db: Database.Database, chosen: string): Generator<Run> {
  const sql = `SELECT first, last FROM component_runs WHERE component IN (${chosen})`;
  yield* db.prepare(sql).raw().iterate() as IterableIterator<Run>;
}

function describeChoice(choice: ComponentChoice): string {
  if (choice.kind === 'number') return String(choice.number);
  return choice.kind === 'largest' ? 'largest' : `over:${choice.triangles}`;
}

function describeShape(shape: Shape): string {
  const how = shape.touching ? ', touching' : '';
  if (shape.kind === 'box') return `bbox ${[...shape.min, ...shape.max].join(',')}${how}`;
  if (shape.kind === 'sphere') return `sphere ${[...shape.center, shape.radius].join(',')}${how}`;
  return `plane ${[...shape.normal, shape.offset].join(',')}${how}`;
}

function describeValue(value: unknown): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `a ${typeof value === 'string' ? 'text' : 'blob'}`;
}
