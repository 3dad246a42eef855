"""A folder with meshes, the runs on them, and the faults that the runs meet."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence

import pyspark
from event_log import EventLog

ROOT = Path(__file__).resolve().parents[2]
CLI = [str(ROOT / "node_modules/node/bin/node"), str(ROOT / "dist/cli.js")]
SPARK_HOME = Path(pyspark.__file__).parent
DEADLINE = 300

#: Options of Java for processes that end before optimized code would pay.
BRIEF_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

#: Stands for offload on the executors. A file named after a command and a shard has it kill a process, once.
FAULTY = """#!/bin/sh
case $1 in
  import) name=import number=$(expr "$3" : '.*/offload-spark-0*\\([0-9][0-9]*\\)-') ;;
  shard) name=$2 number=$(expr "$*" : '.*--number \\([0-9]*\\)') ;;
esac
fault="{faults}/$name-$number"
if kind=$(cat "$fault" 2>/dev/null); then
  mv "$fault" "{met}/"
  parent() {{ awk '/^PPid/ {{print $2}}' "/proc/$1/status"; }}
  executor=$(parent "$(parent $PPID)")
  case $kind in
    node) (until readlink "/proc/$$/exe" | grep -q 'node$'; do :; done; kill -9 $$) & ;;
    executor) kill -9 "$executor"; exec sleep 60 ;;
    worker) kill -9 "$(parent "$executor")" "$executor"; exec sleep 60 ;;
    stuck) exec sleep 60 ;;
  esac
fi
exec {command} "$@"
"""


def offload(*arguments: object) -> str:
    """Runs offload on this machine and returns its standard output."""
    done = subprocess.run([*CLI, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def convert(*sources: Path) -> bytes:
    """The OFF of files, converted on this machine as one mesh."""
    output = sources[0].with_suffix(".expected.off")
    offload("convert", *sources, output, "--force", "--quiet")
    return output.read_bytes()


def spark_environment(temporary: Path) -> Dict[str, str]:
    """The environment of a process of Spark: this Python, loopback, and temporary files in `temporary`."""
    own = {
        "SPARK_HOME": SPARK_HOME,
        "PYSPARK_PYTHON": sys.executable,
        "TMPDIR": temporary,
        "SPARK_LOCAL_DIRS": temporary,
    }
    return {**os.environ, **{key: str(value) for key, value in own.items()}, "SPARK_LOCAL_IP": "127.0.0.1"}


class Bench:
    """A folder with meshes, the runs on them, and the faults that the runs meet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults = folder / "faults"
        self.met = folder / "met"
        self.temporary = folder / "temporary"
        for each in (self.faults, self.met, self.temporary):
            each.mkdir()
        self.log = EventLog(folder / "events")
        self.command = folder / "offload"
        self.command.write_text(FAULTY.format(faults=self.faults, met=self.met, command=" ".join(CLI)))
        self.command.chmod(0o755)
        self.output = ""
        self.runs = False

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def fail(self, command: str, shard: int, kind: str) -> None:
        """Has a command of a shard, such as `import` or `write`, kill a process or get stuck, once."""
        (self.faults / f"{command}-{shard}").write_text(kind)

    def has_met(self, command: str, shard: int) -> bool:
        """Whether the fault of a command has happened."""
        return (self.met / f"{command}-{shard}").exists()

    def run(
        self,
        *arguments: object,
        master: str = "local[2]",
        conf: Optional[Dict[str, str]] = None,
        meanwhile: Optional[Callable[[int], None]] = None,
    ) -> int:
        """Runs offload_spark.py and returns its exit code; see execute() for `meanwhile`."""
        log = f"-Dlog4j2.configurationFile=file:{ROOT}/cluster/log4j2.properties"
        command = [str(SPARK_HOME / "bin/spark-submit"), "--master", master]
        command += ["--driver-java-options", f"{BRIEF_JAVA} {log}", *self.settings(conf)]
        command += [str(ROOT / "cluster/offload_spark.py"), "--offload", str(self.command)]
        return self.execute([*command, *map(str, arguments)], meanwhile)

    def settings(self, conf: Optional[Dict[str, str]] = None) -> List[str]:
        """Settings of Spark, as options of spark-submit."""
        settings = {
            "spark.ui.enabled": "false",
            "spark.executor.memory": "512m",
            "spark.executor.extraJavaOptions": BRIEF_JAVA,
            # A run begins when both workers are there, and soon gives up those that are not.
            "spark.cores.max": "2",
            "spark.scheduler.minRegisteredResourcesRatio": "1",
            "spark.shuffle.io.retryWait": "200ms",
            **self.log.settings,
            **(conf or {}),
        }
        return [word for item in settings.items() for word in ("--conf", "=".join(item))]

    def execute(self, command: Sequence[str], meanwhile: Optional[Callable[[int], None]] = None) -> int:
        """Runs a command and returns its exit code.

        `meanwhile` is called beside it with its process, which leads a group of its own, and must return before the
        end of the run.
        """
        self.log.clear()
        self.runs = True
        process = subprocess.Popen(
            command,
            # spark-submit itself joins both outputs of its Python.
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=spark_environment(self.temporary),
            start_new_session=True,
        )
        with ThreadPoolExecutor(1) as beside:
            done = beside.submit(meanwhile, process.pid) if meanwhile else None
            try:
                self.output, _ = process.communicate(timeout=DEADLINE)
            finally:
                self.runs = False
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
            if done:
                done.result()
        return process.returncode

    def wait(self, condition: Callable[[], object]) -> None:
        """Waits for something that must happen during a run."""
        while not condition():
            assert self.runs, f"the run ended before it happened:\n{self.output}"
            time.sleep(0.01)

    def joined(self, folder: Path) -> bytes:
        """The OFF that the parts of a folder are, as `cat` joins them."""
        return b"".join(path.read_bytes() for path in sorted((folder / "off").glob("[!.]*")))

    def leftovers(self, folder: Path, *places: Path) -> List[str]:
        """What a run left that it should have removed: files of work, temporary folders, processes.

        Spark may need some seconds to end its processes.
        """
        end = time.monotonic() + 10
        while self._leftovers(folder, *places) and time.monotonic() < end:
            time.sleep(0.1)
        return self._leftovers(folder, *places)

    def _leftovers(self, folder: Path, *places: Path) -> List[str]:
        found = [
            str(path)
            for path in folder.iterdir()
            if path.name not in ("manifest.json", "off", "vertices", "triangles")
        ]
        for place in (self.temporary, *places):
            found += map(str, place.glob("**/offload-spark-*"))
        for status in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = status.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if CLI[1] in words and any(str(self.folder) in word for word in words):
                found.append(" ".join(words))
        return found
