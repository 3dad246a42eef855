/** The program's commands, put together. */
import { Command } from 'commander';
import { readPackageVersion } from '../io/package-file.js';
import { addConvert } from './convert.js';
import { addExport } from './export.js';
import { addImport } from './import.js';
import { addInfo } from './info.js';

/** A fresh program; it throws CommanderError instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('offload')
    .description('Turns triangle files that do not fit in memory into OFF, through one SQLite file.')
    .version(readPackageVersion())
    .helpCommand(false)
    .exitOverride();
  for (const add of [addConvert, addImport, addExport, addInfo]) add(program);
  for (const command of program.commands) command.exitOverride().helpOption('-h, --help', 'show this help');
  return program.helpOption('-h, --help', 'show this help');
}
