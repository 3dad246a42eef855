/** Names the bytes of a binary PLY record by the properties that the header declares, with their values. */
import type { BinaryField, MeshReader } from '../format.js';
import type { PlyHeader } from './header.js';
import type { PlyPlan } from './plan.js';
import { readScalar, type Scalar, sizeOf } from './scalars.js';

/** A run of equal values: a single property, the count of a list, or the values of a list. */
interface Run {
  readonly name: string;
  readonly type: Scalar;
  readonly count: number;
}

/** Creates the dissector of records. For strips, whose triangles are not records, it names only the numbers. */
export function dissectRecords({ isLittle }: PlyHeader, plan: PlyPlan): NonNullable<MeshReader['dissect']> {
  return (kind, bytes, isOfStrip) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const fields: BinaryField[] = [];
    let at = 0;
    const read = ({ name, type, count }: Run): readonly number[] => {
      const width = sizeOf(type);
      const present = Math.min(count, Math.floor((bytes.length - at) / width));
      const values = Array.from({ length: present }, (_, k) =>
        readScalar(view, at + width * k, type, isLittle),
      );
      fields.push({ name, from: at, to: at + width * present, values });
      at += width * present;
      return values;
    };
    const role = kind === 'vertices' ? 'vertex' : isOfStrip ? 'strip' : 'face';
    const element = plan.elements.find((other) => other.role === role);
    if (element === undefined) return fields;
    for (const [k, { name, type, countType }] of element.element.properties.entries()) {
      if (isOfStrip) {
        if (k === element.cornerList) read({ name, type, count: 3 });
      } else if (countType === undefined) {
        read({ name, type, count: 1 });
      } else {
        const [count = 0] = read({ name: `count of ${name}`, type: countType, count: 1 });
        read({ name, type, count });
      }
    }
    return fields;
  };
}
