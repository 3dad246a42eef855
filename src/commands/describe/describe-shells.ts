/** The verdicts of a check on closed shells, as text and as JSON, with queries that select their triangles. */

import { type MeshCheck, SHELLS_LISTED_MAX } from '../../pipeline/shells/mesh-check.js';
import type { JudgedShell } from '../../topology/shell-list.js';
import type { ShellVerdict } from '../../topology/shell-verdicts.js';
import { countOf, formatCount } from '../../wording.js';

/** The most shells of one verdict in text; JSON has more. */
const SHOWN = 5;

interface Words {
  /** The label of the count. */
  readonly label: string;
  /** Why the mesh is not printable: the phrase for one shell, and for several. */
  readonly one?: string;
  readonly many?: string;
  /** Whether its count is shown even if it is 0. */
  readonly isUsual?: boolean;
}

const WORDS: Readonly<Record<Exclude<ShellVerdict, 'outward'>, Words>> = {
  cavity: { label: 'cavities', isUsual: true },
  insideOut: {
    label: 'inside-out shells',
    one: 'is inside out; offload export --orient outward flips it',
    many: 'are inside out; offload export --orient outward flips them',
    isUsual: true,
  },
  nestedWrongly: {
    label: 'wrongly nested shells',
    one: 'is wrongly nested: a body in a body, or a cavity in a cavity',
    many: 'are wrongly nested: bodies in bodies, or cavities in cavities',
    isUsual: true,
  },
  crossing: {
    label: 'crossing shells',
    one: 'crosses another shell',
    many: 'cross other shells',
  },
  flat: { label: 'flat shells', one: 'encloses no volume', many: 'enclose no volume' },
  unjudged: {
    label: 'unjudged shells',
    one: 'cannot be judged: it touches another shell, or its volume is out of range',
    many: 'cannot be judged: they touch other shells, or their volumes are out of range',
  },
};
const VERDICTS = Object.keys(WORDS) as (keyof typeof WORDS)[];

/** A label, a figure and its queries, for the lines of {@link describeCheck}. */
interface ShellLine {
  readonly label: string;
  readonly text: string;
  readonly queries: readonly string[];
}

/** Lists the lines for closed shells: their number, then the number of each verdict; none if no shell is closed. */
export function describeShells({ closedShells, shellVerdicts, shellList }: MeshCheck): ShellLine[] {
  if (closedShells === 0) return [];
  const lines: ShellLine[] = [{ label: 'closed shells', text: formatCount(closedShells), queries: [] }];
  if (shellVerdicts === undefined) return lines;
  for (const verdict of VERDICTS) {
    const { label, one, isUsual = false } = WORDS[verdict];
    const count = shellVerdicts[verdict];
    if (count === 0 && !isUsual) continue;
    // Correct shells are not listed.
    const listed = one === undefined ? [] : shellList.filter((shell) => shell.verdict === verdict);
    const queries = listed.slice(0, SHOWN).map(queryShell);
    if (queries.length < count && one !== undefined) {
      const more = formatCount(count - queries.length);
      queries.push(`and ${more} more; --json lists up to ${formatCount(SHELLS_LISTED_MAX)} shells`);
    }
    lines.push({ label, text: formatCount(count), queries });
  }
  return lines;
}

/** Lists why closed shells make a mesh unprintable, a phrase for each verdict that does. */
export function listShellReasons({ closedShells, shellVerdicts }: MeshCheck): string[] {
  if (closedShells > 0 && shellVerdicts === undefined) {
    return ['its shells were not judged: there are too many for the memory limit; raise --memory'];
  }
  return VERDICTS.flatMap((verdict) => {
    const count = shellVerdicts?.[verdict] ?? 0;
    const { one, many } = WORDS[verdict];
    return count === 0 || one === undefined ? [] : [`${countOf(count, 'shell')} ${count === 1 ? one : many}`];
  });
}

/** A shell as `--json` prints it; the names are part of the command's interface. */
export function shellToJson({ volume, within, ...shell }: JudgedShell): Record<string, unknown> {
  return {
    ...shell,
    volume: Number.isFinite(volume) ? volume : null,
    within: within ?? null,
    query: queryShell({ ...shell, volume, within }),
  };
}

/** Makes a query for the triangles of a shell: by id if the ids are consecutive, else from edge to edge. */
function queryShell({ first, last, triangles }: JudgedShell): string {
  if (last - first + 1 === triangles) return `SELECT * FROM triangles WHERE id BETWEEN ${first} AND ${last}`;
  return (
    'WITH RECURSIVE e AS MATERIALIZED ' +
    '(SELECT triangle, min(origin, target) AS u, max(origin, target) AS v FROM half_edges), ' +
    `shell(id) AS (SELECT ${first} UNION SELECT o.triangle FROM shell ` +
    'JOIN e ON e.triangle = shell.id JOIN e AS o ON o.u = e.u AND o.v = e.v) ' +
    'SELECT * FROM triangles WHERE id IN shell'
  );
}
