/** A thread that reads all triangles of a database and distributes them for the stars of their vertices. */
import { type SharedSpill, SpillFile } from '../../../collections/spill-file.js';
import { type SharedFile, TableReader } from '../../../database/pages/table-reader.js';
import { checkCorners } from '../../../database/rows/row-ids.js';
import { type DealPlan, StarDealer } from '../../../topology/star-dealer.js';
import type { Home, Work } from './protocol.js';

export interface DealOptions {
  readonly file: SharedFile;
  /** The root page of the triangles. */
  readonly rootPage: number;
  readonly vertexRange: number;
  readonly plan: DealPlan;
  /** The file of each range, which the main thread has created and closes. */
  readonly spills: readonly SharedSpill[];
}

/** The words written to each file. */
export type DealReply = readonly number[];

export function begin(options: DealOptions, home: Home<DealReply>): Work<'deal'> {
  const { file, rootPage, vertexRange, plan, spills } = options;
  return {
    handle() {
      const files = spills.map((spill) => SpillFile.attach(spill));
      const dealer = new StarDealer(plan, files);
      for (const batch of TableReader.attach(file).triangles(rootPage)) {
        home.checkStop();
        checkCorners(batch, vertexRange, file.path);
        dealer.add(batch);
      }
      for (const spill of files) spill.flush();
      home.send(files.map(({ length }) => length));
    },
    // The main thread closes the files.
    close: () => undefined,
  };
}
