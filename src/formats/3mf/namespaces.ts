/** The XML namespaces of 3MF and of its extensions. */

const MICROSOFT = 'http://schemas.microsoft.com/3dmanufacturing';

/** The core of 3MF; the second one is from before its first release. */
export const CORE: readonly string[] = [`${MICROSOFT}/core/2015/02`, `${MICROSOFT}/2013/01`];
export const PRODUCTION = `${MICROSOFT}/production/2015/06`;
const MATERIALS = `${MICROSOFT}/material/2015/02`;
const SLICES = `${MICROSOFT}/slice/2015/07`;
const LATTICES = `${MICROSOFT}/beamlattice/2017/02`;
const TRIANGLE_SETS = `${MICROSOFT}/trianglesets/2021/07`;

/** Whether the triangles of a model that requires this extension are complete without it. */
export function isSupported(namespace: string): boolean {
  return [...CORE, PRODUCTION, MATERIALS, SLICES, TRIANGLE_SETS].includes(namespace);
}

/** The name of content that is passed over and that users may miss. */
export function nameUnread(namespace: string | undefined, name: string): string | undefined {
  if (namespace === undefined) return 'elements of no namespace';
  if (namespace === MATERIALS) return 'colors';
  if (namespace === SLICES) return 'slices';
  return namespace === LATTICES && name === 'beamlattice' ? 'beam lattices' : undefined;
}
