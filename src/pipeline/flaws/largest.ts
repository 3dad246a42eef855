/** Keeps the entries with the largest counts, in bounded memory. */

export class Largest {
  private entries: { readonly id: number; readonly count: number }[] = [];

  constructor(private readonly max: number) {}

  add(id: number, count: number): void {
    this.entries.push({ id, count });
    if (this.entries.length >= 4 * this.max) this.cut();
  }

  /** Returns the ids, of equal counts the smaller ones, in the order of counts. */
  ids(): number[] {
    this.cut();
    return this.entries.map(({ id }) => id);
  }

  private cut(): void {
    this.entries.sort((a, b) => b.count - a.count || a.id - b.id);
    this.entries.length = Math.min(this.entries.length, this.max);
  }
}
