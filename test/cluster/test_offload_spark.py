"""cluster/offload_spark.py on real Spark: the bytes of `offload convert`, whatever is killed."""

from __future__ import annotations

import gzip
import json
import math
import os
import re
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CLI, ROOT, Bench, Standalone, offload
from meshes import grid, join_offs, shuffled, write_obj, write_raw, write_stl

sys.path.insert(0, str(ROOT / "cluster"))
from offload_cluster.plan import natural_key  # noqa: E402

#: Bytes of a range: 400 triangles.
RANGE = 20_000


def convert(source: Path) -> bytes:
    """The OFF of a file, converted on this machine."""
    output = source.with_suffix(".expected.off")
    offload("convert", source, output, "--force", "--quiet")
    return output.read_bytes()


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
    manifest = json.loads((out / "manifest.json").read_text())
    assert len(manifest["shards"]) == 7 if order == "random" else 6
    assert f"{manifest['vertices']} {manifest['triangles']} 0" == expected.splitlines()[1].decode()
    # The same command again has nothing to do; with other inputs, it does not replace the mesh.
    assert bench.run(source, out, "--shard-size", RANGE) == 0
    assert "up to date" in bench.output
    assert bench.run(source, out, "--shard-size", 2 * RANGE) == 1
    assert "use --force" in bench.output


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
    (parts / "notes.txt").write_text("no mesh")
    good = sources[1].read_text()
    sources[1].write_text(good + "1 2 x\n")
    whole = sources[0].read_bytes()
    broken = 84 + 50 * 500 + 12
    sources[0].write_bytes(whole[:broken] + struct.pack("<f", math.nan) + whole[broken + 4 :])
    out = bench / "out"
    arguments = [parts, out, "--shard-size", RANGE, "--compress", "zstd", "--tables"]
    assert bench.run(*arguments) == 1
    assert "load: 2 of 6 shards failed" in bench.output
    assert (
        f"shard 1: {sources[0]} (bytes 20084 to 40084): byte {broken}: x of a vertex is NaN" in bench.output
    )
    place = rf"shard 3: {sources[1]} \(bytes (\d+) to \d+\): line \d+ after byte \1: 'x' is not a number"
    assert re.search(place, bench.output), bench.output
    # Only what was changed is loaded again.
    sources[0].write_bytes(whole)
    sources[1].write_text(good)
    assert bench.run(*arguments) == 0, bench.output
    assert "load: 4 shards, 2 are loaded already" in bench.output
    for table in ("vertices", "triangles"):
        files = sorted(path.name for path in (out / table).iterdir())
        assert files == [f"{number:05}.parquet" for number in range(6)]
    joined = bench / "joined.off"
    joined.write_text(join_offs([convert(source).decode() for source in sources]))
    result = bench / "result.off.zst"
    result.write_bytes(bench.joined(out))
    # Reading and writing an OFF of a mesh without repeated vertices changes nothing.
    assert convert(joined) == convert(result)
    assert bench.leftovers(out) == []


def test_two_workers_survive_killed_processes(bench: Bench, standalone: Standalone) -> None:
    source = write_stl(bench / "mesh.stl", shuffled(grid(30, 40), 3))
    bench.fail("vertices", 1, "node")
    bench.fail("vertices", 4, "executor")
    bench.fail("write", 2, "node")
    bench.fail("write", 5, "executor")
    out = bench / "out"
    assert bench.run(source, out, "--shard-size", RANGE, master=standalone.url) == 0, bench.output
    assert list(bench.faults.iterdir()) == []
    assert bench.joined(out) == convert(source)
    assert bench.leftovers(out) == []


def test_an_executor_killed_in_the_shuffle_and_a_lost_worker(bench: Bench, standalone: Standalone) -> None:
    source = write_stl(bench / "mesh.stl", shuffled(grid(30, 40), 4))
    bench.fail("write", 3, "worker")
    killed = []

    def kill_executor(line: str, _: int) -> None:
        if line.startswith("weld: ") and not killed:
            killed.append(standalone.executors()[0])
            os.kill(killed[0], signal.SIGKILL)

    out = bench / "out"
    assert bench.run(source, out, "--shard-size", RANGE, master=standalone.url, on_line=kill_executor) == 0, (
        bench.output
    )
    assert len(killed) == 1 and list(bench.faults.iterdir()) == []
    assert bench.joined(out) == convert(source)
    assert bench.leftovers(out) == []


@pytest.mark.parametrize("step", ["load", "weld", "write"])
def test_a_killed_driver_is_started_again(bench: Bench, step: str) -> None:
    source = write_stl(bench / "mesh.stl", shuffled(grid(30, 40), 5))
    out = bench / "out"
    arguments = [source, out, "--shard-size", RANGE]
    if step == "weld":

        def kill(line: str, pid: int) -> None:
            if line.startswith("weld: "):
                os.killpg(pid, signal.SIGKILL)

        assert bench.run(*arguments, on_line=kill) != 0
    else:
        # With a local master, the driver is the executor.
        bench.fail("vertices" if step == "load" else "write", 4, "executor")
        assert bench.run(*arguments) != 0
    assert (out / "offload-work").exists() and not (out / "manifest.json").exists()
    if step == "load":
        # Other shards: nothing of the killed run may remain among them.
        arguments[-1] = 4 * RANGE
    assert bench.run(*arguments) == 0, bench.output
    assert ("are loaded already" in bench.output) == (step != "load"), bench.output
    assert ("are written already" in bench.output) == (step == "write")
    assert bench.joined(out) == convert(source)
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
    joined = bench / "joined.off"
    joined.write_text(join_offs([convert(path).decode() for path in (source, bench / "more.obj")]))
    assert bench.joined(out) == convert(joined)
    # Hadoop's local file system keeps checksums in hidden files.
    assert [path for path in bench.leftovers(out) if not Path(path).name.startswith(".")] == []
