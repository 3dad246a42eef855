/** Renders a mesh as a picture: a pass over its vertices to aim the camera, and one over its triangles to paint them. */

import { DatabaseError, EmptyError, UsageError } from '../../errors.js';
import type { Vector } from '../../geometry/numbers.js';
import { vector } from '../../geometry/numbers.js';
import { isSameFile } from '../../io/disk.js';
import { filePath } from '../../io/file-path.js';
import { openOutput } from '../../io/output/output-file.js';
import { encodePng } from '../../io/png.js';
import { MEMORY_RESERVE } from '../../memory/plans.js';
import { MEMORY_DEFAULT, MIB } from '../../memory.js';
import { flag, integer, listOf, oneOf, type Rules, ruleOf, takeOptions } from '../../options.js';
import { Aim, type UpAxis, VIEWS, type ViewName } from '../../render/camera.js';
import { type Color, Frame, PIXEL_BYTES } from '../../render/frame.js';
import { Painter } from '../../render/painter.js';
import { formatBytes, formatCount } from '../../wording.js';
import { withRows } from '../export-mesh.js';
import { prepareCorners } from '../output-chunks.js';
import { RUN_OPTIONS, type RunOptions } from '../run/progress.js';
import {
  checkSelection,
  SELECTION_OPTIONS,
  type SelectionOptions,
  type SelectionReport,
} from '../select-mesh.js';

export interface RenderOptions extends RunOptions, SelectionOptions {
  /** Pixels of the picture (default: 1200). */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** A name, or the direction from the mesh to the camera (default: iso). */
  readonly view?: ViewName | Vector | undefined;
  /** The axis that points up (default: z). */
  readonly up?: UpAxis | undefined;
  /** Red, green and blue from 0 to 255, or `none` for a transparent background (default: white). */
  readonly background?: Color | 'none' | undefined;
  /** Paint vertices and triangles in their own colors. */
  readonly colors?: boolean | undefined;
}

/** The most pixels along a side. */
export const SIDE_MAX = 16_384;
/** Pixels of a picture of default size. */
export const SIZE_DEFAULT = { width: 1200, height: 900 } as const;

const WHITE: Color = [255, 255, 255];
const side = integer(1, SIDE_MAX);
const color = listOf<number, Color>(integer(0, 255), 'integers', 3);
const names = Object.keys(VIEWS) as ViewName[];

const RENDER_OPTIONS: Rules<RenderOptions> = {
  ...RUN_OPTIONS,
  ...SELECTION_OPTIONS,
  width: side,
  height: side,
  view: {
    expected: `one of ${names.join(', ')}, or 3 numbers`,
    take: (value, name) => (typeof value === 'string' ? oneOf(names) : vector).take(value, name),
  },
  up: oneOf<UpAxis>(['y', 'z']),
  background: {
    expected: `'none', or ${color.expected}`,
    take: (value, name) =>
      (typeof value === 'string' ? ruleOf<'none'>("'none'", (word) => word === 'none') : color).take(
        value,
        name,
      ),
  },
  colors: flag,
};

export interface RenderResult {
  /** The triangles that were painted, seen or hidden. */
  readonly triangles: number;
  readonly width: number;
  readonly height: number;
  /** Size of the file. */
  readonly bytes: number;
  /** The effects of the filter and the weld. */
  readonly selection: SelectionReport;
}

/**
 * Renders the mesh of a database, or the selected part of it, as a PNG file, or to standard output if `output` is `-`. Throws
 * UsageError, FileError, DatabaseError, and EmptyError if there is nothing to see.
 */
export async function renderMesh(
  database: string | URL,
  output: string | URL,
  options: RenderOptions = {},
): Promise<RenderResult> {
  return render(
    filePath.take(database, 'database'),
    filePath.take(output, 'output'),
    takeOptions(options, RENDER_OPTIONS),
  );
}

async function render(database: string, output: string, options: RenderOptions): Promise<RenderResult> {
  const { width = SIZE_DEFAULT.width, height = SIZE_DEFAULT.height, view = 'iso', up = 'z' } = options;
  const { background = WHITE, colors = false, onProgress, signal } = options;
  checkSelection(options);
  if (isSameFile(database, output)) {
    throw new UsageError(`${output}: the output is the database itself; expected another file`);
  }
  const memoryBytes = leaveRoom(width, height, options.memoryBytes ?? MEMORY_DEFAULT);
  const file = await openOutput(output, options.force ?? false, 'none');
  try {
    const selecting = { ...options, output, memoryBytes };
    return await withRows(database, { colors }, selecting, async ({ selection, report, files }) => {
      const { triangleCount: triangles, vertexCount: vertices } = selection;
      if (triangles === 0) throw new EmptyError(`${database}: no triangle is left; expected at least one`);
      const total = vertices + triangles;
      let done = 0;
      const advance = (count: number) => {
        signal?.throwIfAborted();
        done += count;
        onProgress?.({ stage: 'render', done, total, unit: 'rows', triangles, vertices });
        return new Promise<void>((resolve) => setImmediate(resolve));
      };
      const aim = new Aim(view, up, width, height);
      for (const batch of selection.vertices()) {
        aim.take(batch);
        await advance(batch.count);
      }
      const camera = aim.camera();
      if (camera === undefined) throw infinite(database);
      const frame = new Frame(width, height);
      const painter = new Painter(camera, frame);
      await prepareCorners(selection, files, selecting);
      for (const batch of selection.soup()) {
        painter.paint(batch);
        await advance(batch.count);
      }
      const isTransparent = background === 'none';
      const pixels = frame.pixels(isTransparent ? undefined : background);
      await file.write(encodePng(pixels, width, height, isTransparent ? 4 : 3));
      await file.commit();
      return { triangles, width, height, bytes: file.size, selection: report };
    });
  } finally {
    await file.discard();
  }
}

/** The least memory for all but the picture, in bytes. */
const LEAST_BYTES = MEMORY_RESERVE + 24 * MIB;

/** Returns the memory limit without that of the picture. Throws UsageError if too little is left. */
function leaveRoom(width: number, height: number, memoryBytes: number): number {
  const needed = PIXEL_BYTES * width * height;
  const rest = memoryBytes - needed;
  if (rest >= LEAST_BYTES) return rest;
  const size = `${formatCount(width)} x ${formatCount(height)} pixels`;
  const least = MIB * Math.ceil((needed + LEAST_BYTES) / MIB);
  throw new UsageError(
    `a picture of ${size} takes ${formatBytes(needed)} of memory, which leaves too little of ${formatBytes(memoryBytes)}`,
    { hint: `use \`memoryBytes: ${least}\`, or make the picture smaller` },
  );
}

function infinite(database: string): DatabaseError {
  return new DatabaseError(`${database}: a vertex is infinite; expected finite coordinates`, {
    code: 'DATABASE_DAMAGED',
    hint: 'vertices were changed since the import; import the source again',
  });
}
