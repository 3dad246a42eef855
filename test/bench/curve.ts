/** How time and memory grow with the mesh: the same commands on binary STL of several sizes. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listCurveCommands } from './cases.js';
import type { CurvePoint } from './draw-curve.js';
import { writePillow } from './encode.js';
import { sizePillow } from './generate.js';
import { type CaseOptions, type Row, runCommand, startRow } from './run-case.js';

export interface CurveRow extends Row {
  readonly triangles: number;
}

/**
 * Goes through the sizes upwards. Only the smallest is run once more before, to warm up: the largest take minutes.
 * A command that fails is not run with what is larger.
 */
export async function measureCurve(
  sizes: readonly number[],
  { folder, runs, inMemory, keepsFiles, say }: Omit<CaseOptions, 'pillow' | 'isWanted'>,
): Promise<CurveRow[]> {
  const rows: CurveRow[] = [];
  const hasFailed = (name: string) => rows.some(({ command, failure }) => command === name && failure);
  for (const size of [...new Set(sizes)].sort((a, b) => a - b)) {
    const pillow = sizePillow(size);
    const { triangles } = pillow;
    const place = join(folder, `curve-${triangles}`);
    const input = join(place, 'in.stl');
    mkdirSync(place);
    say(`${triangles} triangles: making the input`);
    writePillow(input, pillow, 'stl', 'grid');
    const commands = listCurveCommands(place, input, inMemory).filter(({ name }) => !hasFailed(name));
    const added = commands.map((command) => ({ ...startRow('stl grid', command), triangles }));
    for (let run = rows.length === 0 ? 0 : 1; run <= runs; run++) {
      for (const [c, command] of commands.entries()) {
        if (added[c]!.failure !== undefined) continue;
        say(`${triangles} triangles: ${command.name}${run === 0 ? ', warming up' : ''}`);
        await runCommand(command, added[c]!, pillow, run > 0);
      }
    }
    rows.push(...added);
    if (!keepsFiles) rmSync(place, { recursive: true });
  }
  return rows;
}

/** What there is to draw. */
export function listPoints(rows: readonly CurveRow[]): CurvePoint[] {
  return rows.flatMap(({ command, role, triangles, peakBytes }) =>
    peakBytes === undefined
      ? []
      : [{ label: role === 'own' ? `offload ${command}` : command, triangles, peakBytes }],
  );
}
