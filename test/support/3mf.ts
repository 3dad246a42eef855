/** Writes 3MF files in tests. */
import { makeZip, type ZipFile, type ZipOptions } from './zip.js';

export const CORE = 'http://schemas.microsoft.com/3dmanufacturing/core/2015/02';
export const PRODUCTION = 'http://schemas.microsoft.com/3dmanufacturing/production/2015/06';
const MODEL_TYPE = 'http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel';

/** The relationships of a package to its root model. */
export const RELATIONSHIPS = relate(['/3D/3dmodel.model']);

export function relate(targets: readonly string[]): string {
  const rows = targets.map(
    (target, k) => `<Relationship Target="${target}" Id="rel${k}" Type="${MODEL_TYPE}"/>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${rows.join('')}</Relationships>`;
}

const TYPES =
  '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>';

/** Packs a root model, with further parts by name. */
export function packThreeMf(
  model: Buffer | string,
  parts: Readonly<Record<string, string>> = {},
  change: Partial<ZipFile> = {},
  options: ZipOptions = {},
): Buffer {
  return makeZip(
    [
      { name: '[Content_Types].xml', content: TYPES },
      { name: '_rels/.rels', content: RELATIONSHIPS },
      { name: '3D/3dmodel.model', content: model, ...change },
      ...Object.entries(parts).map(([name, content]) => ({ name, content })),
    ],
    options,
  );
}

/** Returns the XML of a model: what is in its resources, its build, and its attributes. */
export function modelOf(resources: string, build = '<item objectid="1"/>', attributes = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<model xmlns="${CORE}"${attributes}>\n<resources>\n${resources}\n</resources>\n<build>${build}</build>\n</model>\n`;
}

/** Returns the XML of a mesh. */
export function meshOf(
  vertices: readonly (readonly number[])[],
  faces: readonly (readonly number[])[],
): string {
  const rows = vertices.map(([x, y, z]) => `<vertex x="${x}" y="${y}" z="${z}"/>\n`).join('');
  const corners = faces.map(([a, b, c]) => `<triangle v1="${a}" v2="${b}" v3="${c}"/>\n`).join('');
  return `<mesh><vertices>\n${rows}</vertices>\n<triangles>\n${corners}</triangles></mesh>`;
}

/** Returns the XML of an object. */
export function objectOf(id: number, content: string, attributes = ''): string {
  return `<object id="${id}"${attributes}>${content}</object>\n`;
}

/** Returns indexed triangles as 3MF. */
export function toThreeMf(
  vertices: readonly (readonly number[])[],
  faces: readonly (readonly number[])[],
): Buffer {
  return packThreeMf(modelOf(objectOf(1, meshOf(vertices, faces))));
}
