/** `offload filter`: filters saved in a database. */

import type { Command } from 'commander';
import { MeshDatabase } from '../database/mesh-database.js';
import { MeshUpdate } from '../database/mesh-update.js';
import {
  listFilters,
  readFilter,
  removeFilter,
  type SavedFilter,
  saveFilter,
} from '../filter/saved-filters.js';
import { escapeControls } from '../wording.js';
import { describeFilter } from './describe/describe-filter.js';
import { addSelectionOptions, collectSelection, type SelectionCommandOptions } from './options/options.js';

const DATABASE = 'database made by offload import';

export function addFilter(program: Command): void {
  const filter = program
    .command('filter')
    .summary('save, list, show or remove filters')
    .description('Manages the filters saved in a database, for offload export --filter <name>.')
    .helpCommand(false);
  const save = filter
    .command('save')
    .summary('save a filter')
    .description(
      'Saves a filter, with its weld and transform, for offload export --filter <name>.\n' +
        'The conditions are checked against the mesh before the filter is saved.',
    )
    .argument('<db>', DATABASE)
    .argument('<name>', 'name of the filter')
    .option('-f, --force', 'replace an existing filter')
    .addHelpText(
      'after',
      `
Examples:
  offload filter save scan.db roof --where "normal_z > 0.7 and min_z > 2.5"
  offload filter save scan.db print --component largest --units inch:mm
  offload export scan.db roof.off --filter roof --filter print`,
    );
  addSelectionOptions(save).action(saveOne);
  filter
    .command('list')
    .summary('list the filters of a database')
    .description('Lists the filters of a database.')
    .argument('<db>', DATABASE)
    .option('--json', 'print a JSON array')
    .action((database: string, { json }: { json?: boolean }) => {
      const filters = read(database, listFilters);
      process.stdout.write(
        json ? `${JSON.stringify(filters, undefined, 2)}\n` : filters.map(describeSaved).join(''),
      );
    });
  filter
    .command('show')
    .summary('show the options of a filter')
    .description('Shows a saved filter as command-line options.')
    .argument('<db>', DATABASE)
    .argument('<name>', 'name of the filter')
    .option('--json', 'print a JSON object')
    .action((database: string, name: string, { json }: { json?: boolean }) => {
      const found = read(database, (db) => readFilter(db, name));
      process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : `${describeFilter(found)}\n`);
    });
  filter
    .command('remove')
    .summary('remove a filter')
    .description('Removes a filter from a database.')
    .argument('<db>', DATABASE)
    .argument('<name>', 'name of the filter')
    .action((database: string, name: string) => change(database, (db) => removeFilter(db, name)));
}

/** Describes a saved filter in one line. */
export function describeSaved(saved: SavedFilter): string {
  const text = 'filter' in saved ? describeFilter(saved.filter) : `damaged: ${escapeControls(saved.problem)}`;
  return `${escapeControls(saved.name)}  ${text}\n`;
}

async function saveOne(
  database: string,
  name: string,
  options: SelectionCommandOptions & { force?: boolean },
): Promise<void> {
  const { filter, ...moved } = collectSelection(options);
  const saved = { ...filter, ...moved };
  await change(database, (db) => saveFilter(db, name, saved, options.force ?? false));
}

function read<T>(database: string, ask: Parameters<typeof MeshDatabase.prototype.ask<T>>[0]): T {
  const db = MeshDatabase.open(database);
  try {
    return db.ask(ask);
  } finally {
    db.close();
  }
}

async function change(
  database: string,
  action: Parameters<typeof MeshUpdate.prototype.run<void>>[0],
): Promise<void> {
  const update = await MeshUpdate.open(database);
  try {
    update.run(action);
    await update.commit();
  } finally {
    update.close();
  }
}
