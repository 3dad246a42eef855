"""Meshes for the tests, with coordinates that float32 holds exactly."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import List, Sequence, Tuple

Point = Tuple[float, float, float]
Triangle = Tuple[Point, Point, Point]


def grid(width: int, height: int, offset: float = 0.0) -> List[Triangle]:
    """The triangles of a wavy grid, row by row, beginning at `offset`."""

    def at(x: int, y: int) -> Point:
        return (offset + x / 4, y / 4, (x * x + 3 * y) % 7 / 8 - 0.0)

    cells = [(x, y) for y in range(height) for x in range(width)]
    return [
        triangle
        for x, y in cells
        for triangle in (
            (at(x, y), at(x + 1, y), at(x + 1, y + 1)),
            (at(x, y), at(x + 1, y + 1), at(x, y + 1)),
        )
    ]


def shuffled(triangles: Sequence[Triangle], seed: int) -> List[Triangle]:
    """The triangles in random order, so that most vertices are seams; a few degenerate ones and -0 among them."""
    mixed = [*triangles, ((0.0, 0.0, 0.0), (-0.0, 0.0, -0.0), (1.0, 1.0, 1.0)), (triangles[0][0],) * 3]
    random.Random(seed).shuffle(mixed)
    return mixed


def write_stl(path: Path, triangles: Sequence[Triangle]) -> Path:
    """Writes a binary STL."""
    rows = (struct.pack("<12fH", 0, 0, 0, *a, *b, *c, 0) for a, b, c in triangles)
    path.write_bytes(struct.pack("<80sI", b"", len(triangles)) + b"".join(rows))
    return path


def write_raw(path: Path, triangles: Sequence[Triangle]) -> Path:
    """Writes nine numbers a line."""
    lines = (" ".join(repr(number) for point in triangle for number in point) for triangle in triangles)
    path.write_text("# triangles\n" + "\n".join(lines) + "\n")
    return path


def write_obj(path: Path, triangles: Sequence[Triangle]) -> Path:
    """Writes an OBJ with a vertex for each corner."""
    corners = [point for triangle in triangles for point in triangle]
    vertices = ("v {} {} {}\n".format(*point) for point in corners)
    faces = (f"f {at} {at + 1} {at + 2}\n" for at in range(1, len(corners), 3))
    path.write_text("".join(vertices) + "".join(faces))
    return path
