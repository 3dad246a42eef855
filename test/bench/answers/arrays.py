"""Binary STL to OFF with ids and coordinates in arrays of the standard library: `arrays.py <in.stl> <out.off>`."""

import struct
import sys
from array import array

source, target = sys.argv[1:]
vertices, triangles, ids = array("f"), array("I"), {}
with open(source, "rb") as file:
    file.seek(84)
    while record := file.read(50):
        for at in (12, 24, 36):
            key = record[at : at + 12]
            vertex = ids.get(key)
            if vertex is None:
                vertex = ids[key] = len(ids)
                vertices.extend(struct.unpack("<3f", key))
            triangles.append(vertex)
with open(target, "w") as file:
    file.write(f"OFF\n{len(vertices) // 3} {len(triangles) // 3} 0\n")
    for k in range(0, len(vertices), 3):
        file.write(f"{vertices[k]:.9g} {vertices[k + 1]:.9g} {vertices[k + 2]:.9g}\n")
    for k in range(0, len(triangles), 3):
        file.write(f"3 {triangles[k]} {triangles[k + 1]} {triangles[k + 2]}\n")
