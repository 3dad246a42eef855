/** Assembles the name of an object, group or material piece by piece, however long its line is. */
import { NAME_BYTES_MAX } from '../../memory.js';
import type { PartStart, Warning } from '../../mesh.js';
import { BLANK, isBlank, readName } from '../shared/text.js';

/** The kinds of parts in an OBJ file. */
export type ObjPartKind = Exclude<PartStart['partKind'], 'solid'>;

const SHOWN_KINDS: Readonly<Record<ObjPartKind, string>> = {
  object: 'an object',
  group: 'a group',
  material: 'a material',
};

/** The name being read, in a buffer of fixed size. */
export class PartName {
  /** The kind of part that has this name. */
  kind: ObjPartKind = 'object';
  /** One byte more than is kept, so that a longer name is detected. */
  private readonly bytes = new Uint8Array(NAME_BYTES_MAX + 1);
  private length = 0;
  /** Length up to the last byte that is not whitespace. */
  private trimmed = 0;

  /** Begins an empty name. */
  begin(kind: ObjPartKind): void {
    this.kind = kind;
    this.length = 0;
    this.trimmed = 0;
  }

  /** Appends `[from, to)`. Whitespace is kept as written, but collapsed between the names of a group. */
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

  /** Returns the name as text; warns with `line` if it is truncated. */
  read(line: number, warn: (warning: Warning) => void): string {
    const name = readName(this.bytes, 0, this.trimmed, SHOWN_KINDS[this.kind], line, warn);
    // A # inside a name belongs to it, as in `Material #25`.
    return /^#(\s|$)/.test(name) ? '' : name;
  }
}
