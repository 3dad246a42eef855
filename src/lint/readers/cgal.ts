/** CGAL: reads line by line, with comments anywhere. */
import {
  allColors,
  areCountsGlued,
  areFacesSpread,
  areVerticesFree,
  either,
  exceedsInt32,
  hasByteOrderMark,
  hasColors,
  hasLoneCr,
  hasOddCount,
  hasTranslucentVertices,
  hasUndeclaredColors,
  isLittleEndian,
  isLowerCase,
  isMeshlabOrder,
  isNotFinite,
  isUnit,
  lacksKeyword,
  lacksVertexColors,
  losesFirstPosition,
  where,
} from '../conditions.js';
import { type OffReader, ruleMakers } from '../reader.js';

const run = ruleMakers(true);
const read = ruleMakers(false);

export const cgal: OffReader = {
  id: 'cgal',
  name: 'CGAL',
  version: '5.5.1',
  source:
    'CGAL/cgal 5.5.1: Stream_support/include/CGAL/IO/OFF.h, OFF/File_header_OFF_impl.h, OFF/File_scanner_OFF.h',
  ran: 'CGAL::IO::read_OFF of CGAL 5.5.1',
  rules: [
    run.refuses('a byte order mark', hasByteOrderMark),
    run.refuses('a missing keyword', lacksKeyword),
    run.refuses('a keyword not in upper case', isLowerCase),
    run.refuses("keyword letters in MeshLab's order", isMeshlabOrder),
    run.refuses('counts glued to the keyword', areCountsGlued),
    run.refuses('counts not written in digits', hasOddCount),
    run.refuses('lines that end with only a carriage return', hasLoneCr),
    run.refuses('little-endian numbers', isLittleEndian),
    run.refuses('vertices of fewer than three coordinates', ({ header }) => header.dimension < 3),
    run.refuses('vertices that share lines or take several', areVerticesFree),
    run.refuses('faces on several lines', areFacesSpread),
    run.refuses('NaN or infinity', isNotFinite),
    run.refuses('binary vertex colors', ({ binary, header }) => binary !== null && header.hasColors),
    read.refuses('counts over 2,147,483,647', exceedsInt32),
    run.misreads(
      'takes the color counts of binary faces for faces',
      ({ binary }) => binary?.byteOrder === 'big' && binary.hasColorCounts,
    ),
    run.misreads('takes the beginning of the first position for the edge count', losesFirstPosition),
    run.misreads(
      'takes whole-number colors for bytes, such as 1.0 0.0 0.0: nearly black',
      where(
        (facts) => hasColors(facts) && isUnit(facts),
        ({ vertices }) => vertices.colors.whole,
      ),
    ),
    run.misreads('vertices without a color get that of another', lacksVertexColors),
    read.misreads(
      'faces without a color get another',
      ({ header, faces, faceCount }) =>
        header.hasColors && faces.colors.count > 0 && faces.colors.count < faceCount,
    ),
    run.drops('vertex colors, because the keyword has no C', hasUndeclaredColors),
    run.drops(
      'face colors, because the keyword has no C',
      where(
        (facts) => !hasColors(facts),
        ({ faces }) => allColors(faces.colors),
      ),
    ),
    read.drops(
      'alpha',
      either(
        hasTranslucentVertices,
        where(hasColors, ({ faces }) => faces.colors.translucent),
      ),
    ),
  ],
};
