/** File paths as callers pass them: text, or a file URL. */
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.js';
import { listOf, type OptionRule, refuse } from '../options.js';

/** The path of a file; `-` means standard input or output if a verb supports it. */
export const filePath: OptionRule<string> = {
  expected: 'a path or a file URL',
  take(value, name) {
    if (value === '') throw new UsageError(`empty; expected ${filePath.expected}`, { option: name });
    if (typeof value === 'string') return value;
    if (!isUrl(value)) throw refuse(value, filePath.expected, name);
    if (value.protocol === 'file:') return pathOfUrl(value, name);
    throw new UsageError(`${value.href} is not on this machine; expected ${filePath.expected}`, {
      option: name,
      hint: 'download the file and pass its path',
    });
  },
};

/** The paths of one or more files: a single one, or a list. */
export const filePaths: OptionRule<readonly string[]> = {
  expected: 'a path, a file URL, or a list of them',
  take(value, name) {
    if (!Array.isArray(value)) return [filePath.take(value, name)];
    if (value.length === 0) throw refuse(value, filePaths.expected, name);
    return listOf(filePath, 'paths').take(value, name);
  },
};

function pathOfUrl(url: URL, name: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    // Another host, an encoded slash, or a missing drive.
    const problem = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${url.href}: ${problem}; expected ${filePath.expected}`, {
      option: name,
      cause: error,
    });
  }
}

function isUrl(value: unknown): value is URL {
  return typeof value === 'object' && value !== null && 'href' in value && 'protocol' in value;
}
