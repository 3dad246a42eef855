/** Covers: formats/3mf/xml-scanner. */
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/errors.js';
import { readXml } from '../../../src/formats/3mf/xml-reader.js';
import { pullFrom } from '../../../src/io/pull.js';
import { cutInto } from '../../support/compressed.js';

/** What an element is when it begins: namespace, name, and the attributes that are asked for. */
type Seen = readonly (string | number | undefined)[];

async function read(text: string | Buffer, piece = 1e6, names: readonly string[] = []): Promise<Seen[]> {
  const queue = cutInto(Buffer.from(text), piece)[Symbol.iterator]();
  const seen: Seen[] = [];
  await readXml(
    pullFrom(async () => queue.next()),
    {
      begin: (element, { tagLine, tagOffset, tagEnd }) => {
        const { namespace, name } = element;
        const values = names.map((each) => element.attribute(each) ?? element.attributeIn('u:x', each));
        seen.push([namespace, name, tagLine, tagOffset, tagEnd, ...values]);
      },
      end: ({ tagLine }) => seen.push(['end', tagLine]),
    },
  );
  return seen;
}

async function refuse(text: string | Buffer, names: readonly string[] = []): Promise<string> {
  const problems = new Set<string>();
  for (const piece of [1e6, 1]) {
    const error = await read(text, piece, names).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof FormatError)) throw new Error(`expected a FormatError, got ${error}`);
    problems.add(error.message);
  }
  expect(problems.size).toBe(1);
  return [...problems][0]!;
}

describe('XML', () => {
  it('is read the same in pieces of any size', async () => {
    const text = [
      '\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n<!-- <a> & -- -->',
      '<a xmlns="u:a"\r\n   xmlns:x="u:x" x:one = \'1 "\'\ttwo="&lt;&#65;&#x42;\'>">',
      '<x:b two="é"/>\r<![CDATA[<c>]]]>&nothing;<?note <d>?>text > text',
      '<b xmlns="" two="x"></b ></a\n>\n\n<!-- end -->',
    ].join('\n');
    const whole = await read(text, 1e6, ['one', 'two']);
    expect(whole.map((row) => (row[0] === 'end' ? row : [...row.slice(0, 3), ...row.slice(5)]))).toEqual([
      ['u:a', 'a', 3, '1 "', "<AB'>"],
      ['u:x', 'b', 5, undefined, 'é'],
      ['end', 5],
      [undefined, 'b', 7, undefined, 'x'],
      ['end', 7],
      ['end', 7],
    ]);
    const bytes = Buffer.from(text);
    const [, , , from, to] = whole[1]!;
    expect(bytes.subarray(from as number, to as number).toString()).toBe('<x:b two="é"/>');
    for (const piece of [1, 2, 3, 7, 64]) expect(await read(text, piece, ['one', 'two'])).toEqual(whole);
  });

  it('passes over comments and text larger than the window', async () => {
    const long = `${'x\n'.repeat(3e6)}`;
    const seen = await read(`<a><!--${long}-->${long}<![CDATA[${long}]]><?p ${long}?><b/></a>`);
    expect(seen[1]!.slice(1, 3)).toEqual(['b', 12_000_001]);
  });

  it.each<[string, string | Buffer, string]>([
    [
      'a document type',
      '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]><a/>',
      'line 2: a document type, which 3MF forbids; expected none',
    ],
    ['other markup', '<a>\n<!ELEMENT a></a>', "line 2: '<!ELEMENT' is no XML; expected a tag"],
    ['an unknown entity', '<a b="&c;"/>', "line 1: '&c;' stands for nothing"],
    ['a number of no character', '<a b="&#x110000;"/>', "'&#x110000;' stands for nothing"],
    ['an ampersand', '<a b="a & b"/>', "'& b' stands for nothing"],
    ['UTF-16', Buffer.from('\ufeff<a/>', 'utf16le'), "line 1: XML encoded as 'UTF-16'; expected UTF-8"],
    ['UTF-16 without a mark', Buffer.from('<a/>', 'utf16le'), "'UTF-16'; expected UTF-8"],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "'ISO-8859-1'; expected UTF-8"],
    ['no element', ' \n text', 'line 2: no XML element; expected one'],
    ['nothing', '', 'line 1: no XML element; expected one'],
    ['two roots', '<a/>\n<b/>', 'line 2: <b> after the root element; expected none'],
    ['an element that does not end', '<a>\n<b></b>', 'line 2: the XML ends within <a>; expected its end'],
    ['ends that do not match', '<a>\n<b>\n</a></b>', 'line 3: </a> ends nothing that is open; expected </b>'],
    ['an end alone', '<a/>\n</a>', 'line 2: </a> ends nothing that is open; expected no end'],
    ['a tag that breaks off', '<a>\n<b c="', 'line 2: the XML ends within a tag; expected its rest'],
    ['an end tag that breaks off', '<a></a', 'the XML ends within a tag; expected its rest'],
    ['a comment that breaks off', '<a><!-- b\n c', 'the XML ends within a comment; expected its rest'],
    [
      'an attribute without quotes',
      '<a>\n<b c=1></b></a>',
      "line 2: '<b c=1' is no XML; expected a tag with attributes in quotes",
    ],
    ['an attribute without a value', '<a b></a>', "'<a b>' is no XML"],
    ['attributes without a blank', '<a b="1"c="2"/>', '\'<a b="1"c=\' is no XML'],
    ['a tag within a value', '<a b="<"/>', "'<a b=\"<' is no XML"],
    ['a slash within a tag', '<a / b="1"/>', "'<a / ' is no XML"],
    ['a tag without a name', '<a>< b/></a>', 'is no XML'],
    ['an end without a name', '<a></ a></a>', 'is no XML'],
    [
      'too many attributes',
      `<a ${Array.from({ length: 300 }, (_, k) => `b${k}=""`).join(' ')}/>`,
      'is no XML',
    ],
    ['too deep elements', '<a>'.repeat(300), 'elements more than 256 deep; expected fewer'],
    [
      'too many namespaces',
      `<a${Array.from({ length: 200 }, (_, k) => ` xmlns:b${k}="u"`).join('')}>`.repeat(30),
      'more than 4096 namespaces; expected fewer',
    ],
    [
      'an unknown prefix of an attribute',
      '<a c:b=""/>',
      "the prefix of 'c:b' stands for no namespace; expected xmlns:c",
    ],
  ])('is refused with %s', async (_, text, problem) => {
    expect(await refuse(text, ['b'])).toContain(problem);
  });

  it('is refused with a tag larger than the window', async () => {
    await expect(read(`<a b="${'x'.repeat(3e6)}"/>`)).rejects.toThrow(
      'line 1: an item longer than 1,048,576 bytes; expected a shorter one',
    );
  });
});
