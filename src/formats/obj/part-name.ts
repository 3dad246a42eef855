/**
 * Where the name of an object, group or material is put together, piece by piece, however long its line is.
 */
import { NAME_BYTES_MAX } from '../../memory.js';
import type { PartStart, Warning } from '../../mesh.js';
import { BLANK, isBlank, readName } from '../shared/text.js';

/** The kinds of part that an OBJ file knows. */
export type ObjPartKind = Exclude<PartStart['partKind'], 'solid'>;

const SHOWN_KINDS: Readonly<Record<ObjPartKind, string>> = {
  object: 'an object',
  group: 'a group',
  material: 'a material',
};

/** The name being read, in a buffer of fixed size. */
export class PartName {
  /** What the name is of. */
  kind: ObjPartKind = 'object';
  /** One byte more than is kept, so that a longer name shows. */
  private readonly bytes = new Uint8Array(NAME_BYTES_MAX + 1);
  private length = 0;
  /** Bytes up to the last one that is no blank. */
  private trimmed = 0;

  /** Begins an empty name. */
  begin(kind: ObjPartKind): void {
    this.kind = kind;
    this.length = 0;
    this.trimmed = 0;
  }

  /** Appends `[from, to)`. Blanks stand as written, but single between the names of a group. */
  readonly append = (bytes: Uint8Array, from: number, to: number): void => {
    const isGroup = this.kind === 'group';
    for (let at = from; at < to; at++) {
      let byte = bytes[at]!;
      const blank = isBlank[byte] === 1;
      if (blank && isGroup) byte = BLANK;
      if (blank && (this.length === 0 || (isGroup && this.trimmed < this.length))) continue;
      if (this.length < this.bytes.length) this.bytes[this.length++] = byte;
      if (!blank) this.trimmed = this.length;
    }
  };

  /** The name as text; warns, naming `line`, where it is cut. */
  read(line: number, warn: (warning: Warning) => void): string {
    const name = readName(this.bytes, 0, this.trimmed, SHOWN_KINDS[this.kind], line, warn);
    // A # inside a name belongs to it, as in `Material #25`.
    return /^#(\s|$)/.test(name) ? '' : name;
  }
}
