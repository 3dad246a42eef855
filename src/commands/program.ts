/** The program's commands, put together. */
import { Command } from 'commander';
import { readPackageVersion } from '../io/package-file.js';
import { addCheck } from './check.js';
import { addConvert } from './convert.js';
import { addExport } from './export.js';
import { addFilter } from './filter.js';
import { addFormats } from './formats.js';
import { addImport } from './import.js';
import { addIndex } from './index-mesh.js';
import { addInfo } from './info.js';
import { addLint } from './lint.js';
import { addLocate } from './locate.js';
import { paintFor, paintPrefix } from './paint.js';
import { addSql } from './sql.js';
import { addVerify } from './verify.js';

/** A fresh program; it throws CommanderError instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('offload')
    .description('Turns triangle files that do not fit in memory into OFF, through one SQLite file.')
    .version(readPackageVersion())
    .helpCommand(false)
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    // Errors in the house's form; commands inherit this.
    .configureOutput({
      outputError: (text, write) => {
        const message = text.replace(/^error: /, 'offload: ').replace(/\.\n$/, '\n');
        write(paintPrefix(message, paintFor(process.stderr)));
      },
    });
  const commands = [
    addConvert,
    addImport,
    addExport,
    addFilter,
    addIndex,
    addInfo,
    addCheck,
    addLocate,
    addSql,
    addVerify,
    addLint,
    addFormats,
  ];
  for (const add of commands) add(program);
  return program;
}
