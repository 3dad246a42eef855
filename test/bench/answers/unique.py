"""Binary STL to OFF with numpy.unique, so vertices are sorted by position: `unique.py <in.stl> <out.off>`."""

import sys

import numpy

source, target = sys.argv[1:]
record = numpy.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
corners = numpy.fromfile(source, record, offset=84)["corners"].reshape(-1, 3)
vertices, ids = numpy.unique(corners, axis=0, return_inverse=True)
triangles = ids.reshape(-1, 3)
with open(target, "w") as file:
    file.write(f"OFF\n{len(vertices)} {len(triangles)} 0\n")
    numpy.savetxt(file, vertices, "%.9g")
    numpy.savetxt(file, triangles, "3 %d %d %d")
