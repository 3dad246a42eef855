"""The scratch folders of tasks: those of killed processes are removed, those of running ones are not."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from bench import ROOT

sys.path.insert(0, str(ROOT / "cluster"))
from offload_cluster.files import scratch_folder  # noqa: E402

#: A task that makes a scratch folder and waits.
TASK = """
import sys
sys.path.insert(0, sys.argv[1])
from offload_cluster.files import scratch_folder
with scratch_folder("00007") as folder:
    open(folder + "/mesh.db", "w").close()
    print(folder, flush=True)
    sys.stdin.read()
"""


def start_task(local_dirs: Path) -> subprocess.Popen[str]:
    """Starts a task as Spark does: its places are the folders of Spark's blocks."""
    return subprocess.Popen(
        [sys.executable, "-c", TASK, str(ROOT / "cluster")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"SPARK_LOCAL_DIRS": str(local_dirs)},
    )


@pytest.mark.parametrize("place", ["blockmgr-1", "spark-1/executor-1/blockmgr-1"])
def test_folders_of_dead_processes_are_removed(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, dead = (start_task(tmp_path / place) for _ in range(2))
    folders = [Path(task.stdout.readline().strip()) for task in (running, dead)]
    assert [folder.parent for folder in folders] == [(tmp_path / place).parent] * 2
    dead.kill()
    assert dead.wait() == -signal.SIGKILL
    assert all((folder / "mesh.db").exists() for folder in folders)
    # The next task on the machine is one of another executor.
    monkeypatch.setenv("SPARK_LOCAL_DIRS", str(tmp_path / place.replace("executor-1", "executor-2")))
    with scratch_folder("00008") as own:
        assert [folder.exists() for folder in folders] == [True, False]
        with scratch_folder("00009"):
            assert Path(own).exists()
    running.communicate("")
    assert list(tmp_path.glob("**/offload-spark-*")) == []
