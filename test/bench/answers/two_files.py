"""Binary STL to OFF through two files that are joined at the end. It takes almost no memory, but each corner becomes a vertex of
its own: `two_files.py <in.stl> <out.off>`."""

import os
import shutil
import struct
import sys

source, target = sys.argv[1:]
faces = f"{target}.faces"
with open(source, "rb") as file:
    count = struct.unpack("<I", file.read(84)[80:])[0]
    with open(target, "w") as vertices, open(faces, "w") as triangles:
        vertices.write(f"OFF\n{3 * count} {count} 0\n")
        for k in range(count):
            numbers = struct.unpack("<12fH", file.read(50))
            for at in (3, 6, 9):
                vertices.write("%.9g %.9g %.9g\n" % numbers[at : at + 3])
            triangles.write(f"3 {3 * k} {3 * k + 1} {3 * k + 2}\n")
with open(target, "ab") as joined, open(faces, "rb") as rest:
    shutil.copyfileobj(rest, joined)
os.remove(faces)
