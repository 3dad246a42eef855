/** The command line that exports what is shown, for a POSIX shell. */

import type { Shape } from '../../src/geometry/shapes.js';
import type { MeshAnswer, ShownFilter } from '../../src/view/wire/messages.js';
import { quoteWord } from '../../src/wording.js';
import { cleanFilter } from './filter-parts.js';

/**
 * Returns the arguments of `offload` that export the filter to `output`; undefined if the command line cannot tell it: it takes
 * `--touching` for all shapes or none, and saved filters only with a database.
 */
export function argumentsOf(
  { path, isDatabase }: Pick<MeshAnswer, 'path' | 'isDatabase'>,
  filter: ShownFilter,
  output: string,
  more: readonly string[] = [],
): string[] | undefined {
  const {
    where,
    sql,
    shapes = [],
    parts,
    sources,
    components,
    drop,
    sample,
    limit,
    saved,
  } = cleanFilter(filter);
  const touching = shapes.filter((shape) => shape.touching).length;
  if (touching > 0 && touching < shapes.length) return undefined;
  if (!isDatabase && saved !== undefined) return undefined;
  const each = (option: string, values: readonly string[] = []) =>
    // The value of an option may begin with a dash only after an equals sign.
    values.flatMap((value) => (value.startsWith('-') ? [`${option}=${value}`] : [option, value]));
  const file = (name: string) => (name.startsWith('-') ? `./${name}` : name);
  return [
    isDatabase ? 'export' : 'convert',
    file(path),
    file(output),
    ...more,
    ...each('--filter', saved),
    ...each('--where', where),
    ...each('--sql', sql),
    ...shapes.flatMap((shape) => each(OPTIONS[shape.kind], [numbersOf(shape).join(',')])),
    ...(touching > 0 ? ['--touching'] : []),
    ...each('--part', parts),
    ...each('--source', sources),
    ...each(
      '--component',
      components?.map((choice) => {
        if (choice.kind === 'number') return String(choice.number);
        return choice.kind === 'largest' ? 'largest' : `over:${choice.triangles}`;
      }),
    ),
    ...(drop === undefined ? [] : ['--drop', drop.join(',')]),
    ...(sample === undefined ? [] : ['--sample', String(sample.share), '--seed', String(sample.seed)]),
    ...(limit === undefined ? [] : ['--limit', String(limit)]),
  ];
}

const OPTIONS = { box: '--bbox', sphere: '--sphere', plane: '--plane' } as const;

function numbersOf(shape: Shape): number[] {
  if (shape.kind === 'box') return [...shape.min, ...shape.max];
  return shape.kind === 'sphere' ? [...shape.center, shape.radius] : [...shape.normal, shape.offset];
}

/** Writes arguments as a line for a POSIX shell. */
export function quoteLine(words: readonly string[]): string {
  return ['offload', ...words].map(quoteWord).join(' ');
}

/** The name of an output that is not the mesh itself. */
export function outputName(path: string, extension: string): string {
  const name = path.split(/[/\\]/).at(-1)!;
  const plain = name.replace(/(?:\.(?:gz|zst|zstd))?$/i, '').replace(/\.\w+$/, '');
  return `${plain}-part.${extension}`;
}
