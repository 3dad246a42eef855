/** Geomview, the origin of the format: only words matter to it; a face color ends with its line. */
import {
  allColors,
  areCountsGlued,
  either,
  exceedsInt32,
  hasByteOrderMark,
  hasColors,
  hasCrlf,
  hasEmptyFace,
  hasLoneCr,
  hasOddCount,
  hasOddIndices,
  hasUndeclaredColors,
  isLittleEndian,
  isLowerCase,
  isMeshlabOrder,
  isNotFinite,
  isOutOfFloat32,
  isRounded,
  lacksColorCounts,
  lacksFourth,
  lacksVertexColors,
  losesFirstPosition,
  NEVER,
  sum,
  where,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);
const read = ruleMakers(false);

export const geomview: OffReader = {
  id: 'geomview',
  name: 'Geomview',
  version: '1.9.5',
  source:
    'geomview/geomview 0ff0d9e7: src/lib/gprim/polylist/plload.c; 57ce1677: src/lib/oogl/util/iobfutil.c',
  ran: 'anytooff of geomview 1.9.5',
  note: 'Another part of Geomview reads nOFF; it was not examined.',
  rules: [
    run.refuses('a byte order mark', hasByteOrderMark),
    run.refuses('a keyword not in upper case', isLowerCase),
    run.refuses("keyword letters in MeshLab's order", isMeshlabOrder),
    run.refuses('counts glued to the keyword', areCountsGlued),
    run.refuses('line ends with a carriage return', either(hasCrlf, hasLoneCr)),
    run.refuses(
      'a line end other than a line feed after BINARY',
      ({ binary }) => binary !== null && binary.lineEnd !== 'LF',
    ),
    run.refuses('little-endian numbers', isLittleEndian),
    run.refuses('binary faces without color counts', lacksColorCounts),
    run.refuses('a plus sign before a number', ({ vertices, faces }) =>
      sum(vertices.plusSigns, faces.plusSigns),
    ),
    run.refuses('counts not written in digits', hasOddCount),
    run.refuses('vertex indices with a decimal point or an exponent', hasOddIndices),
    run.refuses('NaN or infinity', isNotFinite),
    run.refuses('a face without corners', hasEmptyFace),
    run.refuses('numbers after positions, which it takes for the next position', hasUndeclaredColors),
    run.refuses(
      'vertex colors of other than four numbers, to which it adds the numbers that follow',
      lacksFourth,
    ),
    run.refuses('vertices without a color if the keyword has a C', lacksVertexColors),
    read.refuses('counts over 2,147,483,647', exceedsInt32),
    run.misreads('takes the beginning of the first position for the edge count', losesFirstPosition),
    run.misreads(
      'never divides vertex colors by 255: all appear at full brightness',
      where(hasColors, ({ vertices }) =>
        vertices.colors.scale === 255 ? allColors(vertices.colors) : NEVER,
      ),
    ),
    run.misreads(
      'gives faces with three color numbers an alpha of 0.67',
      where(
        (facts) => !hasColors(facts),
        ({ faces }) => faces.colors.three,
      ),
    ),
    run.misreads('positions beyond float32 become infinite', isOutOfFloat32),
    run.rounds('positions to float32', isRounded),
  ],
};
