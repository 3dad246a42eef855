/**
 * Turns an indexed source into rows: vertices are welded as they come, faces wait until all vertices are known.
 *
 * Vertices get their ids in the order of the source, whether a face uses them or not. The result depends neither on the
 * budget nor on the order of vertices and faces.
 */

import { makeHashKey } from '../collections/position-hash.js';
import { type SavedSpills, SpillFiles } from '../collections/spill-file.js';
import { stepsWithin } from '../collections/steps.js';
import type { IndexedFaces, IndexedVertices } from '../mesh.js';
import { AttributeFile, isColor, isNormal, weldAttributes } from './attribute-file.js';
import { ScaleSequence, type SourceScales } from './color-scales.js';
import { FaceSpool, type SavedSpool } from './face-spool.js';
import { KnownVertices, type SavedKnown } from './known-vertices.js';
import { type Positions, wordsOf } from './positions.js';
import type { IndexedTally, KnownRowKind, MeshSink } from './sinks.js';
import { type SavedVertexWelder, VertexWelder } from './vertex-welder.js';
import { WeldMemory } from './weld-memory.js';
import { arenaBytes, usedBytes, type WelderOptions } from './welder-options.js';

/** The saved state of a welder between two batches, as plain data. */
export interface SavedIndexedWelder {
  readonly vertices: SavedVertexWelder;
  readonly faces: SavedSpool;
  /** The first vertices with a color, and with a normal. */
  readonly firstColor: number;
  readonly firstNormal: number;
  readonly known: SavedKnown;
  readonly files: SavedSpills;
}

export class IndexedWelder {
  tally: IndexedTally = { unreferenced: 0, colorConflicts: 0, normalConflicts: 0 };
  private readonly memory: WeldMemory;
  private readonly files: SpillFiles;
  private readonly welder: VertexWelder;
  private readonly spool: FaceSpool;
  private readonly colors: AttributeFile;
  private readonly normals: AttributeFile;
  private readonly known: KnownVertices;

  /** Resumes a saved welder, if given; see {@link remember}. */
  constructor(
    private readonly sink: MeshSink,
    private readonly options: WelderOptions,
    saved?: SavedIndexedWelder,
  ) {
    const hashKey = saved?.vertices.hashKey ?? makeHashKey();
    this.memory = new WeldMemory(arenaBytes(usedBytes(options)), wordsOf(options.bytesPerValue), hashKey);
    this.files = new SpillFiles(options.spillPath, saved?.files);
    try {
      this.welder = new VertexWelder(sink, this.memory, options, this.files, saved?.vertices);
      this.colors = new AttributeFile(4, 'colors', this.files, saved?.firstColor);
      this.normals = new AttributeFile(3, 'normals', this.files, saved?.firstNormal);
      this.known = new KnownVertices(options.known ?? 0, this.files, saved?.known);
      this.spool = new FaceSpool(this.files, saved?.faces);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Passes everything to the system; returns the state for resuming from here, before {@link finish}. */
  save(): SavedIndexedWelder {
    return {
      vertices: this.welder.save(),
      faces: this.spool.save(),
      firstColor: this.colors.first,
      firstNormal: this.normals.first,
      known: this.known.save(),
      files: this.files.save(),
    };
  }

  /** See {@link VertexWelder.remember}. */
  remember(positions: Positions, count: number): void {
    this.welder.remember(positions, count);
  }

  /** Takes further facts about the known vertices, in id order. */
  rememberRows(kind: KnownRowKind, values: Float64Array): void {
    this.known.add(kind, values);
  }

  /** Whether all vertices fit in memory. */
  get isExact(): boolean {
    return this.welder.isExact;
  }

  /** The number of vertices of the source so far. */
  get vertices(): number {
    return this.welder.count;
  }

  /** The number of faces of the source so far. */
  get faces(): number {
    return this.spool.faces;
  }

  /** Adds the next vertices. Changes -0 to 0 in their positions. */
  addVertices({ positions, count, colors, normals }: IndexedVertices): void {
    this.colors.add(colors, this.vertices, count);
    this.normals.add(normals, this.vertices, count);
    this.welder.add(positions, count);
  }

  /** Adds the next faces. Their vertices must have been added when {@link finish} is called. */
  addFaces(faces: IndexedFaces): void {
    this.spool.add(faces);
  }

  /**
   * Emits everything that waits; afterwards the sink has all rows. Occasionally yields the progress, from 0 to 1.
   * `scales` has those of all sources, in order.
   */
  *finish(scales: readonly SourceScales[]): Generator<number> {
    const { sink, memory, spool, options, known } = this;
    const map = yield* stepsWithin(0, 0.4, this.welder.finish());
    const colorConflicts = yield* stepsWithin(
      0.4,
      0.45,
      weldAttributes(
        this.colors,
        map,
        memory,
        {
          scales: new ScaleSequence(scales, 'vertex'),
          normalize: isColor,
          known: known.rows('colors'),
        },
        (id, color) => sink.addVertexColor(id, color),
      ),
    );
    const normalConflicts = yield* stepsWithin(
      0.45,
      0.5,
      weldAttributes(
        this.normals,
        map,
        memory,
        { normalize: isNormal, known: known.rows('normals') },
        (id, normal) => sink.addVertexNormal(id, normal),
      ),
    );
    const unreferenced = yield* stepsWithin(
      0.5,
      1,
      spool.emit(map, sink, memory, options.bytesPerValue, new ScaleSequence(scales, 'face'), known),
    );
    this.tally = { unreferenced, colorConflicts, normalConflicts };
  }

  /** Closes the spill files, and removes them unless they are kept. Must always be called. */
  close(): void {
    if (this.options.keepsFiles) this.files.close();
    else this.files.remove();
  }
}
