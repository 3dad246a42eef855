"""Divides the inputs into shards: files, and ranges of large files."""

from __future__ import annotations

import os
import re
import struct
from dataclasses import asdict, dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .errors import ClusterError
from .files import FileFacts, Store, is_local, local_path

#: A binary STL: a header of 80 bytes, the number of triangles, then 50 bytes a triangle.
STL_HEADER = 84
STL_TRIANGLE = 50


@dataclass(frozen=True)
class Shard:
    """A consecutive piece of the input."""

    number: int
    path: str
    #: Size and time of the file.
    bytes: int
    changed: int
    #: The format of the bytes `[start, end)` of the file that the shard is; None for a complete file.
    range_of: Optional[str] = None
    start: int = 0
    end: int = 0

    def key(self) -> Dict[str, Any]:
        """What a finished shard is recognized by."""
        return asdict(self)

    def __str__(self) -> str:
        place = f" (bytes {self.start} to {self.end})" if self.range_of else ""
        return f"shard {self.number}: {self.path}{place}"


def natural_key(path: str) -> Tuple[Any, ...]:
    """Sorts paths as offload does: numbers by value, other characters by UTF-16 code, a slash before all of them."""
    parts: List[Tuple[int, int, str]] = []
    for digits, other in re.findall(r"([0-9]+)|([^0-9]+)", path):
        number = digits.lstrip("0")
        units = struct.iter_unpack(">H", other.encode("utf-16-be", "surrogatepass"))
        # No other character has a code between those of the digits.
        parts += (
            [(ord("0"), len(number), number)]
            if digits
            else [(-1 if unit == ord("/") else unit, 0, "") for (unit,) in units]
        )
    return (parts, path)


def list_inputs(store: Store, inputs: Sequence[str], extensions: Sequence[str]) -> List[FileFacts]:
    """Lists the files that the inputs name: files, folders of mesh files, and patterns."""
    found: List[FileFacts] = []
    ending = re.compile(r"\.(%s)(\.(gz|zst|zstd))?$" % "|".join(map(re.escape, extensions)), re.IGNORECASE)
    for name in inputs:
        path = local_path(name) if is_local(name) else name
        files = store.at(path)
        if files.is_folder(path):
            paths = [
                entry
                for entry in files.list_folder(path)
                if ending.search(entry)
                and not os.path.basename(entry).startswith(".")
                and not files.is_folder(entry)
            ]
            if not paths:
                raise ClusterError(
                    f"{name}: the folder has no mesh file", "subfolders are not searched: use a pattern"
                )
        elif files.facts(path) is None and re.search(r"[*?\[{]", path):
            paths = [entry for entry in files.match(path) if not files.is_folder(entry)]
            if not paths:
                raise ClusterError(f"{name}: no file matches this pattern")
        else:
            paths = [path]
        for entry in sorted(paths, key=natural_key):
            facts = files.facts(entry)
            if facts is None:
                raise ClusterError(f"{entry}: no such file or folder")
            found.append(facts)
    return found


def plan_shards(store: Store, inputs: Sequence[FileFacts], shard_bytes: int) -> List[Shard]:
    """Divides files into shards: large binary STL files between triangles, large files of raw triangles between lines."""
    shards: List[Shard] = []
    for file in inputs:
        ending = file.path.rsplit(".", 1)[-1].lower()
        cuts: List[int] = []
        if file.bytes > shard_bytes and ending in ("stl", "stlb"):
            cuts = cut_stl(store, file, shard_bytes)
        elif file.bytes > shard_bytes and ending in ("raw", "tri"):
            cuts = cut_lines(store, file, shard_bytes)
        ranges = list(zip(cuts, cuts[1:])) if len(cuts) > 2 else [(0, 0)]
        for start, end in ranges:
            kind = None if end == 0 else "raw" if ending in ("raw", "tri") else "stl"
            shards.append(Shard(len(shards), file.path, file.bytes, file.changed, kind, start, end))
    return shards


def cut_stl(store: Store, file: FileFacts, shard_bytes: int) -> List[int]:
    """Returns the offsets between which the shards of a binary STL lie; none if its size is not the one it announces."""
    head = store.at(file.path).read(file.path, 0, STL_HEADER)
    (count,) = struct.unpack_from("<I", head, STL_HEADER - 4)
    if file.bytes != STL_HEADER + STL_TRIANGLE * count:
        return []
    step = max(1, shard_bytes // STL_TRIANGLE) * STL_TRIANGLE
    return [*range(STL_HEADER, file.bytes, step), file.bytes]


def cut_lines(store: Store, file: FileFacts, shard_bytes: int) -> List[int]:
    """Returns the offsets of lines at which a text is cut; none if it is compressed or a line is too long."""
    files = store.at(file.path)
    if files.read(file.path, 0, 4)[:2] in (b"\x1f\x8b", b"\x28\xb5"):
        return []
    cuts = [0]
    while cuts[-1] + shard_bytes < file.bytes:
        at = cuts[-1] + shard_bytes - 1
        end = files.read(file.path, at, 2**20).find(b"\n")
        if end < 0:
            break
        cuts.append(at + end + 1)
    return cuts if cuts[-1] == file.bytes else [*cuts, file.bytes]
