/** A limited list of judged shells for people and scripts, faulty shells first. */
import type { Bounds } from '../mesh.js';
import type { ShellTable } from './shell-table.js';
import type { ShellVerdict, ShellVerdicts } from './shell-verdicts.js';

/** A closed shell and its verdict. */
export interface JudgedShell {
  readonly verdict: ShellVerdict;
  /** Its first and its last triangle; others in between may belong to other shells. */
  readonly first: number;
  readonly last: number;
  readonly triangles: number;
  /** Positive if it faces outward. */
  readonly volume: number;
  readonly bounds: Bounds;
  /** The number of shells around it. */
  readonly depth: number;
  /** The first triangle of the innermost shell around it. */
  readonly within: number | undefined;
}

/** Whether a shell is correct in a solid. */
export function isRight(verdict: ShellVerdict): boolean {
  return verdict === 'outward' || verdict === 'cavity';
}

/** Lists at most `max` shells: faulty ones first, then the others, each in the order of their first triangles. */
export function listShells(table: ShellTable, verdicts: ShellVerdicts, max: number): JudgedShell[] {
  const list: JudgedShell[] = [];
  for (const wanted of [false, true]) {
    for (let shell = 0; shell < table.size && list.length < max; shell++) {
      if (isRight(verdicts.of(shell)) === wanted) list.push(describeShell(table, verdicts, shell));
    }
  }
  return list;
}

function describeShell(table: ShellTable, verdicts: ShellVerdicts, shell: number): JudgedShell {
  const parent = verdicts.parentOf(shell);
  return {
    verdict: verdicts.of(shell),
    first: table.firsts[shell]!,
    last: table.lasts[shell]!,
    triangles: table.counts[shell]!,
    volume: table.volumeOf(shell),
    bounds: table.boundsOf(shell),
    depth: verdicts.depthOf(shell),
    within: parent === undefined ? undefined : table.firsts[parent]!,
  };
}
