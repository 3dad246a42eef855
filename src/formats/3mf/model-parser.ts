/** Parses a model part of a 3MF package: meshes go to a temporary file, everything else to the {@link Model}. */
import { showToken } from '../shared/text.js';
import {
  type Model,
  type ModelObject,
  type ModelPlace,
  OBJECT_TYPES,
  type ObjectReference,
  type ObjectType,
  UNITS,
} from './model.js';
import { CORE, isSupported, nameUnread, PRODUCTION } from './namespaces.js';
import type { RowWriter } from './row-spool.js';
import { readCoordinate, readId, readIndex, readTransform, show } from './values.js';
import type { XmlElement, XmlHandler } from './xml-reader.js';
import type { XmlScanner } from './xml-scanner.js';

/** What each element of 3MF may contain; the elements in {@link PASSED} are passed over with all they contain. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  '': ['model'],
  model: ['metadata', 'resources', 'build'],
  resources: ['basematerials', 'object'],
  object: ['metadatagroup', 'mesh', 'components'],
  mesh: ['vertices', 'triangles'],
  vertices: ['vertex'],
  triangles: ['triangle'],
  components: ['component'],
  build: ['item'],
  item: ['metadatagroup'],
};
const PASSED = ['metadata', 'metadatagroup', 'basematerials'];
/** The context of what is passed over. */
const UNREAD = '(unread)';

const X = 0x78;
const Z = 0x7a;
const V = 0x76;
const ONE = 0x31;
const VERTEX = Buffer.from('vertex');
const TRIANGLE = Buffer.from('triangle');

/** Writers of the rows of meshes. */
export interface MeshWriters {
  readonly vertices: RowWriter;
  readonly triangles: RowWriter;
}

/** What a parser knows of its part. */
export interface PartContext {
  readonly index: number;
  readonly name: string;
  readonly base: number;
  /** Returns the index of another part, by the path that a reference names. Throws FormatError if there is none. */
  readonly partOf: (path: string, place: ModelPlace) => number;
}

export class ModelParser implements XmlHandler {
  private readonly path: string[] = [];
  private object: ModelObject | undefined;
  /** Whether tags of vertices or triangles are in the namespace of 3MF without a prefix. */
  private hot: '' | 'vertices' | 'triangles' = '';
  private readonly values = new Float64Array(3);
  private hasBuild = false;

  constructor(
    private readonly model: Model,
    private readonly writers: MeshWriters,
    private readonly part: PartContext,
  ) {}

  private get isRoot(): boolean {
    return this.part.index === 0;
  }

  take(scanner: XmlScanner, bytes: Uint8Array): boolean {
    const { hot, path } = this;
    if (hot === '' || path.at(-1) !== hot) return false;
    const name = hot === 'vertices' ? VERTEX : TRIANGLE;
    const { from, to } = scanner;
    if (to - from !== name.length) return false;
    for (let k = 0; k < name.length; k++) if (bytes[from + k] !== name[k]) return false;
    if (hot === 'vertices') this.takeVertex(scanner, bytes);
    else this.takeTriangle(scanner, bytes);
    return true;
  }

  begin(element: XmlElement, scanner: XmlScanner): void {
    const { path } = this;
    const parent = path.at(-1) ?? '';
    const isCore = element.namespace !== undefined && CORE.includes(element.namespace);
    if (parent === UNREAD || (!isCore && parent !== '')) {
      this.passOver(element);
      return;
    }
    const { name } = element;
    if (parent === '' && !(isCore && name === 'model')) {
      const found = `the root element is <${name}> of ${element.namespace ?? 'no namespace'}`;
      throw scanner.bad(`${found}; expected <model> of ${CORE[0]}`);
    }
    if (!CHILDREN[parent]?.includes(name)) {
      const expected = CHILDREN[parent]?.map((each) => `<${each}>`).join(', ') ?? 'nothing in it';
      throw scanner.bad(`<${name}> within <${parent}>; expected ${expected}`);
    }
    if (PASSED.includes(name)) {
      if (name === 'basematerials') this.model.unread.add('colors');
      path.push(UNREAD);
      return;
    }
    path.push(name);
    this.beginOwn(name, element, scanner);
  }

  end(scanner: XmlScanner): void {
    const name = this.path.pop()!;
    const { object, writers } = this;
    if (name === 'vertices') object!.vertices = writers.vertices.end();
    else if (name === 'triangles') object!.triangles = writers.triangles.end();
    else if (name === 'object') this.object = undefined;
    else if (name === 'mesh' && (object!.vertices === undefined || object!.triangles === undefined)) {
      const missing = object!.vertices === undefined ? 'vertices' : 'triangles';
      throw scanner.bad(`the mesh of object ${object!.id} has no <${missing}>; expected some`);
    } else if (name === 'model' && this.isRoot && !this.hasBuild) {
      throw scanner.bad('the model has no <build>; expected the items to build');
    }
    if (name === 'vertices' || name === 'triangles') this.hot = '';
  }

  private passOver({ namespace, name }: XmlElement): void {
    const kind = nameUnread(namespace, name);
    if (kind !== undefined) this.model.unread.add(kind);
    this.path.push(UNREAD);
  }

  private beginOwn(name: string, element: XmlElement, scanner: XmlScanner): void {
    const { object } = this;
    if (name === 'model') this.beginModel(element, scanner);
    else if (name === 'object') this.beginObject(element, scanner);
    else if (name === 'build') {
      if (this.hasBuild) throw scanner.bad('a second <build>; expected one');
      this.hasBuild = true;
    } else if (name === 'mesh' || name === 'components') {
      if (object!.vertices !== undefined || object!.components !== undefined) {
        throw scanner.bad(`object ${object!.id} has two meshes or lists of components; expected one`);
      }
      if (name === 'components') object!.components = [];
    } else if (name === 'vertices' || name === 'triangles') this.beginRows(name, element, scanner);
    else if (name === 'vertex') this.takeVertex(scanner, element.bytes);
    else if (name === 'triangle') this.takeTriangle(scanner, element.bytes);
    else if (name === 'component') this.takeReference(object!.components!, element, scanner);
    // Only the build of the root part counts.
    else if (name === 'item' && this.isRoot) this.takeReference(this.model.items, element, scanner);
  }

  private beginModel(element: XmlElement, scanner: XmlScanner): void {
    const { model } = this;
    const unit = element.attribute('unit')?.trim() ?? model.unit;
    if (!Object.hasOwn(UNITS, unit)) {
      throw scanner.bad(`the unit ${show(unit)}; expected one of ${Object.keys(UNITS).join(', ')}`);
    }
    if (this.isRoot) model.unit = unit;
    else if (unit !== model.unit) {
      throw scanner.bad(`the unit ${unit}; expected ${model.unit}, as in ${model.parts[0]!.name}`);
    }
    const required = element.attribute('requiredextensions')?.split(/\s+/) ?? [];
    for (const prefix of required.filter((each) => each !== '')) {
      const namespace = element.namespaceOf(prefix);
      if (namespace !== undefined && isSupported(namespace)) continue;
      const found = namespace === undefined ? show(prefix) : namespace;
      throw scanner.bad(
        `the model requires the extension ${found}, which is not supported; expected only triangles`,
        'export it without this extension',
      );
    }
  }

  private beginObject(element: XmlElement, scanner: XmlScanner): void {
    const type = element.attribute('type')?.trim() ?? 'model';
    if (!(OBJECT_TYPES as readonly string[]).includes(type)) {
      throw scanner.bad(`an object of the type ${show(type)}; expected one of ${OBJECT_TYPES.join(', ')}`);
    }
    const object: ModelObject = {
      id: readId(element, 'id', scanner),
      name: element.attribute('name')?.trim() ?? '',
      type: type as ObjectType,
      vertices: undefined,
      triangles: undefined,
      components: undefined,
      place: this.placeOf(scanner),
    };
    if (!this.model.add(this.part.index, object)) {
      throw scanner.bad(`a second object with the id ${object.id}; expected one`);
    }
    this.object = object;
  }

  private beginRows(name: 'vertices' | 'triangles', element: XmlElement, scanner: XmlScanner): void {
    const object = this.object!;
    if (object[name] !== undefined) throw scanner.bad(`a second <${name}> in a mesh; expected one`);
    if (name === 'triangles' && object.vertices === undefined) {
      throw scanner.bad('<triangles> before <vertices>; expected vertices first');
    }
    this.writers[name].begin();
    const isPlain = CORE.includes(element.namespaceOf('') ?? '');
    this.hot = isPlain ? name : '';
  }

  private takeReference(list: ObjectReference[], element: XmlElement, scanner: XmlScanner): void {
    const { model, part } = this;
    const place = this.placeOf(scanner);
    const path = element.attributeIn(PRODUCTION, 'path');
    const id = readId(element, 'objectid', scanner);
    const transform = readTransform(element, scanner);
    model.addTo(list, {
      part: path === undefined ? part.index : part.partOf(path, place),
      id,
      transform,
      place,
    });
  }

  private takeVertex(scanner: XmlScanner, bytes: Uint8Array): void {
    const { values } = this;
    const { attributes, nameFrom, nameTo, valueFrom, valueTo } = scanner;
    let seen = 0;
    for (let k = 0; k < attributes; k++) {
      const name = bytes[nameFrom[k]!]!;
      if (nameTo[k]! - nameFrom[k]! !== 1 || name < X || name > Z) continue;
      values[name - X] = readCoordinate(bytes, valueFrom[k]!, valueTo[k]!, scanner, name);
      seen |= 1 << (name - X);
    }
    if (seen !== 7) throw scanner.bad('a vertex without x, y or z; expected all three');
    this.writers.vertices.add(values[0]!, values[1]!, values[2]!, ...this.rangeOf(scanner));
  }

  private takeTriangle(scanner: XmlScanner, bytes: Uint8Array): void {
    const { values, object } = this;
    const { attributes, nameFrom, nameTo, valueFrom, valueTo } = scanner;
    const { count } = object!.vertices!;
    let seen = 0;
    for (let k = 0; k < attributes; k++) {
      const from = nameFrom[k]!;
      const corner = bytes[from + 1]! - ONE;
      if (nameTo[k]! - from !== 2 || bytes[from] !== V || corner < 0 || corner > 2) continue;
      const index = readIndex(bytes, valueFrom[k]!, valueTo[k]!);
      if (!(index < count)) {
        const shown = showToken(bytes, valueFrom[k]!, valueTo[k]!);
        throw scanner.bad(
          `a triangle with the vertex ${shown}; expected a number from 0 to less than ${count}`,
        );
      }
      values[corner] = index;
      seen |= 1 << corner;
    }
    if (seen !== 7) throw scanner.bad('a triangle without v1, v2 or v3; expected all three');
    this.writers.triangles.add(values[0]!, values[1]!, values[2]!, ...this.rangeOf(scanner));
  }

  private rangeOf({ tagOffset, tagEnd, tagLine }: XmlScanner): [offset: number, end: number, line: number] {
    const { base } = this.part;
    return [base + tagOffset, base + tagEnd, tagLine];
  }

  private placeOf({ tagLine }: XmlScanner): ModelPlace {
    return { line: tagLine, part: this.part.name };
  }
}
