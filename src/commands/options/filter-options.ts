/** Options that select triangles. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.js';
import {
  type ComponentChoice,
  checkFilter,
  DROPPABLE,
  type Droppable,
  isFilter,
  type TriangleFilter,
} from '../../filter/triangle-filter.js';
import { parseNumbers } from '../../geometry/numbers.js';
import { parseBox, parsePlane, parseSphere, type Shape } from '../../geometry/shapes.js';
import { suggest } from '../../suggest.js';
import { parseChoices } from './choices.js';

export interface FilterCommandOptions {
  readonly where?: readonly string[];
  readonly sql?: readonly string[];
  readonly bbox?: readonly Shape[];
  readonly sphere?: readonly Shape[];
  readonly plane?: readonly Shape[];
  readonly touching?: boolean;
  readonly part?: readonly string[];
  readonly source?: readonly string[];
  readonly component?: readonly ComponentChoice[];
  readonly drop?: readonly Droppable[];
  readonly sample?: number;
  readonly seed?: number;
  readonly limit?: number;
}

/**
 * Adds the filter options to a command. Repeated options are joined by AND; repeated --part, --source and --component
 * by OR.
 */
export function addFilterOptions(command: Command): Command {
  return command
    .optionsGroup('Filter:')
    .addOption(
      new Option(
        '--where <sql>',
        'keep triangles that match an SQL condition, such as "area > 2 and max_z < 10"; --explain lists the columns',
      ).argParser(takeEach((text) => text)),
    )
    .addOption(
      new Option('--sql <query>', 'keep triangles whose ids a query returns').argParser(
        takeEach((text) => text),
      ),
    )
    .addOption(
      new Option('--bbox <x0,y0,z0,x1,y1,z1>', 'keep triangles inside a box').argParser(takeEach(parseBox)),
    )
    .addOption(
      new Option('--sphere <x,y,z,r>', 'keep triangles inside a sphere').argParser(takeEach(parseSphere)),
    )
    .addOption(
      new Option('--plane <a,b,c,d>', 'keep triangles where ax + by + cz + d >= 0').argParser(
        takeEach(parsePlane),
      ),
    )
    .option('--touching', 'also keep triangles that touch these shapes')
    .addOption(
      new Option(
        '--part <name>',
        "keep parts of this name, or of a pattern like 'wheel*' (repeatable)",
      ).argParser(takeEach((text) => text)),
    )
    .addOption(
      new Option(
        '--source <file>',
        "keep triangles from this file, or from all that match a pattern like 'tile_*' (repeatable)",
      ).argParser(takeEach(parseSource)),
    )
    .addOption(
      new Option(
        '--component <which>',
        'keep a connected component: its number, largest, or over:<n> for all above n triangles',
      ).argParser(takeEach(parseComponent)),
    )
    .addOption(
      new Option('--drop <kinds>', 'leave out triangles and vertices of these kinds, comma-separated')
        .choices(DROPPABLE)
        .argParser(parseChoices(DROPPABLE)),
    )
    .addOption(
      new Option('--sample <share>', 'keep a random share of the triangles: 0.1 or 10%').argParser(
        parseShare,
      ),
    )
    .addOption(new Option('--seed <n>', 'seed of the random sample (default: 0)').argParser(parseInteger))
    .addOption(new Option('--limit <n>', 'keep the first n of the triangles left').argParser(parseInteger));
}

/** Collects the filter from the options; undefined if they set none. Throws UsageError. */
export function collectFilter(options: FilterCommandOptions): TriangleFilter | undefined {
  const { where, sql, bbox = [], sphere = [], plane = [], touching = false } = options;
  const { part, source, component, drop, sample, seed, limit } = options;
  const shapes = [...bbox, ...sphere, ...plane];
  if (touching && shapes.length === 0) {
    throw new UsageError('--touching needs --bbox, --sphere or --plane');
  }
  if (seed !== undefined && sample === undefined) {
    throw new UsageError('--seed needs --sample');
  }
  const filter: TriangleFilter = {
    where,
    sql,
    shapes: shapes.map((shape) => ({ ...shape, touching })),
    parts: part,
    sources: source,
    components: component,
    drop,
    sample: sample === undefined ? undefined : { share: sample, seed: seed ?? 0 },
    limit,
  };
  checkFilter(filter);
  return isFilter(filter) ? filter : undefined;
}

/** Makes a parser for a repeatable option. */
function takeEach<T>(parse: (text: string) => T): (text: string, before?: readonly T[]) => readonly T[] {
  return (text, before = []) => [...before, parse(text)];
}

/** Completes a path that begins with `./` or `../`; the names of other files may be the end of a path. */
function parseSource(text: string): string {
  return /^\.\.?\//.test(text) ? resolve(text) : text;
}

function parseComponent(text: string): ComponentChoice {
  if (text === 'largest') return { kind: 'largest' };
  const over = /^over:(\d+)$/.exec(text);
  if (over !== null) return { kind: 'over', triangles: Number(over[1]) };
  if (/^\d+$/.test(text)) return { kind: 'number', number: Number(text) };
  throw new UsageError('expected a number, largest, or over:<n>', {
    hint: suggest(text, ['largest']),
  });
}

function parseShare(text: string): number {
  const [share] = text.endsWith('%')
    ? parseNumbers(text.slice(0, -1), 1, 'a share from 0% to 100%').map((value) => value / 100)
    : parseNumbers(text, 1, 'a share from 0 to 1');
  if (share! >= 0 && share! <= 1) return share!;
  throw new UsageError('expected a share from 0 to 1, or from 0% to 100%');
}

/** Parses a whole number from 0. */
export function parseInteger(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError('expected a whole number from 0');
}
