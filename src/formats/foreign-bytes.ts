/**
 * Kinds of binary files that are not meshes offload can read: images, object files, archives, other mesh formats. They are
 * recognized by magic numbers, taken from their specifications and from the database of file(1).
 */

/** Hint for a mesh in an unsupported format. */
export const EXPORT_HINT = 'export it from its program in a format that `offload formats` lists';
/** Hint for an archive. */
export const UNPACK = 'unpack it first';
const UNPACK_WITH = (command: string) => `unpack it on the fly: ${command} -dc FILE | offload convert - OUT`;

const IMAGE = 'pass a mesh file; an image contains no triangles';
const NO_MESH = 'check the file; it may have the wrong name';

/**
 * Kinds recognized by the bytes at an offset (default: 0), and by further bytes if another file might begin the same way by
 * chance. A binary STL may begin with any 80 bytes, so text that someone writes there must not match a row.
 */
const BY_BYTES: readonly (readonly [
  name: string,
  hint: string | undefined,
  bytes: string,
  offset?: number,
  isSure?: (bytes: string) => boolean,
])[] = [
  ['gzip data within compressed data', UNPACK, '\x1f\x8b\x08'],
  ['zstd data within compressed data', UNPACK, '\x28\xb5\x2f\xfd'],
  ['bzip2 data', UNPACK_WITH('bzip2'), '1AY&SY', 4],
  ['xz data', UNPACK_WITH('xz'), '\xfd7zXZ\0'],
  ['lz4 data', UNPACK_WITH('lz4'), '\x04\x22\x4d\x18'],
  ['lzip data', UNPACK_WITH('lzip'), 'LZIP\x01'],
  ['compress data', UNPACK_WITH('compress'), '\x1f\x9d'],
  ['a 7z archive', UNPACK, '7z\xbc\xaf\x27\x1c'],
  ['a rar archive', UNPACK, 'Rar!\x1a\x07'],
  ['a tar archive', UNPACK, 'ustar', 257],
  ['a cabinet archive', UNPACK, 'MSCF\0\0\0\0'],
  ['an ar archive, such as a library of object files', NO_MESH, '!<arch>\n'],
  ['a Parquet table', 'read it with DuckDB or another program; offload only writes Parquet', 'PAR1\x15'],
  ['a PNG image', IMAGE, '\x89PNG\r\n'],
  ['a JPEG image', IMAGE, '\xff\xd8\xff'],
  ['a GIF image', IMAGE, 'GIF8', 0, (bytes) => /^GIF8[79]a/.test(bytes) && !isPrintable(bytes, 6, 13)],
  ['a TIFF image', IMAGE, 'II*\0'],
  ['a TIFF image', IMAGE, 'MM\0*'],
  ['a BigTIFF image', IMAGE, 'II+\0'],
  [
    'a BMP image',
    IMAGE,
    'BM',
    0,
    (bytes) => longAt(bytes, 6) === 0 && [12, 40, 52, 56, 108, 124].includes(longAt(bytes, 14)),
  ],
  ['a WebP image', IMAGE, 'RIFF', 0, (bytes) => bytes.startsWith('WEBP', 8)],
  ['RIFF data, such as sound or video', NO_MESH, 'RIFF', 0, (bytes) => /^(WAVE|AVI )/.test(bytes.slice(8))],
  ['a Photoshop image', IMAGE, '8BPS\0\x01'],
  ['a DDS image', IMAGE, 'DDS \x7c\0\0\0'],
  ['an OpenEXR image', IMAGE, 'v/1\x01'],
  [
    'an icon',
    IMAGE,
    '\0\0\x01\0',
    0,
    (bytes) =>
      shortAt(bytes, 4) <= 32 &&
      byteAt(bytes, 9) === 0 &&
      shortAt(bytes, 10) <= 1 &&
      shortAt(bytes, 12) <= 32,
  ],
  ['a Netpbm image', IMAGE, 'P', 0, (bytes) => /^P[4-6]\s+(#[^\n]*\n\s*)*\d+\s+\d+\s+(\d+\s)?/.test(bytes)],
  ['a JPEG 2000 image', IMAGE, '\0\0\0\x0cjP  '],
  ['video', NO_MESH, 'ftyp', 4, (bytes) => bytes.startsWith('\0\0\0')],
  ['video', NO_MESH, '\x1a\x45\xdf\xa3'],
  ['sound', NO_MESH, 'OggS\0'],
  ['sound', NO_MESH, 'fLaC\0'],
  ['a DICOM image', 'extract a mesh from it first', 'DICM', 128],
  ['a NIfTI volume', 'extract a mesh from it first', 'n+1\0', 344],
  ['a NumPy array', NO_MESH, '\x93NUMPY'],
  ['HDF5 data', NO_MESH, '\x89HDF\r\n'],
  ['an object file or program (ELF)', NO_MESH, '\x7fELF'],
  ['a program (PE)', NO_MESH, 'MZ', 0, isPortableExecutable],
  ['an object file or program (Mach-O)', NO_MESH, '\xcf\xfa\xed\xfe'],
  ['an object file or program (Mach-O)', NO_MESH, '\xce\xfa\xed\xfe'],
  ['an object file or program (Mach-O)', NO_MESH, '\xfe\xed\xfa'],
  ['a Java class or a program (Mach-O)', NO_MESH, '\xca\xfe\xba\xbe'],
  [
    'an object file (COFF)',
    NO_MESH,
    '\0\0\xff\xff',
    0,
    (bytes) => shortAt(bytes, 4) <= 2 && MACHINES.includes(shortAt(bytes, 6)),
  ],
  ['an object file (COFF)', NO_MESH, '', 0, isCoffObject],
  ['an object file (OMF)', NO_MESH, '\x80', 0, isOmfObject],
  ['WebAssembly', NO_MESH, '\0asm\x01\0\0\0'],
  [
    'a Microsoft compound file, such as a CAD part or a document',
    EXPORT_HINT,
    '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
  ],
  [
    'EBU subtitles',
    'pass a mesh file; subtitles also use the extension .stl',
    'STL',
    3,
    (bytes) => /^STL\d\d\.\d\d[012 ]/.test(bytes.slice(3)),
  ],
  ['binary FBX', EXPORT_HINT, 'Kaydara FBX Binary  \0'],
  ['binary DXF', EXPORT_HINT, 'AutoCAD Binary DXF\r\n\x1a\0'],
  ['a DWG drawing', EXPORT_HINT, 'AC10', 0, (bytes) => byteAt(bytes, 6) === 0],
  ['a Blender file', EXPORT_HINT, 'BLENDER', 0, (bytes) => /^BLENDER[-_][vV]\d{3}/.test(bytes)],
  [
    'a 3DS mesh',
    EXPORT_HINT,
    'MM',
    0,
    (bytes) => ['\x02\0\x0a\0\0\0', '=='].some((chunk) => bytes.startsWith(chunk, 6)),
  ],
  ['a LightWave object', EXPORT_HINT, 'FORM', 0, (bytes) => /^LW(OB|O2|LO)/.test(bytes.slice(8))],
  ['an OpenCTM mesh', EXPORT_HINT, 'OCTM\x05\0\0\0'],
  ['Draco data', EXPORT_HINT, 'DRACO\x02'],
  ['a Universal 3D file', EXPORT_HINT, 'U3D\0'],
  ['a JT file', EXPORT_HINT, 'Version ', 0, (bytes) => /^Version \d+\.\d+ JT/.test(bytes)],
  ['a Rhino file', EXPORT_HINT, '3D Geometry File Format '],
  [
    'a LAS point cloud',
    'reconstruct a mesh from its points first',
    'LASF',
    0,
    (bytes) => !isPrintable(bytes, 4, 26),
  ],
  ['an E57 point cloud', 'reconstruct a mesh from its points first', 'ASTM-E57'],
  [
    'UTF-32 text',
    'save it as UTF-8',
    '\xff\xfe\0\0',
    0,
    (bytes) => byteAt(bytes, 4) !== 0 && byteAt(bytes, 7) === 0,
  ],
  ['UTF-32 text', 'save it as UTF-8', '\0\0\xfe\xff'],
  ['UTF-16 text', 'save it as UTF-8', '\xff\xfe'],
  ['UTF-16 text', 'save it as UTF-8', '\xfe\xff'],
  ['a PDF document', undefined, '%PDF-', 0, (bytes) => /^%PDF-\d\.\d/.test(bytes)],
];

/** Whether `[from, to)` is ASCII text, as in the header of a binary STL. */
function isPrintable(bytes: string, from: number, to: number): boolean {
  return /^[ -~]*$/.test(bytes.slice(from, to));
}

const byteAt = (bytes: string, at: number): number => bytes.charCodeAt(at);
const shortAt = (bytes: string, at: number): number => byteAt(bytes, at) + 256 * byteAt(bytes, at + 1);
const longAt = (bytes: string, at: number): number => shortAt(bytes, at) + 65_536 * shortAt(bytes, at + 2);

/** Whether the DOS header points to a second header that begins with PE. */
function isPortableExecutable(bytes: string): boolean {
  return bytes.startsWith('PE\0\0', longAt(bytes, 0x3c));
}

/** Processors of object files: x86-64, x86, ARM, ARM64, IA-64. */
const MACHINES: readonly number[] = [0x8664, 0x14c, 0x1c0, 0x1c4, 0xaa64, 0x200];
const COFF_HEADER_BYTES = 20;
const COFF_SECTION_BYTES = 40;

/**
 * A COFF object has no magic number: it begins with its processor, then sections, the first of which has a name such as
 * `.text`.
 */
function isCoffObject(bytes: string): boolean {
  const sections = shortAt(bytes, 2);
  if (bytes.length < COFF_HEADER_BYTES + COFF_SECTION_BYTES || !MACHINES.includes(shortAt(bytes, 0)))
    return false;
  const hasNoOptionalHeader = shortAt(bytes, 16) === 0;
  return (
    sections > 0 &&
    hasNoOptionalHeader &&
    /^[./][!-~]*$/.test(bytes.slice(COFF_HEADER_BYTES, COFF_HEADER_BYTES + 8).replaceAll('\0', ''))
  );
}

/** An OMF object begins with a name record: its two lengths agree and its bytes add up to 0. */
function isOmfObject(bytes: string): boolean {
  const length = shortAt(bytes, 1);
  if (byteAt(bytes, 3) !== length - 2 || bytes.length < length + 3) return false;
  let sum = 0;
  for (let at = 0; at < length + 3; at++) sum += byteAt(bytes, at);
  return sum % 256 === 0 && isPrintable(bytes, 4, length + 2);
}

/** Finds the kind that begins with these bytes, given as Latin-1. */
export function findBinaryKind(
  bytes: string,
): { readonly name: string; readonly hint: string | undefined } | undefined {
  for (const [name, hint, magic, offset = 0, isSure] of BY_BYTES) {
    if (bytes.startsWith(magic, offset) && isSure?.(bytes) !== false) return { name, hint };
  }
  return undefined;
}
