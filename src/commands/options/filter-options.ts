/** Options that say which triangles are wanted. */
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
  readonly component?: readonly ComponentChoice[];
  readonly drop?: readonly Droppable[];
  readonly sample?: number;
  readonly seed?: number;
  readonly limit?: number;
}

/** Options of commands that take a filter. Those that may be repeated are joined by and; parts and components by or. */
export function addFilterOptions(command: Command): Command {
  return command
    .optionsGroup('Which triangles:')
    .addOption(
      new Option(
        '--where <sql>',
        'only triangles that fulfil an SQL condition, such as "area > 2 and max_z < 10"; --explain lists the columns',
      ).argParser(takeEach((text) => text)),
    )
    .addOption(
      new Option('--sql <query>', 'only triangles whose ids a SELECT yields').argParser(
        takeEach((text) => text),
      ),
    )
    .addOption(
      new Option('--bbox <x0,y0,z0,x1,y1,z1>', 'only triangles inside a box').argParser(takeEach(parseBox)),
    )
    .addOption(
      new Option('--sphere <x,y,z,r>', 'only triangles inside a sphere').argParser(takeEach(parseSphere)),
    )
    .addOption(
      new Option('--plane <a,b,c,d>', 'only triangles where ax + by + cz + d is not negative').argParser(
        takeEach(parsePlane),
      ),
    )
    .option('--touching', 'also triangles that box, sphere or plane only touch')
    .addOption(
      new Option(
        '--part <name>',
        "only the parts of this name, or of names like 'wheel*'; may be repeated",
      ).argParser(takeEach((text) => text)),
    )
    .addOption(
      new Option(
        '--component <which>',
        'only connected components: a number, largest, or over:<n> for all of more than n triangles',
      ).argParser(takeEach(parseComponent)),
    )
    .addOption(
      new Option('--drop <kinds>', 'leave out triangles, and vertices, of these kinds, with commas between')
        .choices(DROPPABLE)
        .argParser(parseChoices(DROPPABLE)),
    )
    .addOption(
      new Option('--sample <share>', 'only a share of the triangles at random: 0.1, or 10%').argParser(
        parseShare,
      ),
    )
    .addOption(
      new Option('--seed <n>', 'another sample of the same share (default: 0)').argParser(parseInteger),
    )
    .addOption(new Option('--limit <n>', 'only the first n triangles of those left').argParser(parseInteger));
}

/** The filter that the options ask for; undefined where they ask for none. Throws UsageError. */
export function collectFilter(options: FilterCommandOptions): TriangleFilter | undefined {
  const { where, sql, bbox = [], sphere = [], plane = [], touching = false } = options;
  const { part, component, drop, sample, seed, limit } = options;
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
    components: component,
    drop,
    sample: sample === undefined ? undefined : { share: sample, seed: seed ?? 0 },
    limit,
  };
  checkFilter(filter);
  return isFilter(filter) ? filter : undefined;
}

/** A parser for an option that may be repeated. */
function takeEach<T>(parse: (text: string) => T): (text: string, before?: readonly T[]) => readonly T[] {
  return (text, before = []) => [...before, parse(text)];
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

function parseInteger(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError('expected a whole number from 0');
}
