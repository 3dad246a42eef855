"""Binary STL to OFF with a list of vertices, a dict of their ids and a list of triangles: `lists.py <in.stl> <out.off>`."""

import struct
import sys

source, target = sys.argv[1:]
vertices, triangles, ids = [], [], {}
with open(source, "rb") as file:
    file.seek(84)
    while record := file.read(50):
        numbers = struct.unpack("<12fH", record)
        triangle = []
        for corner in (numbers[3:6], numbers[6:9], numbers[9:12]):
            vertex = ids.get(corner)
            if vertex is None:
                vertex = ids[corner] = len(vertices)
                vertices.append(corner)
            triangle.append(vertex)
        triangles.append(triangle)
with open(target, "w") as file:
    file.write(f"OFF\n{len(vertices)} {len(triangles)} 0\n")
    for x, y, z in vertices:
        file.write(f"{x:.9g} {y:.9g} {z:.9g}\n")
    for a, b, c in triangles:
        file.write(f"3 {a} {b} {c}\n")
