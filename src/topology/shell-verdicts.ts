/**
 * Judges closed shells by the shells around them.
 *
 * Outside everything, the winding number is 0. Going in, a shell that faces outward adds one, a shell that faces inward
 * subtracts one. In a solid it is 0 or 1 everywhere: a body goes from 0 to 1, a cavity from 1 to 0, and a body inside a
 * cavity from 0 to 1 again. Shells are judged from the outside in. A shell that is inside out counts as reversed for
 * all shells in it, so each is blamed only for its own fault.
 */
import type { ShellNesting } from './shell-nesting.js';
import type { ShellTable } from './shell-table.js';

/** The possible verdicts on a closed shell; docs/check.md defines each word. */
export const SHELL_VERDICTS = [
  'outward',
  'cavity',
  'insideOut',
  'nestedWrongly',
  'crossing',
  'flat',
  'unjudged',
] as const;
export type ShellVerdict = (typeof SHELL_VERDICTS)[number];

/** Ways to reorient shells: `outward` makes bodies face outward and cavities face inward. */
export const ORIENTATIONS = ['outward'] as const;
export type Orientation = (typeof ORIENTATIONS)[number];

export class ShellVerdicts {
  private readonly verdicts: Uint8Array;
  /** The innermost shell around each one, or -1. */
  private readonly parents: Int32Array;
  private readonly depths: Int32Array;
  /** The contribution of each shell to the winding number inside it, with inside-out shells reversed. */
  private readonly sides: Int8Array;

  /** Bytes of a shell, including the order of judging. */
  static readonly SHELL_BYTES = 1 + 4 + 4 + 1 + 4;

  constructor(
    private readonly table: ShellTable,
    private readonly nesting: ShellNesting,
  ) {
    const { size } = table;
    this.verdicts = new Uint8Array(size);
    this.parents = new Int32Array(size).fill(-1);
    this.depths = new Int32Array(size);
    this.sides = new Int8Array(size);
    for (let shell = 0; shell < size; shell++) {
      nesting.eachOuter(shell, (_, place) => {
        if (place === 'inside') this.depths[shell]!++;
      });
    }
    const order = new Int32Array(size);
    for (let shell = 0; shell < size; shell++) order[shell] = shell;
    order.sort((one, other) => this.depths[one]! - this.depths[other]! || one - other);
    for (const shell of order) this.verdicts[shell] = SHELL_VERDICTS.indexOf(this.judge(shell));
  }

  of(shell: number): ShellVerdict {
    return SHELL_VERDICTS[this.verdicts[shell]!]!;
  }

  /** Returns the innermost shell around a shell; undefined if there is none. */
  parentOf(shell: number): number | undefined {
    const parent = this.parents[shell]!;
    return parent < 0 ? undefined : parent;
  }

  /** Returns the number of shells around a shell. */
  depthOf(shell: number): number {
    return this.depths[shell]!;
  }

  /** Counts the shells of each verdict. */
  count(): Record<ShellVerdict, number> {
    const counts = Object.fromEntries(SHELL_VERDICTS.map((verdict) => [verdict, 0]));
    for (const verdict of this.verdicts) counts[SHELL_VERDICTS[verdict]!]!++;
    return counts as Record<ShellVerdict, number>;
  }

  /** Judges a shell, after all shells around it. */
  private judge(shell: number): ShellVerdict {
    const side = this.table.sideOf(shell);
    if (Number.isNaN(side)) return 'unjudged';
    if (side === 0) return 'flat';
    this.sides[shell] = side;
    let winding = 0;
    let doubt: 'crossing' | 'unjudged' | undefined;
    this.nesting.eachOuter(shell, (outer, place) => {
      if (place === 'inside') {
        winding += this.sides[outer]!;
        const parent = this.parents[shell]!;
        if (parent < 0 || this.depths[outer]! > this.depths[parent]!) this.parents[shell] = outer;
      } else if (place === 'crossing') {
        doubt = 'crossing';
      } else if (place === 'touching') {
        doubt ??= 'unjudged';
      }
    });
    if (doubt !== undefined) return doubt;
    if (side === 1 && winding === 0) return 'outward';
    if (side === -1 && winding === 1) return 'cavity';
    const parent = this.parents[shell]!;
    const helpsTurning = winding === (side === 1 ? 1 : 0);
    if (helpsTurning && (parent < 0 || this.of(parent) === 'insideOut')) {
      this.sides[shell] = -side;
      return 'insideOut';
    }
    return 'nestedWrongly';
  }
}
