"""Processes that are killed at moments that are known: the bytes of `offload convert`, and nothing left over.

Names of tests that kill have `killed` in them.
"""

from __future__ import annotations

import os
import signal

import pytest
from bench import Bench, convert
from meshes import grid, shuffled, write_stl
from standalone import Standalone

#: Bytes of a range: 400 triangles.
RANGE = 20_000

#: Many short tasks after a shuffle, so that there is time to kill some.
MANY_TASKS = {"spark.default.parallelism": "10", "spark.sql.adaptive.coalescePartitions.enabled": "false"}


def test_killed_processes_of_offload_and_executors(bench: Bench, standalone: Standalone) -> None:
    source = write_stl(bench / "mesh.stl", shuffled(grid(30, 40), 3))
    faults = [
        *(("import", 1, "node"), ("vertices", 2, "node"), ("write", 3, "node")),
        *(("import", 4, "executor"), ("write", 5, "executor")),
    ]
    for fault in faults:
        bench.fail(*fault)
    out = bench / "out"
    assert bench.run(source, out, "--shard-size", RANGE, master=standalone.url) == 0, bench.output
    assert all(bench.has_met(command, shard) for command, shard, _ in faults)
    assert sum("ended by SIGKILL" in failure for failure in bench.log.failures()) == 3
    assert len(bench.log.lost_executors()) == 2
    assert bench.joined(out) == convert(source)
    assert bench.leftovers(out, standalone.folder) == []


@pytest.mark.parametrize("step", ["load", "weld", "write"])
def test_a_worker_that_is_killed_with_its_executor(bench: Bench, standalone: Standalone, step: str) -> None:
    source = write_stl(bench / "mesh.stl", shuffled(grid(30, 40), 4))
    out = bench / "out"
    stages = []

    def kill(_: int) -> None:
        bench.wait(bench.log.map_stage)
        stages.append(bench.log.map_stage())
        standalone.kill_worker(bench.log.application(), stages[0].executors[0])

    if step == "weld":
        code = bench.run(
            source, out, "--shard-size", RANGE, master=standalone.url, conf=MANY_TASKS, meanwhile=kill
        )
        # Spark had to compute again what the worker had for others.
        assert bench.log.computed(stages[0].rdd) > 1
    else:
        command = {"load": "import", "write": "write"}[step]
        bench.fail(command, 4, "worker")
        code = bench.run(source, out, "--shard-size", RANGE, master=standalone.url)
        assert bench.has_met(command, 4)
    assert code == 0, bench.output
    assert standalone.killed_workers() == 1
    assert len(bench.log.lost_executors()) == 1
    assert bench.joined(out) == convert(source)
    assert bench.leftovers(out, standalone.folder) == []


@pytest.mark.parametrize(
    ("step", "master"), [("load", "local[2]"), ("load", ""), ("weld", ""), ("write", "")]
)
def test_a_killed_driver_is_started_again(
    bench: Bench, standalone: Standalone, step: str, master: str
) -> None:
    source = write_stl(bench / "mesh.stl", shuffled(grid(30, 40), 5))
    out = bench / "out"
    arguments = [source, out, "--shard-size", RANGE]
    master = master or standalone.url
    command = {"load": "import", "weld": "", "write": "write"}[step]
    if command:
        bench.fail(command, 4, "stuck")

    def kill(process: int) -> None:
        bench.wait(bench.log.map_stage if step == "weld" else lambda: bench.has_met(command, 4))
        os.killpg(process, signal.SIGKILL)

    conf = MANY_TASKS if step == "weld" else {}
    assert bench.run(*arguments, master=master, conf=conf, meanwhile=kill) == -signal.SIGKILL
    assert (out / "offload-work").exists() and not (out / "manifest.json").exists()
    if step == "load":
        # Other shards: nothing of the killed run may remain among them.
        arguments[-1] = 4 * RANGE
    assert bench.run(*arguments, master=master) == 0, bench.output
    assert ("are loaded already" in bench.output) == (step != "load"), bench.output
    assert ("are written already" in bench.output) == (step == "write"), bench.output
    assert bench.joined(out) == convert(source)
    assert bench.leftovers(out, standalone.folder) == []
