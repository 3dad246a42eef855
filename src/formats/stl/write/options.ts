/** The options of written STL. */
import { finite, flag, type Rules } from '../../../options.js';

/** Selects how the facets of an STL are written. */
export interface StlOptions {
  /** Write text, with a solid for each part, instead of binary. */
  readonly ascii?: boolean | undefined;
  /** The maximum number of significant digits of positions and normals, 1 to 17 (default: exact); only with `ascii`. */
  readonly precision?: number | undefined;
}

/** The rules for {@link StlOptions}. */
export const STL_OPTIONS: Rules<StlOptions> = { ascii: flag, precision: finite };
