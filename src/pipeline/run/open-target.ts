/** Opens the output of a mesh: a file, standard output, or a folder with a file for each table. */
import { WRITERS } from '../../formats/writers.js';
import type { OutputFile } from '../../io/output/output.js';
import { checkOutput } from '../../io/output/output-check.js';
import { openOutput } from '../../io/output/output-file.js';
import { TableFolder } from '../../io/output/table-files.js';
import type { ChosenWriter } from './output-writer.js';

/** Opens an output. Throws FileError or UsageError for what may not be replaced. */
export async function openTarget(
  output: string,
  force: boolean,
  { writer, isFolder, compress }: ChosenWriter,
): Promise<OutputFile> {
  if (!isFolder) return openOutput(output, force, compress);
  return TableFolder.open(output, force, [...WRITERS, writer], writer.extensions[0]!);
}

/** Whether an output takes space on a disk. Throws like {@link openTarget}. */
export function takesSpace(output: string, force: boolean, { isFolder }: ChosenWriter): boolean {
  return isFolder || (output !== '-' && checkOutput(output, force) !== 'stream');
}
