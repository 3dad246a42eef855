/**
 * Judges the closed shells of a mesh: which face outward, are cavities, or are inside out.
 *
 * One pass over the triangles measures shells. If the box of any shell lies inside the box of another, a second pass
 * examines the triangles of the outer ones. The data for shells and pairs of boxes stays within a share of the memory; if
 * it does not fit, shells are not judged.
 */

import type { IdSet } from '../../collections/id-set.js';
import { LabelStream } from '../../collections/label-stream.js';
import type { SpillFiles } from '../../collections/spill-file.js';
import type { MeshRows } from '../../database/rows/selection.js';
import { ShellNesting } from '../../topology/shell-nesting.js';
import { type FoundShells, ShellScan, type ShellSink } from '../../topology/shell-scan.js';
import { ShellTable } from '../../topology/shell-table.js';
import { ShellVerdicts } from '../../topology/shell-verdicts.js';
import type { Pace } from '../run/pace.js';
import type { RunOptions, Stage } from '../run/progress.js';
import { CornerScan } from '../scan/scan-corners.js';
import { type ShellMemory, TURN_TRIANGLES } from './shell-memory.js';

/** The share of the work until shells are measured. */
const MEASURING_SHARE = 0.6;

/** Memory of a shell besides the table. */
const SHELL_BYTES = ShellNesting.SHELL_BYTES + ShellVerdicts.SHELL_BYTES;

interface JudgeOptions {
  /** The memory that was used to find shells. */
  readonly memory: ShellMemory;
  readonly stage: Stage;
  readonly onNote?: RunOptions['onNote'];
  readonly onForecast?: RunOptions['onForecast'];
  /**
   * Takes each triangle of the mesh in the pass that measures shells; called when that pass begins, possibly more than
   * once.
   */
  readonly onBegin?: (() => ShellSink['onTriangle']) | undefined;
  /** The memory of a table of one shell with all triangles of three vertices, if it has been filled already. */
  readonly single?: ArrayBuffer | undefined;
}

/** Judged shells, in the order of their first triangles. */
export interface JudgedShells {
  readonly table: ShellTable;
  readonly verdicts: ShellVerdicts;
}

export class ShellJudge {
  constructor(
    private readonly rows: MeshRows,
    private readonly shells: FoundShells,
    private readonly files: SpillFiles,
    private readonly pace: Pace,
    private readonly options: JudgeOptions,
  ) {}

  /**
   * Judges the shells; returns undefined if they, or pairs of them, do not fit in memory. `scratch` is a set over the
   * triangles that is no longer needed.
   */
  async judge(scratch: IdSet): Promise<JudgedShells | undefined> {
    const { size } = this.shells.closed;
    const { links, nestingBytes } = this.options.memory;
    const pairsMax = Math.floor((nestingBytes - SHELL_BYTES * size) / ShellNesting.PAIR_BYTES);
    const fits = pairsMax >= 0 && ShellTable.SHELL_BYTES * size <= links.byteLength;
    const table = fits ? new ShellTable(size, links) : undefined;
    await this.measure(table);
    if (table === undefined) return undefined;
    const nesting = ShellNesting.find(table, pairsMax);
    if (nesting === undefined) return undefined;
    if (nesting.pairs > 0) await this.nest(nesting, scratch);
    return { table, verdicts: new ShellVerdicts(table, nesting) };
  }

  private async measure(table: ShellTable | undefined): Promise<void> {
    const { onBegin, single } = this.options;
    if (single !== undefined && table?.size === 1 && this.shells.count === 1) return table.adopt(single);
    if (onBegin === undefined && (table?.size ?? 0) === 0) return;
    await this.scan(undefined, this.pace.part(0, MEASURING_SHARE), () => {
      table?.clear();
      const onShell =
        table === undefined || table.size === 0
          ? undefined
          : (shell: number, triangle: number, t: Float64Array) => table.add(shell, triangle, t);
      return { onTriangle: onBegin?.(), onShell };
    });
  }

  private async nest(nesting: ShellNesting, asked: IdSet): Promise<void> {
    const { closed, labels } = this.shells;
    const stream = new LabelStream(labels);
    asked.clear();
    for (let id = 0; id < closed.range; id++) {
      const first = stream.read(id);
      if (closed.has(first) && nesting.isOuter[closed.rank(first)] === 1) asked.add(id);
      if (id % TURN_TRIANGLES === 0) await this.pace.pauseAt(this.options.stage, MEASURING_SHARE);
    }
    asked.seal();
    await this.scan(asked, this.pace.part(MEASURING_SHARE, 1), () => {
      nesting.clear();
      return { onShell: (shell, _, t) => nesting.look(shell, t) };
    });
  }

  /** Passes triangles on; calls `begin` again if the scan must start over. */
  private async scan(asked: IdSet | undefined, pace: Pace, begin: () => ShellSink): Promise<void> {
    const { memory, stage, onNote, onForecast } = this.options;
    const onStep = (share: number) => pace.pauseAt(stage, share);
    const options = { bytes: memory.stars, onNote, onForecast };
    const scan = new CornerScan(this.rows, asked, this.files, onStep, options);
    await scan.run((positions) => new ShellScan(positions, this.shells, asked, begin()));
  }
}
