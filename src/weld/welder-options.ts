/** What every welder is made with: its options, and the arena that its tables share. */
export interface WelderOptions {
  /** Bytes of one coordinate as it comes: 4 (float32) or 8 (float64). */
  readonly bytesPerValue: 4 | 8;
  /** Memory for its tables, in bytes. */
  readonly budgetBytes: number;
  /** About how many vertices will come, where that is known: the tables begin at a size for so many. */
  readonly expectedVertices?: number | undefined;
  /** Where spill files go, as the beginning of their names. */
  readonly spillPath: string;
  /** Leave the spill files where they are, whatever happens: somebody may want to go on with them. */
  readonly keepsFiles?: boolean | undefined;
}

/** The largest arena: what one ArrayBuffer may hold in every supported Node. */
const ARENA_BYTES_MAX = 4 * 2 ** 30 - 65_536;

/** Memory for tables, not more than there may be in one piece. */
export function allocateArena(bytes: number): ArrayBuffer {
  return new ArrayBuffer(16 * Math.floor(Math.min(bytes, ARENA_BYTES_MAX) / 16));
}

/** Bytes of each of the two tables. */
export function tableBytes(budgetBytes: number): number {
  return 8 * Math.floor(Math.min(budgetBytes, ARENA_BYTES_MAX) / 16);
}
