/** Options that transform a mesh on export, applied in the order given. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.js';
import { parseNumbers } from '../../geometry/numbers.js';
import { checkTransform, isLengthUnit, type TransformStep } from '../../geometry/transform.js';
import { suggest } from '../../suggest.js';
import { ORIENTATIONS, type Orientation } from '../../topology/shell-verdicts.js';
import { parseChoice } from './choices.js';

/** The options as commander parses them: each one that is set holds the steps of all of them. */
export interface TransformCommandOptions {
  readonly scale?: readonly TransformStep[];
  readonly translate?: readonly TransformStep[];
  readonly rotate?: readonly TransformStep[];
  readonly matrix?: readonly TransformStep[];
  readonly units?: readonly TransformStep[];
  readonly orient?: Orientation;
  readonly flip?: boolean;
}

const UNIT_NAMES = 'um, mm, cm, m, km, mil, inch, foot, yard';
const AXES = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] } as const;

/** Adds the transform options to a command. They are repeatable and applied in the order given. */
export function addTransformOptions(command: Command): Command {
  const steps: TransformStep[] = [];
  // Commander passes a parser only the previous value of the same option, so all of them add to one list.
  const takeStep = (parse: (text: string) => TransformStep) => (text: string) => {
    const step = parse(text);
    checkTransform([step]);
    steps.push(step);
    return steps;
  };
  return command
    .optionsGroup('Transform, in the order given:')
    .addOption(
      new Option('--scale <s|sx,sy,sz>', 'multiply positions by one factor, or one per axis').argParser(
        takeStep(parseScale),
      ),
    )
    .addOption(
      new Option('--translate <x,y,z>', 'add a vector to positions').argParser(takeStep(parseTranslation)),
    )
    .addOption(
      new Option(
        '--rotate <axis,degrees>',
        'rotate counterclockwise about x, y, z or ux,uy,uz, such as z,90',
      ).argParser(takeStep(parseRotation)),
    )
    .addOption(
      new Option(
        '--matrix <numbers>',
        'multiply by a matrix: 12 numbers row by row, or 16 with last row 0,0,0,1',
      ).argParser(takeStep(parseMatrix)),
    )
    .addOption(
      new Option('--units <from:to>', `convert units of length, such as mm:inch (${UNIT_NAMES})`).argParser(
        takeStep(parseUnits),
      ),
    )
    .addOption(
      new Option('--orient <way>', 'flip closed shells that are inside out')
        .choices(ORIENTATIONS)
        .argParser(parseChoice(ORIENTATIONS)),
    )
    .option('--flip', 'reverse the winding of all triangles');
}

/** Collects the steps in the order of the command line, and which triangles are flipped. */
export function collectTransform(options: TransformCommandOptions): {
  readonly steps: readonly TransformStep[];
  readonly orient: Orientation | undefined;
  readonly flip: boolean;
} {
  const { scale, translate, rotate, matrix, units, orient, flip = false } = options;
  return { steps: scale ?? translate ?? rotate ?? matrix ?? units ?? [], orient, flip };
}

function parseScale(text: string): TransformStep {
  const [x, y, z] = parseNumbers(text, [1, 3], '1 or 3 numbers: s or sx,sy,sz') as Three;
  return { kind: 'scale', factors: [x, y ?? x, z ?? x] };
}

function parseTranslation(text: string): TransformStep {
  return { kind: 'translate', by: parseNumbers(text, 3, '3 numbers: x,y,z') as Three };
}

function parseRotation(text: string): TransformStep {
  const named = /^\s*([xyz])\s*,(.*)$/is.exec(text);
  if (named !== null) {
    const [degrees] = parseNumbers(named[2]!, 1, 'an axis and degrees, such as z,90') as [number];
    return { kind: 'rotate', axis: AXES[named[1]!.toLowerCase() as 'x' | 'y' | 'z'], degrees };
  }
  const [x, y, z, degrees] = parseNumbers(text, 4, 'an axis and degrees, such as z,90 or 0,1,1,90') as [
    ...Three,
    number,
  ];
  return { kind: 'rotate', axis: [x, y, z], degrees };
}

function parseMatrix(text: string): TransformStep {
  const numbers = parseNumbers(text, [12, 16], '12 or 16 numbers, row by row');
  const last = numbers.splice(12);
  if (last.length > 0 && last.join() !== '0,0,0,1') {
    throw new UsageError(`the last row of the matrix is ${last.join()}; expected 0,0,0,1`);
  }
  return { kind: 'matrix', numbers };
}

function parseUnits(text: string): TransformStep {
  const [from = '', to = '', ...more] = text.split(':').map((name) => name.trim());
  if (!isLengthUnit(from) || !isLengthUnit(to) || more.length > 0) {
    const unknown = [from, to].find((name) => !isLengthUnit(name)) ?? '';
    throw new UsageError(`expected two of ${UNIT_NAMES}, such as mm:inch`, {
      hint: suggest(unknown, UNIT_NAMES.split(', ')),
    });
  }
  return { kind: 'units', from, to };
}

type Three = [number, number, number];
