"""A standalone cluster of Spark on this machine: a master, and two workers that can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import List

from bench import DEADLINE, ROOT, SPARK_HOME, spark_environment

sys.path.insert(0, str(ROOT / "cluster"))
from offload_cluster.process import end_with_parent  # noqa: E402


class Standalone:
    """A cluster of processes on this machine."""

    def __init__(self, folder: Path) -> None:
        #: Where its workers run, and executors have their temporary files.
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"spark://127.0.0.1:{port}"
        self.started = 0
        self.workers: List[subprocess.Popen[bytes]] = []
        self.master = self._start("master.Master", "--port", str(port), "--webui-port", "0")

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [str(SPARK_HOME / "bin/spark-class"), f"org.apache.spark.deploy.{name}"]
        with self._log(self.started).open("wb") as log:
            self.started += 1
            return subprocess.Popen(
                [*command, "--host", "127.0.0.1", *arguments],
                stdout=log,
                stderr=log,
                env=spark_environment(self.folder),
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def _log(self, number: int) -> Path:
        return self.folder / f"log{number}"

    def complete(self) -> None:
        """Has two workers of one core, and forgets those that were killed."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        first = self.started
        while len(self.workers) < 2:
            work = str(self.folder / f"worker{self.started}")
            arguments = ["-c", "1", "-m", "700M", "-d", work, "--webui-port", "0", self.url]
            self.workers.append(self._start("worker.Worker", *arguments))
        end = time.monotonic() + DEADLINE
        for number in range(first, self.started):
            while "Successfully registered with master" not in self._log(number).read_text():
                assert time.monotonic() < end, self._log(number).read_text()
                time.sleep(0.1)

    def stop(self) -> None:
        for process in (*self.workers, self.master):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(DEADLINE)

    def killed_workers(self) -> int:
        """How many workers SIGKILL has ended."""
        return sum(worker.poll() == -signal.SIGKILL for worker in self.workers)

    def kill_worker(self, application: str, executor: str) -> None:
        """Kills an executor and the worker that started it."""
        for path in Path("/proc").glob("[0-9]*"):
            try:
                words = (path / "cmdline").read_bytes().decode(errors="replace").split("\0")
                status = (path / "status").read_text()
            except OSError:
                continue
            options = dict(zip(words, words[1:]))
            if options.get("--app-id") == application and options.get("--executor-id") == executor:
                parent = int(status.split("PPid:")[1].split()[0])
                assert parent in [worker.pid for worker in self.workers]
                os.kill(parent, signal.SIGKILL)
                os.kill(int(path.name), signal.SIGKILL)
                return
        raise AssertionError(f"executor {executor} of {application} was not found")
