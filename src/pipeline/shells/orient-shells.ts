/**
 * Finds the triangles of shells that are inside out, for an export that reverses them. Shells are found and judged as in a
 * check; a closed and consistently wound shell is reversed completely or not at all.
 */

import { IdSet } from '../../collections/id-set.js';
import { LabelStream } from '../../collections/label-stream.js';
import type { SpillFiles } from '../../collections/spill-file.js';
import { runSteps } from '../../collections/steps.js';
import type { MeshRows } from '../../database/rows/selection.js';
import { UsageError } from '../../errors.js';
import { planOrienting } from '../../memory/plans.js';
import type { FoundShells } from '../../topology/shell-scan.js';
import type { ShellVerdict } from '../../topology/shell-verdicts.js';
import { TopologyCount } from '../../topology/topology-count.js';
import { countOf } from '../../wording.js';
import { Pace } from '../run/pace.js';
import type { RunOptions } from '../run/progress.js';
import { openStars } from '../scan/open-stars.js';
import { checkSets } from './check-sets.js';
import { ShellFinder } from './find-shells.js';
import { type JudgedShells, ShellJudge } from './judge-shells.js';
import { ShellMemory, TURN_TRIANGLES } from './shell-memory.js';

/** The result of orienting a mesh. */
export interface OrientReport {
  /** Shells that were inside out, and their triangles: all are reversed, whichever of them are exported. */
  readonly turnedShells: number;
  readonly turnedTriangles: number;
  /** Closed shells left unchanged although they are not right, by verdict. */
  readonly left: Readonly<Record<Exclude<ShellVerdict, 'outward' | 'cavity' | 'insideOut'>, number>>;
  /** Shells that are open, not manifold or inconsistently wound, and so cannot be judged. */
  readonly leftOpen: number;
}

/**
 * Finds the triangles to reverse, as a sealed set, within `freeBytes`. Throws UsageError if the shells do not fit,
 * FileError.
 */
export async function orientShells(
  rows: MeshRows,
  files: SpillFiles,
  freeBytes: number,
  run: RunOptions,
): Promise<{ readonly turned: IdSet; readonly report: OrientReport }> {
  return new Orienting(rows, files, freeBytes, run).orient();
}

class Orienting {
  private readonly pace: Pace;
  private readonly memory: ShellMemory;
  /** Triangles with three vertices; later the first triangles of closed shells. */
  private readonly sound: IdSet;
  /** Triangles with a flaw; later those to examine again; finally those to reverse. */
  private readonly marked: IdSet;

  constructor(
    private readonly rows: MeshRows,
    private readonly files: SpillFiles,
    freeBytes: number,
    private readonly run: RunOptions,
  ) {
    const { triangleRange } = rows;
    const setsBytes = 2 * IdSet.bytesOf(triangleRange);
    const { sets, shells } = planOrienting(run, freeBytes, setsBytes);
    checkSets('orienting', triangleRange, setsBytes, sets);
    this.memory = new ShellMemory(shells);
    this.sound = IdSet.create(triangleRange);
    this.marked = IdSet.create(triangleRange);
    this.pace = new Pace(rows, run);
  }

  async orient(): Promise<{ readonly turned: IdSet; readonly report: OrientReport }> {
    const { rows, files, memory, marked } = this;
    const { onNote, onForecast } = this.run;
    const shells = await this.findShells();
    const judge = new ShellJudge(rows, shells, files, this.pace.part(0.6, 0.9), {
      memory,
      stage: 'check',
      onNote,
      onForecast,
    });
    const judged = await judge.judge(marked);
    if (judged === undefined) {
      const shellCount = countOf(shells.closed.size, 'closed shell');
      throw new UsageError(`${shellCount} cannot be judged with this much memory`, {
        code: 'MEMORY_TOO_SMALL',
        hint: 'raise `memoryBytes`',
      });
    }
    await this.markTurned(shells, judged);
    shells.labels.file.remove();
    const { outward, cavity, insideOut, ...left } = judged.verdicts.count();
    const leftOpen = shells.count - shells.closed.size;
    const report = { turnedShells: insideOut, turnedTriangles: marked.size, left, leftOpen };
    return { turned: marked, report };
  }

  private async findShells(): Promise<FoundShells> {
    const { rows, files, memory, sound, marked, pace } = this;
    const spool = openStars(rows, memory.stars, files, files.folder, this.run);
    const gathering = pace.part(0, 0.2);
    for (const batch of rows.cornersOf()) {
      const { count, ids, corners } = batch;
      for (let k = 0; k < count; k++) {
        const [a, b, c] = [corners[3 * k]!, corners[3 * k + 1]!, corners[3 * k + 2]!];
        if (a !== b && b !== c && c !== a) sound.add(ids[k]!);
      }
      spool.add(batch);
      await gathering.pause('check', ids[count - 1]!, rows.triangleRange);
    }
    const finder = new ShellFinder(sound, marked, memory.links, files);
    const count = new TopologyCount({ onPair: finder.onPair, flaws: marked });
    const counting = pace.part(0.2, 0.5);
    for (const stars of spool.stars()) {
      count.take(stars);
      await counting.pause('check', stars.first + stars.ends.length, rows.vertexRange);
    }
    spool.close();
    const labeling = pace.part(0.5, 0.6);
    return runSteps(finder.finish(), (share) => labeling.pauseAt('check', share));
  }

  /** Marks exactly the triangles of shells that are inside out. */
  private async markTurned({ closed, labels }: FoundShells, { verdicts }: JudgedShells): Promise<void> {
    const { marked } = this;
    marked.clear();
    const stream = new LabelStream(labels);
    for (let id = 0; id < closed.range; id++) {
      const first = stream.read(id);
      if (closed.has(first) && verdicts.of(closed.rank(first)) === 'insideOut') marked.add(id);
      if (id % TURN_TRIANGLES === 0) await this.pace.pauseAt('check', 0.9);
    }
    marked.seal();
  }
}
