/** Reads the model parts of a package: the root, and those that it refers to. */
import { FormatError } from '../../errors.js';
import type { TemporaryFile } from '../../io/input/temporary-file.js';
import type { ZipEntry } from '../../io/zip/directory.js';
import { CHUNK_BYTES } from '../../memory.js';
import { escapeControls } from '../../wording.js';
import { showToken } from '../shared/text.js';
import type { Model, ModelPlace } from './model.js';
import { ModelParser } from './model-parser.js';
import type { Package } from './package.js';
import { type RowForm, RowWriter } from './row-spool.js';
import { readXml } from './xml-reader.js';

/** Reads all parts of a model; rows of meshes go to `file`. Throws FormatError with the part and its line. */
export async function readModel(
  parts: Package,
  model: Model,
  file: TemporaryFile,
  forms: { readonly vertices: RowForm; readonly triangles: RowForm },
): Promise<void> {
  const writers = {
    vertices: new RowWriter(file, forms.vertices),
    triangles: new RowWriter(file, forms.triangles),
  };
  const entries: ZipEntry[] = [];
  const indices = new Map<string, number>();
  const add = (entry: ZipEntry): number => {
    const known = indices.get(entry.name);
    if (known !== undefined) return known;
    const last = model.parts.at(-1);
    const base = last === undefined ? 0 : last.base + last.entry.bytes;
    model.parts.push({ name: escapeControls(entry.name), base, entry });
    indices.set(entry.name, entries.length);
    return entries.push(entry) - 1;
  };
  const partOf = (path: string, place: ModelPlace): number => {
    const entry = parts.find(path);
    if (entry !== undefined) return add(entry);
    const bytes = Buffer.from(path);
    throw new FormatError(
      `the part ${showToken(bytes, 0, bytes.length)} is not in the archive; expected it there`,
      { place },
    );
  };
  add(await parts.findRoot());
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index]!;
    const { name, base } = model.parts[index]!;
    const parser = new ModelParser(model, writers, { index, name, base, partOf });
    await parts.parse(entry, (pull) => readXml(pull, parser));
  }
}

/** Reads the bytes `[offset, end)` of all parts, which must be of one. Throws FormatError. */
export async function readMember(
  parts: Package,
  model: Model,
  offset: number,
  end: number,
): Promise<Uint8Array> {
  const { entry, base } = model.partAt(offset);
  const from = offset - base;
  const bytes = new Uint8Array(end - offset);
  let [passed, filled] = [0, 0];
  await parts.parse(entry, async (pull) => {
    const scratch = new Uint8Array(CHUNK_BYTES);
    while (passed < from) {
      const count = await pull(scratch.subarray(0, from - passed));
      if (count === 0) return;
      passed += count;
    }
    while (filled < bytes.length) {
      const count = await pull(bytes.subarray(filled));
      if (count === 0) return;
      filled += count;
    }
  });
  return bytes.subarray(0, filled);
}
