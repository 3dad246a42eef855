/** The attribute words of a binary STL, looked up for triangles in id order. */
import type Database from 'better-sqlite3';

export class AttributeWords {
  private readonly statement: Database.Statement;

  constructor(db: Database.Database) {
    this.statement = db
      .prepare('SELECT triangle, word FROM stl_attributes WHERE triangle BETWEEN ? AND ? ORDER BY triangle')
      .raw();
  }

  /** Returns the words of `count` triangles, whose ids ascend; 0 for those without one. */
  find(ids: Float64Array, count: number): Uint16Array {
    const words = new Uint16Array(count);
    let k = 0;
    const rows = this.statement.iterate(ids[0]!, ids[count - 1]!) as Iterable<[number, number]>;
    for (const [triangle, word] of rows) {
      while (k < count && ids[k]! < triangle) k++;
      if (ids[k] === triangle) words[k] = word;
    }
    return words;
  }
}
