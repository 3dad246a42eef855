/** How a process is told again, and whether it is still at work. */
import { readFileSync } from 'node:fs';
import { systemCode } from '../errors.js';

export interface ProcessMark {
  readonly id: number;
  /** When it was started, in the system's own units; null where the system does not tell. Ids are used again. */
  readonly started: string | null;
}

/** This process. */
export function ownProcess(): ProcessMark {
  return { id: process.pid, started: readStat(process.pid)?.started ?? null };
}

/** Whether a process is this one. */
export function isOwnProcess({ id, started }: ProcessMark): boolean {
  const own = ownProcess();
  return id === own.id && started === own.started;
}

/** Whether a process of this machine is still at work. */
export function isRunning({ id, started }: ProcessMark): boolean {
  const stat = readStat(id);
  // One that has ended may still have its entry, until whoever started it has looked.
  if (stat !== undefined) return stat.started === started && !'ZX'.includes(stat.state);
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** What Linux says of a process, see proc(5); undefined elsewhere. */
function readStat(id: number): { readonly state: string; readonly started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'latin1');
    // The name in parentheses may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, started: fields[19]! };
  } catch {
    // There is no such process, or no such file system.
    return undefined;
  }
}
