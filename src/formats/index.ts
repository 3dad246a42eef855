/** The formats that offload reads. A new format needs its own file, a line here, and a fixture. */
import { threeMf } from './3mf/3mf.js';
import type { Format } from './format.js';
import { gltf } from './gltf/gltf.js';
import { obj } from './obj/obj.js';
import { off } from './off/off.js';
import type { PieceFormat } from './pieces.js';
import { ply } from './ply/ply.js';
import { raw, rawPieces } from './raw.js';
import { stlPieces } from './stl/ascii.js';
import { stl } from './stl/stl.js';

export const FORMATS = [stl, ply, obj, off, gltf, threeMf, raw] as const satisfies readonly Format[];

/** The formats whose text can be parsed in pieces. */
export const PIECE_FORMATS: readonly PieceFormat[] = [stlPieces, rawPieces];
