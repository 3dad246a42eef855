"""Real Spark for the tests of cluster/offload_spark.py: meshes, runs, faults, and a cluster of two workers on loopback."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional

import pyspark
import pytest

ROOT = Path(__file__).resolve().parents[2]
CLI = [str(ROOT / "node_modules/node/bin/node"), str(ROOT / "dist/cli.js")]
SPARK_HOME = Path(pyspark.__file__).parent
DEADLINE = 300

#: Options of Java for processes that end before optimized code would pay.
BRIEF_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

#: Stands for offload on the executors. A file named after a command and a shard has it kill a process, once.
FAULTY = """#!/bin/sh
number=$(expr "$*" : '.*--number \\([0-9]*\\)')
fault="{faults}/$2-$number"
if [ -n "$number" ] && kind=$(cat "$fault" 2>/dev/null); then
  rm "$fault"
  parent() {{ awk '/^PPid/ {{print $2}}' "/proc/$1/status"; }}
  executor=$(parent "$(parent $PPID)")
  case $kind in
    node) (sleep 0.1; kill -9 $$) & ;;
    executor) kill -9 "$executor"; sleep 60 ;;
    worker) kill -9 "$(parent "$executor")" "$executor"; sleep 60 ;;
  esac
fi
exec {command} "$@"
"""


def offload(*arguments: object) -> str:
    """Runs offload on this machine and returns its standard output."""
    done = subprocess.run([*CLI, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Bench:
    """A folder with meshes, the runs on them, and the faults that the runs meet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults = folder / "faults"
        self.temporary = folder / "temporary"
        for each in (self.faults, self.temporary):
            each.mkdir()
        self.command = folder / "offload"
        self.command.write_text(FAULTY.format(faults=self.faults, command=" ".join(CLI)))
        self.command.chmod(0o755)
        self.output = ""

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def fail(self, command: str, shard: int, kind: str) -> None:
        """Has `offload shard <command>` of a shard kill a process, once."""
        (self.faults / f"{command}-{shard}").write_text(kind)

    def run(
        self,
        *arguments: object,
        master: str = "local[2]",
        conf: Optional[Dict[str, str]] = None,
        on_line: Callable[[str, int], None] = lambda line, pid: None,
    ) -> int:
        """Runs the program and returns its exit code; `on_line` sees each line that it prints as it appears."""
        settings = {
            "spark.ui.enabled": "false",
            "spark.executor.memory": "512m",
            "spark.driver.extraJavaOptions": f"{BRIEF_JAVA} -Dlog4j2.configurationFile=file:{ROOT}/cluster/log4j2.properties",
            "spark.executor.extraJavaOptions": BRIEF_JAVA,
            **(conf or {}),
        }
        process = subprocess.Popen(
            [
                str(SPARK_HOME / "bin/spark-submit"),
                *("--master", master),
                *(word for item in settings.items() for word in ("--conf", "=".join(item))),
                str(ROOT / "cluster/offload_spark.py"),
                *("--offload", str(self.command)),
                *map(str, arguments),
            ],
            # spark-submit itself joins both outputs of its Python.
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=spark_environment(self.temporary),
            start_new_session=True,
        )
        lines: List[str] = []
        for line in process.stdout:
            lines.append(line)
            on_line(line, process.pid)
        self.output = "".join(lines)
        return process.wait(DEADLINE)

    def joined(self, folder: Path) -> bytes:
        """The OFF that the parts of a folder are, as `cat` joins them."""
        return b"".join(path.read_bytes() for path in sorted((folder / "off").glob("[!.]*")))

    def leftovers(self, folder: Path) -> List[str]:
        """What a run left that it should have removed: files of work, temporary folders, processes."""
        found = [
            str(path)
            for path in folder.iterdir()
            if path.name not in ("manifest.json", "off", "vertices", "triangles")
        ]
        found += map(str, self.temporary.glob("**/offload-spark-*"))
        for status in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = status.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if CLI[1] in words and any(str(self.folder) in word for word in words):
                found.append(" ".join(words))
        return found


def spark_environment(temporary: Path) -> Dict[str, str]:
    """The environment of a process of Spark: this Python, loopback, and temporary files in `temporary`."""
    own = {
        "SPARK_HOME": SPARK_HOME,
        "PYSPARK_PYTHON": sys.executable,
        "TMPDIR": temporary,
        "SPARK_LOCAL_DIRS": temporary,
    }
    return {**os.environ, **{key: str(value) for key, value in own.items()}, "SPARK_LOCAL_IP": "127.0.0.1"}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    yield Bench(tmp_path)
    shutil.rmtree(tmp_path, ignore_errors=True)


class Standalone(NamedTuple):
    """A cluster of processes on this machine."""

    url: str
    #: Where its workers run.
    folder: Path

    def executors(self) -> List[int]:
        """The processes of its executors."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                is_executor = b"CoarseGrainedExecutorBackend" in (process / "cmdline").read_bytes()
                if is_executor and self.folder in (process / "cwd").resolve().parents:
                    found.append(int(process.name))
            except OSError:
                pass
        return found


@pytest.fixture(scope="module")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    """A standalone master with two workers of one core."""
    folder = tmp_path_factory.mktemp("standalone")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"spark://127.0.0.1:{port}"
    log = folder / "log"

    def start(name: str, *arguments: str) -> subprocess.Popen:
        with log.open("ab") as out:
            return subprocess.Popen(
                [
                    str(SPARK_HOME / "bin/spark-class"),
                    f"org.apache.spark.deploy.{name}",
                    "--host",
                    "127.0.0.1",
                    *arguments,
                ],
                stdout=out,
                stderr=out,
                env=spark_environment(folder),
                start_new_session=True,
            )

    started = [start("master.Master", "--port", str(port), "--webui-port", "0")]
    try:
        for number in range(2):
            work = str(folder / f"worker{number}")
            started.append(
                start("worker.Worker", "-c", "1", "-m", "700M", "-d", work, "--webui-port", "0", url)
            )
        end = time.monotonic() + DEADLINE
        while len(re.findall("Successfully registered with master", log.read_text())) < 2:
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.2)
        yield Standalone(url, folder)
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(DEADLINE)
