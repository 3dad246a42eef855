/** Finds out what the attribute words of a mesh mean. */
import type { MeshDatabase } from '../../database/mesh-database.js';
import { listWordSources } from '../../database/source-runs.js';
import { type AttributeColors, decodeSources } from '../../formats/stl/color.js';

/** Reads the headers of the sources with attribute words. */
export function readAttributeColors(db: MeshDatabase): AttributeColors {
  return decodeSources(db.ask(listWordSources));
}
