/**
 * Recognizes files that are not supported meshes by their first bytes, so that they can be refused by name.
 *
 * Nothing is parsed here. A row matches only if it is certain; anything uncertain is left to "unrecognized".
 */
import { withoutCompression } from '../io/compression/compression.js';
import { isThreeMf } from './3mf/sniff.js';
import { EXPORT_HINT, findBinaryKind, UNPACK } from './foreign-bytes.js';
import { isTextGltf } from './gltf/sniff.js';
import { isControl, looksLikeText, skipByteOrderMark } from './shared/text.js';

/** A kind of file that offload does not read. */
export interface ForeignKind {
  /** With its article: `a zip archive`. */
  readonly name: string;
  /** The next step for the user, if there is one. */
  readonly hint?: string | undefined;
  readonly isText: boolean;
  /** The format that such a file may be in if the user says so. */
  readonly mayBe?: string | undefined;
}

/** Bytes examined of a text file. */
const TEXT_BYTES = 8192;

/** Kinds recognized by their text, without leading whitespace. */
const BY_TEXT: readonly (readonly [name: string, hint: string | undefined, begin: RegExp])[] = [
  ['a Git LFS pointer', 'fetch the file with `git lfs pull`', /^version https:\/\/git-lfs/],
  ['an HTML page', 'check the download; it may have failed', /^<(!doctype html|html)\b/i],
  ['VRML', EXPORT_HINT, /^#VRML\b/],
  ['X3D', EXPORT_HINT, /^#X3D\b/],
  ['a VTK file', EXPORT_HINT, /^# vtk DataFile/],
  ['FBX', EXPORT_HINT, /^; FBX \d/],
  ['DXF', EXPORT_HINT, /^(?:999\r?\n[^\r\n]*\r?\n)*\s*0[ \t]*[\r\n]\s*SECTION\b/],
  ['STEP', 'it holds surfaces, not triangles; export a mesh from its program', /^ISO-10303-21\b/],
  ['IGES', 'it holds surfaces, not triangles; export a mesh from its program', /^.{60,72}S[ 0]{6}1[\r\n]/],
  ['JSON', undefined, /^(\{\s*["}]|\[\s*[[{"\d\]])/],
  // Type P, five surface properties, the number of vertices. OBJ points begin with p too, but hold integers.
  ['an MNI object of brain imaging', EXPORT_HINT, /^(P|p(?=[^\r\n]*\.))(\s+[-+]?[\d.]+(e[-+]?\d+)?){6}\s/],
];

/** Geomview objects other than OFF, and the keywords that may enclose one: oogl(5). */
const OOGL =
  /^(\{|\((?=geometry)|(C?QUAD|C?POLY|U?C?N?Z?4?U?[uv]*n?MESH|C?BBP|C?BEZ\d+(_ST)?|[4n]*BBOX|[4n]*VECT|4?n?SKEL|(ST_?)?\w*SPHERE|INST|LIST|TLIST|GROUP|DISCGRP|COMMENT|appearance|geometry|transform|camera|window|define)(?=[\s{]))/;

/** Names of XML kinds, by root element in lower case. */
const XML_KINDS: Readonly<Record<string, string>> = {
  amf: 'AMF',
  collada: 'COLLADA',
  html: 'an HTML page',
  vtkfile: 'a VTK file',
  x3d: 'X3D',
};

/** Finds what a source is if it is not a supported mesh; `fileName` helps if the content is ambiguous. */
export function findForeignKind(head: Uint8Array, fileName: string): ForeignKind | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  if (['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'].some((magic) => bytes.startsWith(magic))) {
    const isThree = isThreeMf(head) || /\.3mf$/i.test(withoutCompression(fileName));
    return isThree ? undefined : { name: 'a zip archive', hint: UNPACK, isText: false, mayBe: '3mf' };
  }
  if (bytes.startsWith('SQLite format 3\0')) return describeSqlite(bytes);
  const binary = findBinaryKind(bytes);
  if (binary !== undefined) return { ...binary, isText: false };
  const wide = findWideText(head);
  if (wide !== undefined) return { name: wide, hint: 'save it as UTF-8', isText: false };
  if (!looksLikeText(head)) return undefined;

  const text = bytes.slice(skipByteOrderMark(head), TEXT_BYTES).trimStart();
  if (mayBeGltf(text, head, fileName)) return undefined;
  for (const [name, hint, begin] of BY_TEXT) {
    if (begin.test(text)) return { name, hint, isText: true };
  }
  const xml = findXmlKind(text);
  if (xml !== undefined) return { name: xml, hint: EXPORT_HINT, isText: true };
  const [, oogl] = OOGL.exec(text.replace(/^(#[^\r\n]*[\r\n]\s*)+/, '')) ?? [];
  if (oogl === undefined) return undefined;
  return {
    name: `an OOGL object that is not OFF, with '${oogl}'`,
    hint: "convert it to OFF with Geomview's anytooff",
    isText: true,
  };
}

/** Whether JSON may be glTF, whose asset may come after its data. */
function mayBeGltf(text: string, head: Uint8Array, fileName: string): boolean {
  if (!/^\{\s*"/.test(text)) return false;
  return isTextGltf(head) || /\.gltf$/i.test(withoutCompression(fileName));
}

/** Describes an SQLite database. Databases store the id of their application at offset 68. */
function describeSqlite(bytes: string): ForeignKind {
  return bytes.startsWith('OFLD', 68)
    ? { name: 'an offload database', hint: 'export it with `exportMesh`', isText: false }
    : {
        name: 'an SQLite database',
        hint: 'pass a database that offload created',
        isText: false,
      };
}

/** Finds UTF-16 or UTF-32 text: nearly all characters are ASCII, padded with zero bytes. */
function findWideText(head: Uint8Array): string | undefined {
  const length = Math.min(head.length, 1024) & ~3;
  if (length < 16) return undefined;
  for (const width of [4, 2]) {
    for (const place of [0, width - 1]) {
      let misfits = 0;
      for (let at = 0; at < length; at += width) if (!isWideLetter(head, at, width, place)) misfits++;
      if (misfits * 8 * width <= length) return `UTF-${8 * width} text`;
    }
  }
  return undefined;
}

/** Whether the `width` bytes from `at` on are a text character whose first or last byte, at `place`, is 0. */
function isWideLetter(head: Uint8Array, at: number, width: number, place: number): boolean {
  const letterAt = place === 0 ? at + width - 1 : at;
  for (let k = at; k < at + width; k++) if (k !== letterAt && head[k] !== 0) return false;
  return head[letterAt] !== 0 && !isControl(head[letterAt]!);
}

/** Finds the kind of an XML file by its root element. Declarations and comments may precede it. */
function findXmlKind(text: string): string | undefined {
  if (!/^<[?!A-Za-z]/.test(text)) return undefined;
  const [, root] = /<([A-Za-z][\w:.-]*)/.exec(text.replace(/<!--[\s\S]*?(?:-->|$)/g, '')) ?? [];
  if (root === undefined) return 'XML';
  return XML_KINDS[root.toLowerCase()] ?? `XML with the root element <${root}>`;
}
