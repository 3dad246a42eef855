/** The table of routes: one file each. */

import { downloadRoute } from './download.js';
import { eventsRoute } from './events.js';
import { exportsRoute } from './exports.js';
import { filtersRoute } from './filters.js';
import { flawsRoute } from './flaws.js';
import { meshRoute } from './mesh.js';
import { pickRoute } from './pick.js';
import type { Route } from './route.js';
import { sectionRoute } from './section.js';
import { setsRoute } from './sets.js';
import { sqlRoute } from './sql.js';
import { classesRoute } from './tiles/classes.js';
import { coarseRoute } from './tiles/coarse.js';
import { columnsRoute } from './tiles/columns.js';
import { nodesRoute } from './tiles/nodes.js';
import { tileRoute } from './tiles/tile.js';
import { valuesRoute } from './tiles/values.js';
import { placeRoute, triangleRoute, vertexRoute } from './triangle.js';

export const ROUTES: readonly Route[] = [
  meshRoute,
  coarseRoute,
  nodesRoute,
  tileRoute,
  columnsRoute,
  valuesRoute,
  sqlRoute,
  sectionRoute,
  eventsRoute,
  setsRoute,
  classesRoute,
  filtersRoute,
  exportsRoute,
  downloadRoute,
  pickRoute,
  triangleRoute,
  placeRoute,
  vertexRoute,
  flawsRoute,
];

/** Finds the routes of a path, one for each method, with the parts that it names. */
export function findRoutes(
  path: string,
): { readonly route: Route; readonly parameters: Record<string, string> }[] {
  const words = path.split('/');
  return ROUTES.flatMap((route) => {
    const names = route.path.split('/');
    if (names.length !== words.length) return [];
    const parameters: Record<string, string> = {};
    for (const [k, name] of names.entries()) {
      if (name.startsWith(':')) parameters[name.slice(1)] = words[k]!;
      else if (name !== words[k]) return [];
    }
    return [{ route, parameters }];
  });
}
