/**
 * Reads a part of XML from begin to end: matches tags, resolves namespaces, and hands its elements to a handler. Only the
 * names of open elements are held.
 */
import { FormatError } from '../../errors.js';
import { ByteWindow } from '../../io/input/byte-window.js';
import type { Pull } from '../../io/pull.js';
import { showToken } from '../shared/text.js';
import { XmlScanner } from './xml-scanner.js';

/** Elements within each other. */
const DEPTH_MAX = 256;
/** Namespaces that are declared within each other. */
const SCOPES_MAX = 4096;

/** The bytes that have the declaration of the encoding. */
const BEGINNING_BYTES = 1024;

/** An element that begins. */
export interface XmlElement {
  /** Undefined if it is in none, or if its prefix stands for none. */
  readonly namespace: string | undefined;
  /** Without the prefix. */
  readonly name: string;
  /** Its attribute of this name and no namespace. */
  attribute(name: string): string | undefined;
  /** Its attribute of this name in a namespace. */
  attributeIn(namespace: string, name: string): string | undefined;
  /** The namespace that a prefix stands for, '' for none. */
  namespaceOf(prefix: string): string | undefined;
  /** What the ranges of the scanner are in. */
  readonly bytes: Uint8Array;
}

export interface XmlHandler {
  /** Takes an element that begins. */
  begin(element: XmlElement, scanner: XmlScanner): void;
  /** Takes the end of the last element that has not ended. */
  end(scanner: XmlScanner): void;
  /** Takes an empty element at once, without its namespace; false if it does not. */
  take?(scanner: XmlScanner, bytes: Uint8Array): boolean;
}

interface Scope {
  readonly depth: number;
  readonly prefix: string;
  readonly namespace: string | undefined;
}

/** Reads the XML that `pull` returns. Throws FormatError with a line. */
export async function readXml(pull: Pull, handler: XmlHandler): Promise<void> {
  const window = new ByteWindow({ read: pull });
  const scanner = new XmlScanner(window);
  do await window.fill(() => scanner.place);
  while (!window.ended && window.end < BEGINNING_BYTES);
  checkEncoding(window.bytes.subarray(0, Math.min(window.end, BEGINNING_BYTES)));
  const reader = new XmlReader(scanner, window.bytes);
  for (;;) {
    const step = scanner.next();
    if (step === 'more') await window.fill(() => scanner.place);
    else if (step === 'over') break;
    else if (step === 'end') reader.end(handler);
    else if (!(scanner.isEmpty && handler.take?.(scanner, window.bytes))) reader.begin(handler);
  }
  reader.finish();
}

/** Throws FormatError unless text is UTF-8 by its first bytes and its declaration. */
function checkEncoding(bytes: Uint8Array): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const wide = /^(?:\xfe\xff|\xff\xfe|<\0|\0<)/.test(text) ? 'UTF-16' : undefined;
  const [, named = 'UTF-8'] = /^(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]*)/.exec(text) ?? [];
  const encoding = wide ?? (/^(utf-?8|us-ascii)$/i.test(named) ? undefined : named);
  if (encoding === undefined) return;
  const shown = Buffer.from(encoding);
  throw new FormatError(`XML encoded as ${showToken(shown, 0, shown.length)}; expected UTF-8`, {
    place: { line: 1 },
    hint: 'export the file again',
  });
}

class XmlReader implements XmlElement {
  namespace: string | undefined;
  name = '';
  private readonly open: string[] = [];
  private scopes: Scope[] = [{ depth: 0, prefix: 'xml', namespace: 'http://www.w3.org/XML/1998/namespace' }];
  private hasRoot = false;

  constructor(
    private readonly scanner: XmlScanner,
    readonly bytes: Uint8Array,
  ) {}

  begin(handler: XmlHandler): void {
    const { scanner, open } = this;
    const full = this.text(scanner.from, scanner.to);
    if (open.length === 0 && this.hasRoot)
      throw scanner.bad(`<${full}> after the root element; expected none`);
    if (open.length >= DEPTH_MAX) throw scanner.bad(`elements more than ${DEPTH_MAX} deep; expected fewer`);
    this.hasRoot = true;
    open.push(full);
    this.declare();
    const [prefix, name] = split(full);
    this.namespace = this.namespaceOf(prefix);
    this.name = name;
    handler.begin(this, scanner);
    if (scanner.isEmpty) this.close(handler);
  }

  end(handler: XmlHandler): void {
    const { scanner, open } = this;
    const name = this.text(scanner.from, scanner.to);
    const last = open.at(-1);
    if (name !== last) {
      const expected = last === undefined ? 'no end' : `</${last}>`;
      throw scanner.bad(`</${name}> ends nothing that is open; expected ${expected}`);
    }
    this.close(handler);
  }

  /** Checks that all has ended. */
  finish(): void {
    const { open, scanner } = this;
    const { place } = scanner;
    const last = open.at(-1);
    if (last !== undefined)
      throw new FormatError(`the XML ends within <${last}>; expected its end`, { place });
    if (!this.hasRoot) throw new FormatError('no XML element; expected one', { place });
  }

  attribute(name: string): string | undefined {
    const { attributes, nameFrom, nameTo } = this.scanner;
    for (let k = 0; k < attributes; k++) {
      if (this.text(nameFrom[k]!, nameTo[k]!) === name) return this.value(k);
    }
    return undefined;
  }

  attributeIn(namespace: string, name: string): string | undefined {
    const { attributes, nameFrom, nameTo } = this.scanner;
    for (let k = 0; k < attributes; k++) {
      const full = this.text(nameFrom[k]!, nameTo[k]!);
      const [prefix, local] = split(full);
      if (prefix === '' || local !== name) continue;
      const found = this.namespaceOf(prefix);
      // Its value may say which mesh is meant.
      if (found === undefined)
        throw this.scanner.bad(`the prefix of '${full}' stands for no namespace; expected xmlns:${prefix}`);
      if (found === namespace) return this.value(k);
    }
    return undefined;
  }

  namespaceOf(prefix: string): string | undefined {
    for (let k = this.scopes.length - 1; k >= 0; k--) {
      const scope = this.scopes[k]!;
      if (scope.prefix === prefix) return scope.namespace;
    }
    return undefined;
  }

  private close(handler: XmlHandler): void {
    const { open, scopes, scanner } = this;
    handler.end(scanner);
    while (scopes.at(-1)!.depth >= open.length) scopes.pop();
    open.pop();
  }

  /** Takes the namespaces that the element declares. */
  private declare(): void {
    const { scanner, scopes, open } = this;
    const { attributes, nameFrom, nameTo } = scanner;
    for (let k = 0; k < attributes; k++) {
      const name = this.text(nameFrom[k]!, nameTo[k]!);
      const [, prefix = ''] = /^xmlns(?::(.+))?$/.exec(name) ?? [];
      if (!name.startsWith('xmlns') || (name !== 'xmlns' && prefix === '')) continue;
      if (scopes.length >= SCOPES_MAX) {
        throw scanner.bad(`more than ${SCOPES_MAX} namespaces; expected fewer`);
      }
      scopes.push({ depth: open.length, prefix, namespace: this.value(k) || undefined });
    }
  }

  private value(k: number): string {
    const { valueFrom, valueTo } = this.scanner;
    const text = this.text(valueFrom[k]!, valueTo[k]!);
    return text.includes('&') ? this.decode(text) : text;
  }

  private text(from: number, to: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, to - from).toString('utf8');
  }

  /** Replaces the references that XML itself defines. */
  private decode(text: string): string {
    return text.replace(/&([^;&]*);?/g, (reference, name: string) => {
      const known = ENTITIES[name];
      if (known !== undefined) return known;
      const [, hex, decimal] = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      if (code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
      const shown = Buffer.from(reference);
      throw this.scanner.bad(
        `${showToken(shown, 0, shown.length)} stands for nothing; expected one of &lt; &gt; &amp; &quot; &apos; or the number of a character`,
      );
    });
  }
}

/** Splits a name into its prefix, empty if there is none, and the rest. */
function split(full: string): readonly [prefix: string, name: string] {
  const colon = full.indexOf(':');
  return colon < 0 ? ['', full] : [full.slice(0, colon), full.slice(colon + 1)];
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
