/** A 3MF package: a zip archive whose parts refer to each other. Finds its models and streams their XML. */
import { FormatError } from '../../errors.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { type Pull, pullFrom, readAhead } from '../../io/pull.js';
import type { ZipEntry } from '../../io/zip/directory.js';
import { ZipArchive } from '../../io/zip/zip-archive.js';
import { escapeControls } from '../../wording.js';
import { showToken } from '../shared/text.js';
import { readXml, type XmlElement } from './xml-reader.js';

const RELATIONSHIPS = '_rels/.rels';
/** The kind of relationship from the package to its root model. */
const MODEL_TYPE = /^http:\/\/schemas\.microsoft\.com\/3dmanufacturing\/2013\/01\/3dmodel$/i;

/** Relationships are short; a longer part is refused. */
const RELATIONSHIPS_BYTES_MAX = 2 ** 24;
/** Bytes of a part that are read after an error to find out whether the archive is damaged. */
const LOOK_AHEAD_BYTES = 64 * 2 ** 20;

export class Package {
  /** Bytes of all parts read so far. */
  private unpacked = 0;

  private constructor(
    private readonly source: ByteSource,
    private readonly zip: ZipArchive,
  ) {}

  /** Reads the directory of a package. Throws FormatError. */
  static async open(source: ByteSource): Promise<Package> {
    // Content that is not a file is kept on disk, because the directory is at its end.
    const size = await source.measure(Number.MAX_SAFE_INTEGER);
    return new Package(
      source,
      await ZipArchive.open((target, offset) => source.readAt(target, offset), size),
    );
  }

  /** Finds the part of the root model. Throws FormatError if the package has none. */
  async findRoot(): Promise<ZipEntry> {
    const relationships = this.zip.find(RELATIONSHIPS);
    if (relationships === undefined) {
      throw refuse(
        `the zip archive has no ${RELATIONSHIPS}; expected the parts of a 3MF file`,
        'unpack it first',
      );
    }
    if (relationships.bytes > RELATIONSHIPS_BYTES_MAX) {
      throw refuse(`${RELATIONSHIPS} has more than ${RELATIONSHIPS_BYTES_MAX} bytes; expected fewer`);
    }
    const targets = new Set<string>();
    await this.parse(relationships, (pull) =>
      readXml(pull, {
        begin: (element) => {
          const target = findTarget(element);
          if (target !== undefined) targets.add(target);
        },
        end: () => undefined,
      }),
    );
    const [target] = targets;
    if (target === undefined) {
      const hint = this.zip.names.some((name) => /\.model$/i.test(name)) ? undefined : 'unpack it first';
      throw refuse(`${RELATIONSHIPS} names no 3D model; expected one, as in a 3MF file`, hint);
    }
    if (targets.size > 1) throw refuse(`${RELATIONSHIPS} names ${targets.size} 3D models; expected one`);
    const entry = this.find(target);
    if (entry === undefined)
      throw refuse(`the 3D model ${show(target)} is not in the archive; expected it there`);
    return entry;
  }

  /** Finds a part by a path in the package. */
  find(path: string): ZipEntry | undefined {
    return this.zip.find(normalize(path));
  }

  /**
   * Passes the content of a part to `read`. Errors get the name of the part; if its data is damaged, that is the error.
   * The complete content must be read, or its CRC-32 is not checked.
   */
  async parse(entry: ZipEntry, read: (pull: Pull) => Promise<void>): Promise<void> {
    const pieces = this.zip.read(entry);
    const pull = pullFrom(readAhead(pieces));
    const counted: Pull = async (target) => {
      const count = await pull(target);
      this.unpacked += count;
      this.source.checkUnpacked(this.unpacked);
      return count;
    };
    try {
      await read(counted);
    } catch (error) {
      const isOfXml = error instanceof FormatError && error.place !== undefined && 'line' in error.place;
      if (!isOfXml) throw error;
      await drain(pull);
      const { problem, hint, code } = error;
      throw new FormatError(problem, {
        hint,
        code,
        place: { part: escapeControls(entry.name), ...error.place },
        cause: error.cause,
      });
    } finally {
      await pieces.return(undefined);
    }
  }
}

/** Reads on, so that damage which made the XML wrong is found; throws its error. */
async function drain(pull: Pull): Promise<void> {
  const scratch = new Uint8Array(2 ** 18);
  for (let count = 0; count < LOOK_AHEAD_BYTES; ) {
    const some = await pull(scratch);
    if (some === 0) return;
    count += some;
  }
}

function findTarget(element: XmlElement): string | undefined {
  if (element.name !== 'Relationship' || !MODEL_TYPE.test(element.attribute('Type') ?? '')) return undefined;
  const target = element.attribute('Target');
  if (target === undefined || element.attribute('TargetMode') === 'External') {
    throw refuse(`${RELATIONSHIPS} names a 3D model outside the package; expected one in it`);
  }
  return normalize(target);
}

/** Returns the name that a path has in the archive: paths begin with a slash, and may be relative to the root. */
function normalize(path: string): string {
  const steps: string[] = [];
  for (const step of decode(path).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A percent sign that begins no code stands for itself.
    return path;
  }
}

function show(text: string): string {
  const bytes = Buffer.from(text);
  return showToken(bytes, 0, bytes.length);
}

function refuse(problem: string, hint = 'export the file again'): FormatError {
  return new FormatError(problem, { place: { offset: 0 }, hint });
}
