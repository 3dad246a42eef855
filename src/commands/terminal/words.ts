/** Mistakes visible in the words of a command line, before or after they are parsed. */
import type { Command } from 'commander';
import { isDatabase } from '../../database/pages/table-reader.js';
import { UsageError } from '../../errors.js';
import { isFile } from '../../io/disk.js';
import { isDatabaseName, meshEndingOf } from '../../pipeline/run/output-names.js';
import { quoteWord } from '../../wording.js';

/** Throws UsageError if a file is given instead of a command; the hint names the commands for such a file. */
export function checkFirstWord(program: Command, words: readonly string[]): void {
  const [word] = words;
  if (word === undefined || (word.startsWith('-') && word !== '-')) return;
  if (program.commands.some((command) => [command.name(), ...command.aliases()].includes(word))) return;
  const isThere = isFile(word);
  const isMesh = word === '-' || meshEndingOf(word) !== undefined;
  if (!isThere && !isMesh && !isDatabaseName(word)) return;
  const file = quoteWord(word);
  if (isThere ? isDatabase(word) : isDatabaseName(word)) {
    throw new UsageError(`'${word}' is a database, not a command`, {
      hint: `use offload info ${file} to see what is in it, or offload export ${file} to write OFF`,
    });
  }
  throw new UsageError(`'${word}' is ${word === '-' ? 'standard input' : 'a file'}, not a command`, {
    hint:
      word === '-'
        ? 'use offload convert - scan.off to write OFF, or offload import - scan.db to create a database'
        : `use offload convert ${file} to write OFF, or offload import ${file} to create a database`,
  });
}

/** Describes a word that ends in a carriage return, for a command that has failed; undefined if none does. */
export function describeLineEnd(words: readonly string[]): string | undefined {
  const word = words.find((one) => one.endsWith('\r'));
  if (word === undefined) return undefined;
  return `'${word}' ends in a carriage return: save the script with Unix line endings (LF instead of CRLF)`;
}
