/** `--filter`: saved filters, which other options complete. */
import type { Command } from 'commander';
import { MeshDatabase } from '../../database/mesh-database.js';
import { readFilter } from '../../filter/saved-filters.js';
import { mergeSelections, type SavedSelection } from '../../filter/saved-selection.js';

/** Adds `--filter` as the first option of its group. */
export function addSavedFilterOption(command: Command): Command {
  return command
    .optionsGroup('Filter:')
    .option('--filter <name>', 'use a saved filter; its transform comes first (repeatable)', collectNames);
}

/** Adds the conditions of saved filters to those of the command line. Throws UsageError for an unknown name. */
export function addSaved(
  database: string,
  names: readonly string[] = [],
  own: SavedSelection = {},
): SavedSelection {
  if (names.length === 0) return own;
  const db = MeshDatabase.open(database);
  try {
    const saved = names.map((name) => db.ask((connection) => readFilter(connection, name)));
    return [...saved, own].reduce(mergeSelections);
  } finally {
    db.close();
  }
}

function collectNames(name: string, before: readonly string[] = []): readonly string[] {
  return [...before, name];
}
