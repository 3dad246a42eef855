/** Words the hints of errors for the page of the view, as other commands word them for the terminal. */

import type { WordHint } from '../../view/session.js';
import { wordAsFlags } from '../options/flags.js';

/** The commands that do the same as a task of the view, and have the flags that hints name. */
const COMMANDS = {
  prepare: 'offload import',
  set: 'offload export',
  export: 'offload export',
  sql: 'offload sql',
  flaws: 'offload check',
  values: undefined,
  section: undefined,
} as const;

const FLAG = /(?<![\w-])--[a-z][\w-]*/g;

/**
 * Returns what words hints: library names become flags and commands. The first flag is named with its command, which is
 * `offload view` for `ownFlags`. A hint with flags of no known command is left out.
 */
export function hintWorder(ownFlags: readonly (string | undefined)[]): WordHint {
  return (hint, kind) => {
    const worded = wordAsFlags(hint);
    const flags = worded.match(FLAG) ?? [];
    if (flags.length === 0 || worded.includes('offload ')) return worded;
    const isOwn = flags.every((flag) => ownFlags.includes(flag));
    const command = isOwn ? 'offload view' : kind && COMMANDS[kind];
    return command && worded.replace(flags[0]!, `${command} ${flags[0]}`);
  };
}
