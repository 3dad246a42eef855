/**
 * The examples of the documentation. A block of a page that is marked `console` has commands, each after `$ `, and what
 * each of them prints. All blocks of a page run in one folder, in their order.
 */
import { realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLI, runProgram } from './cli.js';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const BLOCK = /^```console\n(.*?)^```$/gms;
/** Printed after each command, to tell their outputs apart. */
const END = '-- end of a command --';
/** What pages show in place of the folder in which their examples run. */
const FOLDER = '/home/you/scans';

/** Figures that differ from run to run: dates, times, memory, and free disk space. Nothing else may differ. */
const VARIABLE =
  /\d{4}-\d\d-\d\dT[\d:.]+Z|\b[\d.,]+ (?:ms|s|min|h)\b|(?<=peak memory )[\d.]+ [kMG]B|\b[\d.,]+ [kMGT]B(?= free)/g;

/** Runs all examples of a page in a folder. Returns the page with the outputs of this run. */
export async function refreshExamples(page: string, folder: string): Promise<string> {
  symlinkSync(FIXTURES, join(folder, 'fixtures'), 'junction');
  let refreshed = '';
  let from = 0;
  for (const block of page.matchAll(BLOCK)) {
    const before = block[1]!;
    const after = await runBlock(before, folder);
    refreshed += `${page.slice(from, block.index)}\`\`\`console\n${isSame(before, after) ? before : after}\`\`\``;
    from = block.index + block[0].length;
  }
  return refreshed + page.slice(from);
}

/** Counts the examples of a page. */
export function countExamples(page: string): number {
  return [...page.matchAll(BLOCK)].length;
}

async function runBlock(block: string, folder: string): Promise<string> {
  const commands = [...block.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command!);
  const script = [
    'exec 2>&1',
    'offload() { "$NODE" "$CLI" "$@"; }',
    // The exit code of a command is there for the next one, as in a terminal.
    ...commands.flatMap((command) => [command, `code=$?; printf '\\n%s\\n' '${END}'; (exit $code)`]),
  ];
  const { stdout } = await runProgram('sh', ['-c', script.join('\n')], {
    cwd: folder,
    env: { NODE: process.execPath, CLI },
  });
  const outputs = stdout.toString().replaceAll(realpathSync(folder), FOLDER).split(`\n${END}\n`);
  return commands.map((command, index) => `$ ${command}\n${endLine(outputs[index]!)}`).join('');
}

function endLine(output: string): string {
  return output === '' || output.endsWith('\n') ? output : `${output}\n`;
}

function isSame(before: string, after: string): boolean {
  return maskVariables(before) === maskVariables(after);
}

/** Replaces the figures that differ from run to run. */
export function maskVariables(text: string): string {
  return text.replace(VARIABLE, '…');
}
