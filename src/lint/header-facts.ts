/** Describes the layout of keyword and counts: what precedes, separates and follows them. */

import { type OffKeyword, type TextHeader, viewHead } from '../formats/off/header.js';
import { findLineEnd, skipByteOrderMark } from '../formats/shared/text.js';
import { WordScanner } from '../formats/shared/word-scanner.js';
import type { ByteSource } from '../io/input/byte-source.js';
import type { Filling, HeaderFacts } from './facts.js';

/** The meaning of a keyword, and what precedes it. */
type KeywordFacts = Pick<
  HeaderFacts,
  | 'keyword'
  | 'hasTexture'
  | 'hasColors'
  | 'hasNormals'
  | 'isMeshlabOrder'
  | 'tellsDimension'
  | 'hasByteOrderMark'
  | 'beforeKeyword'
>;

/** Describes the head up to the keyword. */
export function describeKeyword({ head }: ByteSource, keyword: OffKeyword): KeywordFacts {
  const { hasTexture, hasColors, hasNormals, tellsDimension } = keyword;
  const start = skipByteOrderMark(head);
  const scanner = new WordScanner(viewHead(head, start, true));
  scanner.next();
  const word = textOf(head, scanner.from, Math.min(scanner.to, keyword.end));
  return {
    keyword: word,
    hasTexture,
    hasColors,
    hasNormals,
    isMeshlabOrder: /NC|[NC]ST/i.test(word),
    tellsDimension,
    hasByteOrderMark: start > 0,
    beforeKeyword: fillingOf(textOf(head, start, scanner.from)),
  };
}

/** Describes the header of a text file. */
export function describeHeader(source: ByteSource, keyword: OffKeyword, header: TextHeader): HeaderFacts {
  const { head } = source;
  const facts = describeKeyword(source, keyword);
  const scanner = new WordScanner(viewHead(head, keyword.end, true), keyword.line);
  const words: string[] = [];
  let countsFrom = 0;
  while (scanner.to < header.end && scanner.next()) {
    const isCount = words.length > 0 || !keyword.tellsDimension || scanner.line > keyword.line;
    if (words.length === (keyword.tellsDimension ? 1 : 0) && isCount) countsFrom = scanner.from;
    words.push(textOf(head, scanner.from, scanner.to));
  }
  const counts = keyword.tellsDimension ? words.slice(1) : words;
  const lineFrom = startOfLine(head, countsFrom);
  const sharesLine = facts.keyword !== '' && lineFrom < keyword.end;
  const line = textOf(head, sharesLine ? keyword.end : lineFrom, findLineEnd(head, header.end, head.length));
  const between = textBetween(head, keyword, facts.keyword, lineFrom);
  const rest = textOf(head, header.end, findLineEnd(head, header.end, head.length));
  return {
    ...facts,
    dimension: header.dimension,
    behindKeyword: describeBehind(head, keyword, facts.keyword),
    betweenLines: fillingOf(between),
    hasEmptyBehindComment: /^[^\r\n#]*#[^\r\n]*(?:\r\n|\r(?!\n)|\n)\s*[\r\n]/m.test(between),
    countsLine: header.countsLine,
    hasEdgeCount: counts.length === 3,
    areCountsSplit: header.line > header.countsLine,
    areCountsPlain: line === `${sharesLine && /^\s/.test(line) ? ' ' : ''}${counts.join(' ')}`,
    areCountsWide: /\d(\t|\s{2,})[\d-]/.test(line),
    behindCounts: /^\s*[^\s#]/.test(rest) ? 'words' : fillingOf(rest),
    hasOddCount: counts.some((word) => !/^\d+$/.test(word)),
  };
}

function describeBehind(head: Uint8Array, { end }: OffKeyword, word: string): HeaderFacts['behindKeyword'] {
  if (word === '') return 'nothing';
  const rest = textOf(head, end, findLineEnd(head, end, head.length));
  if (/^\d/.test(rest)) return 'glued';
  return /^\s+[^\s#]/.test(rest) ? 'counts' : fillingOf(rest);
}

/** Returns the complete lines between the keyword line and the counts line. */
function textBetween(head: Uint8Array, { end }: OffKeyword, word: string, lineFrom: number): string {
  if (word === '' || lineFrom < end) return '';
  const text = textOf(head, findLineEnd(head, end, head.length), lineFrom);
  return text.replace(/^(\r\n|\r|\n)/, '');
}

function startOfLine(head: Uint8Array, at: number): number {
  let from = at;
  while (from > 0 && head[from - 1] !== 0x0a && head[from - 1] !== 0x0d) from--;
  return from;
}

function fillingOf(text: string): Filling {
  if (text === '') return 'nothing';
  return text.includes('#') ? 'comment' : 'blanks';
}

function textOf(head: Uint8Array, from: number, to: number): string {
  return Buffer.from(head.buffer, head.byteOffset + from, Math.max(0, to - from)).toString('latin1');
}
