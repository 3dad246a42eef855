"""The tasks of a run, which run on executors: one that loads a shard, and one that writes it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, TypeVar
from urllib.parse import urlparse

from .errors import ClusterError
from .files import Store, is_local, join, scratch_folder
from .plan import STL_HEADER, STL_TRIANGLE, Shard
from .process import Settings, executor_store, run_offload

T = TypeVar("T")


def reword(message: str, shard: Shard, source: str) -> str:
    """Turns a message about the local copy of a shard into one about its file: the name, and the byte in the file."""
    text = message.replace(source, shard.path)
    if shard.range_of == "stl":
        shift = shard.start - STL_HEADER
        return re.sub(r": byte (\d+)", lambda found: f": byte {int(found.group(1)) + shift}", text)
    if shard.range_of == "raw":
        return re.sub(
            r": line (\d+)", lambda found: f": line {found.group(1)} after byte {shard.start}", text, count=1
        )
    return text


Outcome = Dict[str, Any]


def shard_task(do: Callable[[Settings, Store, Shard, str, T], Outcome]) -> Callable[..., Outcome]:
    """Gives a task its store and its folder, and returns errors of the input instead of raising them.

    Spark would repeat such a task, to no avail, and then cancel all others.
    """

    def task(settings: Settings, shard: Shard, given: T) -> Outcome:
        with executor_store(settings) as store, scratch_folder(f"{shard.number:05}") as folder:
            try:
                return do(settings, store, shard, folder, given)
            except ClusterError as error:
                return {"number": shard.number, "error": str(error), "hint": error.hint}

    return task


def load_shard(settings: Settings, store: Store, shard: Shard, folder: str, _: None) -> Outcome:
    """Welds a shard into a database and lists its vertices; all of it goes to the work folder."""
    started = time.monotonic()
    source = shard.path
    if shard.range_of is not None:
        source = join(folder, f"input.{shard.range_of}")
        if shard.range_of == "stl":
            count = (shard.end - shard.start) // STL_TRIANGLE
            Path(source).write_bytes(struct.pack("<80sI", b"a shard of a binary STL", count))
        store.at(shard.path).fetch(shard.path, shard.start, shard.end, source)
    elif not is_local(shard.path):
        source = join(folder, os.path.basename(urlparse(shard.path).path))
        store.at(shard.path).fetch(shard.path, 0, shard.bytes, source)
    database = join(folder, "mesh.db")
    name = f"{shard.number:05}"
    arguments = [
        "import",
        source,
        database,
        "--no-index",
        "--threads",
        "1",
        "--memory",
        settings.memory,
        "--json",
    ]
    if shard.range_of is not None:
        arguments += ["--from", shard.range_of]
    try:
        facts = json.loads(run_offload(settings, arguments))
    except ClusterError as error:
        raise ClusterError(reword(str(error), shard, source), error.hint) from error
    if shard.range_of == "stl" and facts["triangles"] != count:
        raise AssertionError(f"{shard}: {facts['triangles']} triangles were loaded; expected {count}")
    run_offload(settings, ["shard", "vertices", database, folder, "--number", str(shard.number), "--json"])
    for table in ("local_vertices", "shards"):
        published = join(settings.work, table, f"{name}.parquet")
        store.publish(join(folder, table, f"{name}.parquet"), published, settings.work)
    store.publish(database, join(settings.work, "databases", f"{name}.db"), settings.work)
    outcome = {
        "key": {**shard.key(), "version": settings.version},
        "number": shard.number,
        "triangles": facts["triangles"],
        "vertices": facts["vertices"],
        "warnings": [
            f"{shard}: {reword(warning['message'], shard, source)}" for warning in facts["warnings"]
        ],
        "seconds": round(time.monotonic() - started, 1),
    }
    # The last file: it marks the shard as loaded.
    store.write_text(join(settings.work, "loaded", f"{name}.json"), json.dumps(outcome), settings.work)
    return outcome


class Place(NamedTuple):
    """What a shard must know of the joined mesh."""

    base: int
    first_triangle: int
    fresh: int
    positions: str
    #: The state of the weld that this comes from.
    weld: str


def write_shard(settings: Settings, store: Store, shard: Shard, folder: str, place: Place) -> Outcome:
    """Writes the parts of the OFF that a shard has."""
    started = time.monotonic()
    name = f"{shard.number:05}"
    database = join(settings.work, "databases", f"{name}.db")
    if not is_local(database):
        database = fetch_whole(store, database, join(folder, "mesh.db"))
    ids = store.at(settings.work).list_folder(
        join(settings.work, "weld", place.weld, "seam_ids", f"shard={shard.number}")
    )
    seams = join(folder, "seams.csv.gz")
    for path in sorted(ids):
        # Members of gzip in one file are one content.
        if path.endswith(".csv.gz"):
            fetch_whole(store, path, seams)
    common = [
        "--number",
        str(shard.number),
        "--base",
        str(place.base),
        "--memory",
        settings.memory,
        "--tmp",
        folder,
        "--json",
    ]
    common += ["--seams", seams] if os.path.exists(seams) else []
    compress = ["--compress", settings.compress] if settings.compress is not None else []
    target = join(folder, "parts")
    off = [
        "shard",
        "write",
        database,
        join(target, "off"),
        "--positions",
        place.positions,
        *compress,
        *common,
    ]
    written = json.loads(run_offload(settings, off))
    if written["vertices"] != place.fresh:
        raise AssertionError(f"{shard}: {written['vertices']} vertices were written; expected {place.fresh}")
    if settings.tables:
        tables = ["--to", "parquet", "--first-triangle", str(place.first_triangle)]
        run_offload(settings, ["shard", "write", database, target, *tables, *common])
    parts = [
        publish_part(settings, store, target, str(path.relative_to(target))) for path in files_below(target)
    ]
    outcome = {
        "key": {"weld": place.weld, "compress": settings.compress, "tables": settings.tables},
        "number": shard.number,
        "parts": parts,
        "seconds": round(time.monotonic() - started, 1),
    }
    store.write_text(join(settings.work, "written", f"{name}.json"), json.dumps(outcome), settings.work)
    return outcome


def write_header(settings: Settings, vertices: int, triangles: int) -> Outcome:
    """Writes the first part of the OFF."""
    with executor_store(settings) as store, scratch_folder("header") as folder:
        arguments = [
            "shard",
            "header",
            join(folder, "off"),
            "--vertices",
            str(vertices),
            "--triangles",
            str(triangles),
        ]
        if settings.compress is not None:
            arguments += ["--compress", settings.compress]
        run_offload(settings, arguments)
        (part,) = files_below(folder)
        return publish_part(settings, store, folder, str(part.relative_to(folder)))


def files_below(folder: str) -> List[Path]:
    """The files below a local folder, in the order of their paths."""
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def publish_part(settings: Settings, store: Store, folder: str, name: str) -> Dict[str, Any]:
    """Moves a part of the output to its place; returns what the manifest has of it."""
    source = join(folder, name)
    facts = {"name": name, "bytes": os.path.getsize(source), "sha256": digest_file(source)}
    store.publish(source, join(settings.folder, name), settings.work)
    return facts


def fetch_whole(store: Store, path: str, target: str) -> str:
    """Appends a file to the local file `target`, and returns `target`."""
    files = store.at(path)
    files.fetch(path, 0, files.facts(path).bytes, target)
    return target


def digest_file(path: str) -> str:
    """Returns the SHA-256 of a local file, in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(2**20), b""):
            digest.update(chunk)
    return digest.hexdigest()
