"""cluster/offload_spark.py on real Spark: the bytes of `offload convert`."""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import re
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bench import CLI, ROOT, Bench, convert, offload
from meshes import grid, shuffled, write_obj, write_raw, write_stl
from standalone import Standalone

sys.path.insert(0, str(ROOT / "cluster"))
from offload_cluster.plan import natural_key  # noqa: E402

#: Bytes of a range: 400 triangles.
RANGE = 20_000


def test_names_are_sorted_as_offload_does() -> None:
    names = [
        "a/b2",
        "a-b",
        "tile1",
        "tile1x",
        "tile01",
        "tile2",
        "tile10",
        "tile 3",
        "tile\U0001f600",
        "tile\uffee",
        "Tile",
        "1",
        "x0",
    ]
    program = (
        f"import {{ compareNatural }} from '{ROOT}/src/io/input/natural-order.ts';"
        "console.log(JSON.stringify(JSON.parse(process.argv[1]).sort(compareNatural)))"
    )
    node = [CLI[0], "--input-type=module-typescript", "--eval", program, json.dumps(names)]
    expected = json.loads(subprocess.run(node, capture_output=True, text=True, check=True).stdout)
    assert sorted(names, key=natural_key) == expected


@pytest.mark.parametrize("order", ["scan", "random"])
def test_ranges_of_an_stl_give_the_bytes_of_convert(bench: Bench, order: str) -> None:
    triangles = grid(30, 40) if order == "scan" else shuffled(grid(30, 40), 7)
    source = write_stl(bench / "mesh.stl", triangles)
    out = bench / "out"
    assert bench.run(source, out, "--shard-size", RANGE) == 0, bench.output
    expected = convert(source)
    assert bench.joined(out) == expected
    assert bench.leftovers(out) == []
    assert set(bench.log.spilled().values()) == {0}
    manifest = json.loads((out / "manifest.json").read_text())
    assert len(manifest["shards"]) == (7 if order == "random" else 6)
    assert f"{manifest['vertices']} {manifest['triangles']} 0" == expected.splitlines()[1].decode()
    for part in manifest["parts"]:
        assert hashlib.sha256((out / part["name"]).read_bytes()).hexdigest() == part["sha256"]
    if order == "scan":
        # The same command again has nothing to do; with other inputs, it does not replace the mesh.
        assert bench.run(source, out, "--shard-size", RANGE) == 0
        assert "up to date" in bench.output
        assert bench.run(source, out, "--shard-size", 2 * RANGE) == 1
        assert "use --force" in bench.output


def test_a_shard_of_another_run_is_noticed(bench: Bench) -> None:
    source = write_stl(bench / "mesh.stl", grid(30, 40))
    out = bench / "out"
    shards = out / "offload-work/shards"

    def write_shard(_: int) -> None:
        bench.wait(lambda: (shards / "00000.parquet").exists())
        shutil.copyfile(shards / "00000.parquet", shards / "00099.parquet")

    assert bench.run(source, out, "--shard-size", RANGE, meanwhile=write_shard) == 1
    assert "another run has written to it" in bench.output
    assert bench.run(source, out, "--shard-size", RANGE) == 0, bench.output
    assert bench.joined(out) == convert(source)


def test_a_shuffle_that_spills(bench: Bench) -> None:
    source = write_stl(bench / "mesh.stl", shuffled(grid(30, 40), 2))
    conf = {"spark.shuffle.spill.numElementsForceSpillThreshold": "100"}
    out = bench / "out"
    assert bench.run(source, out, "--shard-size", RANGE, conf=conf) == 0, bench.output
    assert all(size > 0 for size in bench.log.spilled().values()), bench.log.spilled()
    assert bench.joined(out) == convert(source)
    assert bench.leftovers(out) == []


def test_workers_run_the_offload_of_an_archive(bench: Bench, standalone: Standalone) -> None:
    source = write_stl(bench / "mesh.stl", shuffled(grid(30, 40), 6))
    archive = bench / "offload.tar.gz"
    offload("cluster", "--pack", archive, "--quiet")
    programs = set()

    def watch(_: int) -> None:
        while bench.runs:
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                    if (
                        len(words) > 2
                        and words[1].endswith("dist/cli.js")
                        and words[2] in ("import", "shard")
                    ):
                        if any(word.startswith(str(standalone.folder)) for word in words):
                            programs.add((process / "exe").resolve(strict=True))
                except OSError:
                    pass
            time.sleep(0.02)

    out = bench / "out"
    command = [*CLI, "cluster", source, out, "--shard-size", RANGE, "--master", standalone.url]
    command += ["--archive", archive, *bench.settings()]
    assert bench.execute(list(map(str, command)), watch) == 0, bench.output
    assert bench.joined(out) == convert(source)
    # Both workers have unpacked it, and no other Node was started.
    places = {path.relative_to(standalone.folder).parts[0] for path in programs}
    assert places == {Path(worker.args[worker.args.index("-d") + 1]).name for worker in standalone.workers}
    assert {path.parts[-2:] for path in programs} == {("offload", "node")}
    assert bench.leftovers(out, standalone.folder) == []


def test_mixed_files_are_joined_and_errors_name_shard_file_and_place(bench: Bench) -> None:
    parts = bench / "parts"
    parts.mkdir()
    pieces = [grid(20, 20, offset) for offset in (0, 5, 10, 15)]
    sources = [
        write_stl(parts / "tile1.stl", pieces[0]),
        write_raw(parts / "tile2.raw", pieces[1]),
        write_obj(parts / "tile10.obj", pieces[2]),
        parts / "tile11.ply.gz",
    ]
    ply = bench / "tile.ply"
    offload("convert", write_stl(bench / "tile.stl", pieces[3]), ply)
    sources[3].write_bytes(gzip.compress(ply.read_bytes()))
    for number, name in enumerate(
        ("ascii-solids/in.stl", "knot/expected.off", "gltf-scene/in.glb", "3mf-build/in.3mf")
    ):
        sources.append(parts / f"tile{20 + number}{Path(name).suffix}")
        shutil.copyfile(ROOT / "fixtures" / name, sources[-1])
    (parts / "notes.txt").write_text("no mesh")
    good = sources[1].read_text()
    sources[1].write_text(good + "1 2 x\n")
    whole = sources[0].read_bytes()
    broken = 84 + 50 * 500 + 12
    sources[0].write_bytes(whole[:broken] + struct.pack("<f", math.nan) + whole[broken + 4 :])
    out = bench / "out"
    arguments = [parts, out, "--shard-size", RANGE, "--compress", "gzip", "--tables"]
    assert bench.run(*arguments) == 1
    assert "load: 2 of 10 shards failed" in bench.output
    assert (
        f"shard 1: {sources[0]} (bytes 20084 to 40084): byte {broken}: x of a vertex is NaN" in bench.output
    )
    place = rf"shard 3: {sources[1]} \(bytes (\d+) to \d+\): line \d+ after byte \1: 'x' is not a number"
    assert re.search(place, bench.output), bench.output
    # Only what was changed is loaded again.
    sources[0].write_bytes(whole)
    sources[1].write_text(good)
    assert bench.run(*arguments) == 0, bench.output
    assert "load: 4 shards, 6 are loaded already" in bench.output
    for table in ("vertices", "triangles"):
        files = sorted(path.name for path in (out / table).iterdir())
        assert files == [f"{number:05}.parquet" for number in range(10)]
    assert gzip.decompress(bench.joined(out)) == convert(*sources)
    assert bench.leftovers(out) == []


def test_paths_of_hadoop(bench: Bench) -> None:
    """viewfs:// is a file system of Hadoop that needs no service; here it shows a local folder."""
    source = write_stl(bench / "mesh.stl", grid(30, 40))
    write_obj(bench / "more.obj", grid(5, 5, 7.5))
    conf = {"spark.hadoop.fs.viewfs.mounttable.mesh.link./data": f"file://{bench.folder}"}
    base = "viewfs://mesh/data"
    inputs = [f"{base}/mesh.stl", f"{base}/more.*"]
    assert bench.run(*inputs, f"{base}/out", "--shard-size", 4 * RANGE, conf=conf) == 0, bench.output
    out = bench / "out"
    assert bench.joined(out) == convert(source, bench / "more.obj")
    # Hadoop's local file system keeps checksums in hidden files.
    assert [path for path in bench.leftovers(out) if not Path(path).name.startswith(".")] == []
