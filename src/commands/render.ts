/** `offload render`: a picture of a mesh. */

import { type Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import { parseNumbers } from '../geometry/numbers.js';
import { outputName } from '../io/output/output-check.js';
import { type RenderOptions, renderMesh, SIDE_MAX, SIZE_DEFAULT } from '../pipeline/view/render-mesh.js';
import { VIEWS, type ViewName } from '../render/camera.js';
import { countOf, formatBytes, formatCount } from '../wording.js';
import { describeSelection } from './describe/describe-selection.js';
import { parseChoice } from './options/choices.js';
import {
  addCommonOptions,
  addSelectionOptions,
  type CommonOptions,
  collectSelection,
  type SelectionCommandOptions,
} from './options/options.js';
import { chooseOutput, OUTPUT_HELP } from './options/output-name.js';
import { nameForPeople } from './options/output-target.js';
import { addSaved, addSavedFilterOption } from './options/saved-filter.js';
import { withInterrupts } from './terminal/interrupt.js';
import { printJson } from './terminal/print.js';
import { nameFolderBeside, placeTemporaries, withinMemory } from './terminal/run.js';
import { Terminal } from './terminal/terminal.js';

interface RenderCommandOptions extends CommonOptions, SelectionCommandOptions {
  readonly output?: string;
  readonly filter?: readonly string[];
  readonly size?: readonly [number, number];
  readonly view?: RenderOptions['view'];
  readonly up?: RenderOptions['up'];
  readonly background?: RenderOptions['background'];
  readonly colors?: boolean;
  readonly json?: boolean;
  readonly tmp?: string;
}

const UP_AXES = ['y', 'z'] as const;
const NAMES = Object.keys(VIEWS);

export function addRender(program: Command): void {
  const { width, height } = SIZE_DEFAULT;
  const command = program
    .command('render')
    .summary('make a picture of a mesh')
    .description(
      'Makes a picture of a mesh, complete or filtered, as a PNG file.\n' +
        'The mesh fills the picture. Triangles whose back is seen are brown.',
    )
    .argument('<db>', 'database made by offload import')
    .argument('[output]', 'PNG file to write, or - for standard output (default: beside the database)')
    .option('-o, --output <file>', OUTPUT_HELP)
    .addHelpText(
      'after',
      `
Examples:
  offload render scan.db                        writes scan.png
  offload render scan.db top.png --view top --size 2000x2000
  offload render scan.db icon.png --background none --size 256x256
  offload render scan.db steep.png --where "abs(normal_z) < 0.3"`,
    );
  command
    .optionsGroup('Picture:')
    .addOption(
      new Option('--size <width>x<height>', `pixels of the picture (default: ${width}x${height})`).argParser(
        parseSize,
      ),
    )
    .addOption(
      new Option(
        '--view <name|x,y,z>',
        `side from which the mesh is seen: ${NAMES.join(', ')}, or the direction from the mesh to the camera (default: iso)`,
      ).argParser(parseView),
    )
    .addOption(
      new Option('--up <axis>', 'axis of the mesh that points up (default: z)')
        .choices(UP_AXES)
        .argParser(parseChoice(UP_AXES)),
    )
    .addOption(
      new Option(
        '--background <color>',
        'color such as #ffffff, or none for a transparent one (default: white)',
      ).argParser(parseColor),
    )
    .option('--colors', 'paint vertices and triangles in their own colors');
  addSelectionOptions(addSavedFilterOption(command));
  addCommonOptions(command)
    .option('--tmp <folder>', 'folder for temporary files (default: beside the output)')
    .option('--json', 'print the summary as JSON')
    .action(render);
}

async function render(
  database: string,
  output: string | undefined,
  options: RenderCommandOptions,
): Promise<void> {
  const target = checkTarget(
    outputName(chooseOutput(output, options.output) ?? `${nameFolderBeside(database)}.png`),
    options,
  );
  const terminal = new Terminal({ ...options, output: target });
  placeTemporaries(options.tmp, target);
  const { filter: own, ...moved } = collectSelection(options);
  const { weld, transform, orient, flip, ...filter } = addSaved(database, options.filter, {
    ...own,
    ...moved,
  });
  try {
    const result = await withInterrupts((signal) =>
      renderMesh(database, target, {
        width: options.size?.[0],
        height: options.size?.[1],
        view: options.view,
        up: options.up,
        background: options.background,
        colors: options.colors,
        filter,
        weld,
        transform,
        orient,
        flip,
        force: options.force ?? false,
        memoryBytes: options.memory,
        threads: options.threads,
        tempFolder: options.tmp,
        guardQuery: <T>(action: () => Promise<T>) => withinMemory(options.memory, action),
        signal,
        ...terminal.listeners(),
      }),
    );
    const { triangles, width, height, bytes, selection } = result;
    if (options.json) {
      await printJson({
        database,
        output: target,
        triangles,
        width,
        height,
        bytes,
        selection,
        ...terminal.cost(),
      });
      return;
    }
    for (const line of describeSelection(selection)) terminal.say(line);
    terminal.say(
      `${countOf(triangles, 'triangle')} in ${formatCount(width)} x ${formatCount(height)} pixels; ` +
        `${nameForPeople(target)} ${formatBytes(bytes)}; ${terminal.describeCost()}`,
    );
  } finally {
    terminal.clear();
  }
}

/** Throws UsageError if a terminal would get the picture, or standard output both the picture and JSON. */
function checkTarget(target: string, { json }: RenderCommandOptions): string {
  if (target !== '-') {
    if (/\.png$/i.test(target)) return target;
    throw new UsageError(`${target}: does not end in .png; expected the name of a PNG file`);
  }
  if (json) {
    throw new UsageError('--json and the picture cannot both go to standard output; expected an output file');
  }
  if (!process.stdout.isTTY) return target;
  throw new UsageError('a picture cannot be shown on a terminal; expected an output file or a pipe', {
    hint: 'name an output file, or redirect standard output with > or |',
  });
}

function parseSize(text: string): readonly [number, number] {
  const match = /^(\d{1,9})x(\d{1,9})$/i.exec(text.trim());
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  const fits = (side: number) => side >= 1 && side <= SIDE_MAX;
  if (fits(width) && fits(height)) return [width, height];
  throw new UsageError(
    `expected <width>x<height>, each from 1 to ${formatCount(SIDE_MAX)}, such as 1200x900`,
  );
}

function parseView(text: string): RenderOptions['view'] {
  const name = text.trim().toLowerCase();
  if (Object.hasOwn(VIEWS, name)) return name as ViewName;
  if (!/[\d,]/.test(text)) throw new UsageError(`expected ${NAMES.join(', ')}, or 3 numbers: x,y,z`);
  const [x, y, z] = parseNumbers(text, 3, '3 numbers: x,y,z');
  if (x === 0 && y === 0 && z === 0) throw new UsageError('expected a direction that is not 0,0,0');
  return [x!, y!, z!];
}

function parseColor(text: string): RenderOptions['background'] {
  const name = text.trim().toLowerCase();
  if (name === 'none') return name;
  if (name === 'white') return [255, 255, 255];
  if (name === 'black') return [0, 0, 0];
  const match = /^#?([\da-f]{2})([\da-f]{2})([\da-f]{2})$/.exec(name);
  if (match === null) throw new UsageError('expected a color such as #ffffff, or white, black or none');
  return [1, 2, 3].map((k) => Number.parseInt(match[k]!, 16)) as [number, number, number];
}
