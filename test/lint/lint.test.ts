/**
 * Covers: lint/color-tally, lint/conditions, lint/counting, lint/face-surface, lint/facts, lint/float32,
 * lint/header-facts, lint/number-form, lint/plain-line, lint/reader, lint/readers, lint/readers/assimp,
 * lint/readers/cgal, lint/readers/geogram, lint/readers/geomview, lint/readers/libigl, lint/readers/meshio,
 * lint/readers/meshlab, lint/readers/online-3d-viewer, lint/readers/open3d, lint/readers/openmesh,
 * lint/readers/openscad, lint/readers/pmp, lint/readers/pytorch-geometric, lint/readers/pytorch3d,
 * lint/readers/trimesh, lint/surface, lint/vertex-surface.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { OffFacts } from '../../src/lint/facts.js';
import { judgeFloat32 } from '../../src/lint/float32.js';
import { gatherFacts } from '../../src/lint/lint.js';
import { judge, VERDICTS } from '../../src/lint/reader.js';
import { OFF_READERS } from '../../src/lint/readers.js';
import { LINT_FILES } from '../support/off-lint-files.js';
import { openBytes, type ReadCase } from '../support/sources.js';

async function lint(content: Buffer | string, options: ReadCase = {}): Promise<OffFacts> {
  return gatherFacts(await openBytes(content, options), { warn: () => undefined });
}

const page = readFileSync(fileURLToPath(new URL('../../docs/off-readers.md', import.meta.url)), 'utf8');

/**
 * What each reader makes of each file: R refuses, M misreads, d drops, r rounds; readers in the order of OFF_READERS.
 * The programs themselves were run over these files, as docs/off-readers.md says.
 */
const EXPECTED = [
  ['plain', '...............'],
  ['byteOrderMark', 'R.R.RRRR..RRRRR'],
  ['lowerCase', 'RRR.RRRRRRRRR.R'],
  ['noKeyword', '.R..RRRRMRRRR.R'],
  ['gluedCounts', 'RR.RRMMR...RRR.'],
  ['countsOnKeywordLine', '...R.M.R...MR..'],
  ['blanksAndCountsOnKeywordLine', '...R.M.R...MRR.'],
  ['blankBehindKeyword', '.............RR'],
  ['commentBehindKeyword', '.R.....R....RRR'],
  ['commentBeforeKeyword', '.....RR...RRRRR'],
  ['emptyLineBeforeKeyword', '.....R....R.RRR'],
  ['blanksBeforeKeyword', '.....R....R..RR'],
  ['commentBeforeCounts', '.....M.....R..R'],
  ['emptyLineBeforeCounts', '..............R'],
  ['commentAndEmptyLineBeforeCounts', '.....MR....R..R'],
  ['noEdges', '.RR....R..RRRR.'],
  ['noEdgesBeforeInteger', 'MRR.MM.RM.RRRR.'],
  ['splitCounts', '.RRR..RR.RRRRRR'],
  ['tabbedCounts', '............RR.'],
  ['blankBehindCounts', '.............R.'],
  ['blankBeforeCounts', '.............R.'],
  ['commentBehindCounts', '.....M.....RRR.'],
  ['oddCounts', 'R.R.RMRRRRR.RRR'],
  ['vertexBehindCounts', '.MMM..RM.RMRRRR'],
  ['emptyLineBeforeVertices', '..............R'],
  ['commentBeforeVertices', '.....M......R.R'],
  ['crlf', 'R.........R....'],
  ['cr', 'RRRRRRRR..MRRR.'],
  ['noLastLineEnd', '..............M'],
  ['commentInVertices', '.....M..R...R.R'],
  ['indentedCommentInVertices', '.M...M..R.MRR.R'],
  ['emptyLineInVertices', '..............R'],
  ['blankLineInVertices', '.R......R.M...R'],
  ['commentBehindVertex', '.M.........RR.R'],
  ['commentBehindColor', 'MRdddMddMdMRRRR'],
  ['commentBeforeFaces', '.....M..M..RR.R'],
  ['commentInFaces', '.....M..M..RR.R'],
  ['indentedCommentInFaces', '.R...M..M.MRR.R'],
  ['emptyLineInFaces', '..............R'],
  ['blankLineInFaces', '.M......M.M...R'],
  ['commentBehindFace', '.....M......R.R'],
  ['emptyLineAtEnd', '...............'],
  ['commentAtEnd', '...........R.R.'],
  ['numbersAtEnd', '...........M.R.'],
  ['tabs', '............RR.'],
  ['wideGaps', '...............'],
  ['wideColorGaps', 'M.dddMddMdMRRRR'],
  ['indented', '...............'],
  ['tabIndented', '...........M...'],
  ['blanksAtLineEnds', '...............'],
  ['formFeed', '.M......RR.....'],
  ['plusSign', 'R..............'],
  ['exponent', '...............'],
  ['barePoints', '...............'],
  ['manyDigits', 'rr...r.rr.r..rr'],
  ['beyondFloat32', 'MM...M.RM.M..MM'],
  ['plusIndex', 'R.......M......'],
  ['pointedIndex', 'R.R..MRRMRMRR.R'],
  ['zeroPaddedIndex', '...............'],
  ['colorsFloat4', '..ddM.MM.ddRRRR'],
  ['colorsFloat3', 'R.d.M.MRRd.RRRR'],
  ['colorsByte4', 'M.ddd.ddMdMRRRR'],
  ['colorsByte3', 'R.d....RRdMRRRR'],
  ['colorsMixed', '.MdMMMMM.d.RRRR'],
  ['colorsPointedBytes', 'MMdMdMddMdMRRRR'],
  ['colorsIndex', 'R.d...MRRdMRRRR'],
  ['colorsNone', 'R...M.MRR.MRRRR'],
  ['colorsSome', 'R.ddM.MRRdMRRRR'],
  ['undeclaredFloat3', 'RRd.dddddddRR.M'],
  ['undeclaredByte4', 'RRdddddddddRRMM'],
  ['undeclaredBytePointed', 'RRd.dddddddRR.M'],
  ['undeclaredPointedFloat', 'RRdMdddddddRRMM'],
  ['undeclaredSome', 'RRdddddddddRRRR'],
  ['normals', '..dM.....d.RRRR'],
  ['normalsAndColors', 'M.dMd.RdMdMRRRR'],
  ['normalsNotFinite', 'R.dMRM.R.d.RRRR'],
  ['meshlabOrder', 'RMRdRRRRRdRRRRR'],
  ['textures', '......RR...RRRR'],
  ['texturesAndColors', 'M.ddd.RRMdMRRRR'],
  ['texturesAndNormals', '..dM..RRMd.RRRR'],
  ['dimension3', '.R...RRR.RRRRRR'],
  ['dimension2', '.RRRRRRR.RRRRRR'],
  ['faceColorsFloat4', '...ddMddddddR.R'],
  ['faceColorsFloat3', 'M...dMddddddR.R'],
  ['faceColorsByte3', 'M...dMddddddR.M'],
  ['faceColorsMixed', 'MMMMdMddddddRMR'],
  ['faceColorsPointedBytes', '.MMMdMddddddRMR'],
  ['faceColorsIndex', '....dMddddddRRM'],
  ['faceColorsSome', 'M...dMddddddRRR'],
  ['bothColors', 'M.ddd.ddMdMRRRR'],
  ['bothColorsSome', 'M.ddM.ddMdMRRRR'],
  ['quad', '............R..'],
  ['trianglesAndQuad', '......R.....RR.'],
  ['triangleAndPentagon', '......R.....RRd'],
  ['triangleAndDecagon', '......R.d...RRd'],
  ['twoCorners', '.R....RM....RR.'],
  ['oneCorner', '.R....RM....RR.'],
  ['noCorners', 'RR....RR..R.RR.'],
  ['degenerate', '.....d.........'],
  ['verticesShareLine', '..MMRMRMMMMR.RR'],
  ['vertexOnTwoLines', '..RMR.RRRRMR.RR'],
  ['faceOnTwoLines', '..RMR..RMMMR.RR'],
  ['noFaces', '..RR...RR.R....'],
  ['empty', '..RR...RR.R..R.'],
  ['longVertexLine', '......R...M....'],
  ['veryLongFaceLine', '........M.M....'],
  ['binary', '.RRRMMRRRRMRRRR'],
  ['binaryColors', '.RRRRMRRRRRRRRR'],
  ['binaryFaceColors', '.RRRMMRRRRMRRRR'],
  ['binaryLittleEndian', 'RRRRRMRRRRMRRRR'],
  ['binaryBare', 'RRRR.MRRRR.RRRR'],
  ['binaryBareLittleEndian', 'RRRRR.RRRR.RRRR'],
  ['binaryCrlf', 'RRRRMMRRRRMRRRR'],
] as const satisfies readonly (readonly [keyof typeof LINT_FILES, string])[];

const LETTERS = { refuses: 'R', misreads: 'M', drops: 'd', rounds: 'r', ok: '.' } as const;

describe('readers of OFF', () => {
  it.each(EXPECTED)('judge %s as expected: %s', async (name, expected) => {
    const facts = await lint(LINT_FILES[name]);
    expect(OFF_READERS.map((reader) => LETTERS[judge(facts, reader).verdict]).join('')).toBe(expected);
  });

  it('judge every file', () => {
    expect(EXPECTED.map(([name]) => name)).toEqual(Object.keys(LINT_FILES));
  });

  it('have a file for every rule', async () => {
    const plain = await lint(LINT_FILES.plain);
    const all = await Promise.all(Object.values(LINT_FILES).map((content) => lint(content)));
    // Too large for a test.
    all.push({ ...plain, vertexCount: 2 ** 31 });
    for (const { name, rules } of OFF_READERS) {
      for (const { what, when } of rules) {
        const seen = all.map(when).filter((one) => one === true || (one !== false && one.count > 0));
        expect(seen, `${name}: ${what}`).not.toHaveLength(0);
      }
    }
  });

  it('have unique ids and rules with unique messages', () => {
    expect(new Set(OFF_READERS.map(({ id }) => id)).size).toBe(OFF_READERS.length);
    expect(OFF_READERS.length).toBeGreaterThanOrEqual(10);
    for (const { id, rules } of OFF_READERS) {
      expect(new Set(rules.map(({ what }) => what)).size, id).toBe(rules.length);
    }
  });

  it('have exactly the rules of docs/off-readers.md', () => {
    for (const { id, name, version, source, ran, rules } of OFF_READERS) {
      const section = page.split(/^## /m).find((one) => one.startsWith(`${name}\n`));
      expect(section, name).toBeDefined();
      for (const text of [version, source, ran ?? 'It was not run.', `\`${id}\``])
        expect(section).toContain(text);
      const stated = [...section!.matchAll(/^\| (\w+) \| (.*) \| (run|read) \|$/gm)].map(([line]) => line);
      expect(stated).toEqual(
        rules.map(({ verdict, what, isRun }) => `| ${verdict} | ${what} | ${isRun ? 'run' : 'read'} |`),
      );
    }
  });

  it('do not decompress', async () => {
    const facts = { ...(await lint(LINT_FILES.plain)), compression: 'zstd' } as const;
    for (const reader of OFF_READERS) {
      expect(judge(facts, reader)).toMatchObject({
        verdict: 'refuses',
        findings: [{ what: 'zstd: it does not decompress' }],
      });
    }
  });
});

describe('a verdict', () => {
  const find = (id: string) => OFF_READERS.find((reader) => reader.id === id)!;

  it('gives place and count', async () => {
    const facts = await lint(LINT_FILES.colorsFloat4);
    const { verdict, findings } = judge(facts, find('open3d'));
    expect(verdict).toBe('misreads');
    expect(findings).toEqual([
      { verdict: 'misreads', what: 'divides colors by 255: nearly black', count: 4, line: 3 },
      { verdict: 'drops', what: 'alpha', count: 1, line: 6 },
    ]);
  });

  it('lists the worst findings first, and only the refusal of a reader that refuses', async () => {
    for (const content of Object.values(LINT_FILES)) {
      const facts = await lint(content);
      for (const reader of OFF_READERS) {
        const { verdict, findings } = judge(facts, reader);
        const ranks = findings.map((finding) => VERDICTS.indexOf(finding.verdict));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        expect(findings[0]?.verdict ?? 'ok').toBe(verdict);
        if (verdict === 'refuses') expect(new Set(ranks)).toEqual(new Set([0]));
      }
    }
  });
});

describe('facts', () => {
  it('do not depend on the chunks', async () => {
    for (const [name, content] of Object.entries(LINT_FILES)) {
      const whole = await lint(content);
      for (const piece of [1, 7, 64]) {
        expect(await lint(content, { piece }), `${name} in pieces of ${piece}`).toEqual(whole);
      }
      expect(await lint(content, { isStream: true }), `${name} as a stream`).toEqual(whole);
    }
  });

  it('are the same for plain lines and for others that say the same', async () => {
    const vertices = Array.from({ length: 200 }, (_, k) => [k / 7, -k / 3, (k % 5) * 0.125]);
    const faces = Array.from({ length: 300 }, (_, k) => [k % 200, (k * 7) % 200, (k * 13) % 200]);
    const rows = [...vertices, ...faces.map((face) => [3, ...face])];
    const file = (blank: string) => `OFF\n200 300 0\n${rows.map((row) => `${row.join(blank)}\n`).join('')}`;
    const [plain, wide] = [await lint(file(' ')), await lint(file('  '))];
    for (const { vertices: one, faces: two } of [plain, wide]) {
      expect(one.rounded.count).toBeGreaterThan(300);
      expect(two.degenerate).toEqual({
        count: faces.filter((face) => new Set(face).size < 3).length,
        line: 203,
      });
    }
    const withoutLength = (facts: OffFacts) => ({
      vertices: { ...facts.vertices, longestLine: 0 },
      faces: { ...facts.faces, longestLine: 0 },
    });
    expect(withoutLength(wide)).toEqual(withoutLength(plain));
    expect(plain.text.longestLine).toBe(
      Math.max(
        ...file(' ')
          .split('\n')
          .map((line) => line.length),
      ),
    );
  });

  it('describe the lines', async () => {
    const { header, text, top, vertices, faces, end } = await lint(
      'COFF # a\n\n3 1 0 # b\n # c\n0 0 0 255 0 0 255\n\n1 0 0 0 0 0 # d\n0 1 0 7\n#e\n3 0 1\r\n2 0.5 0 0\n  \nedges\n#f',
    );
    expect(header).toMatchObject({
      keyword: 'COFF',
      behindKeyword: 'comment',
      betweenLines: 'blanks',
      countsLine: 3,
    });
    expect(header).toMatchObject({ behindCounts: 'comment', areCountsPlain: false, hasEdgeCount: true });
    expect(text.lineEnds).toEqual({ lf: 12, crlf: 1, cr: 0 });
    expect(text).toMatchObject({ endsWithLineEnd: false, behindFaces: { count: 1, line: 13 } });
    expect(top.indentedComments).toEqual({ count: 1, line: 4 });
    expect(vertices.emptyLines).toEqual({ count: 1, line: 6 });
    expect(vertices.trailingComments).toEqual({ count: 1, line: 7 });
    expect(vertices).toMatchObject({ layout: 'lines', columnsMin: 4, columnsMax: 7 });
    expect(vertices.colors).toMatchObject({
      count: 3,
      scale: 255,
      one: { count: 1, line: 8 },
      whole: { count: 1 },
    });
    expect(faces.comments).toEqual({ count: 1, line: 9 });
    expect(faces.spread).toEqual({ count: 1, line: 10 });
    expect(faces.colors).toMatchObject({ count: 1, scale: 1, three: { count: 1, line: 10 } });
    expect(end.blankLines).toEqual({ count: 1, line: 12 });
    expect(end.comments).toEqual({ count: 1, line: 14 });
  });

  it('name the variant of a binary file', async () => {
    const { binary, faces } = await lint(LINT_FILES.binaryBareLittleEndian);
    expect(binary).toEqual({ byteOrder: 'little', hasColorCounts: false, lineEnd: 'LF' });
    expect(faces).toMatchObject({ cornersMin: 3, cornersMax: 3 });
    expect((await lint(LINT_FILES.binaryCrlf)).binary).toMatchObject({ byteOrder: 'big', lineEnd: 'CRLF' });
  });

  it.each([
    'OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n',
    'OFF\n3 1 0\n0 0 0\n1 0 0\n',
    'OFF\n3 1 0\n0 0 x\n1 0 0\n0 1 0\n3 0 1 2\n',
    'hello\n',
  ])('are not made of %j, which is refused as always', async (content) => {
    await expect(lint(content)).rejects.toMatchObject({
      name: 'FormatError',
      place: { line: expect.any(Number) },
    });
  });
});

describe('judgeFloat32', () => {
  const fate = (text: string) => judgeFloat32(Buffer.from(` ${text} `), 1, 1 + text.length);

  it.each(['0.1', '-0.1', '3.4028235e38', '16777216', '0.100000001', '1.17549435E-38', '0.5', '1e-45'])(
    'keeps %s',
    (text) => expect(fate(text)).toBe('kept'),
  );
  it.each(['0.123456789', '16777217', '3.14159265358979', '0.1000000001', '123456789.5', '1e-50'])(
    'finds that %s loses digits',
    (text) => expect(fate(text)).toBe('rounded'),
  );
  it.each(['1e39', '-4e38'])('finds that %s is out of range', (text) => expect(fate(text)).toBe('out'));

  it('keeps a float32 that is written with six or nine digits', () => {
    for (let k = 0; k < 2000; k++) {
      const value = Math.fround(Math.tan(k) * 10 ** ((k % 60) - 30));
      for (const digits of [6, 9]) expect(fate(value.toExponential(digits - 1))).toBe('kept');
    }
  });
});
