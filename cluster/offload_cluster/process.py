"""What the tasks of a run have in common, and the processes that they start: offload, and Java."""

from __future__ import annotations

import ctypes
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Iterator, List, Optional, Sequence, Tuple

from .errors import ClusterError, LostProcess
from .files import HadoopFiles, Store, join

#: Exit codes of offload after an error that another try would meet again.
FINAL_EXIT_CODES = (1, 2)


@dataclass(frozen=True)
class Settings:
    """What the tasks of a run have in common."""

    #: The command that starts offload on each machine.
    offload: Tuple[str, ...]
    version: str
    folder: str
    work: str
    memory: str
    compress: Optional[str]
    tables: bool
    #: The configuration of Hadoop as XML, and the places of classes that Spark was given; empty for local files.
    hadoop: str = ""
    class_path: Tuple[str, ...] = ()


def end_with_parent() -> None:
    """Has Linux kill this process when its parent ends, so that no offload outlives a killed executor."""
    if sys.platform == "linux":
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)


def run_offload(settings: Settings, arguments: Sequence[str]) -> str:
    """Runs a command of offload and returns its standard output.

    Raises ClusterError with its message if it fails, and LostProcess if it was killed or could not start.
    """
    from pyspark import SparkFiles

    # Spark unpacks archives beside its own files.
    unpacked = [os.path.join(SparkFiles.getRootDirectory(), word) for word in settings.offload]
    command = [path if os.path.exists(path) else word for path, word in zip(unpacked, settings.offload)]
    try:
        done = subprocess.run(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            preexec_fn=end_with_parent,
        )
    except OSError as error:
        raise LostProcess(f"{shlex.join(settings.offload)}: {error.strerror}") from error
    if done.returncode == 0:
        return done.stdout
    message = done.stderr.strip()
    found = re.search(r"^offload: (.*?)(?:\nhint: (.*))?\Z", message, re.DOTALL | re.MULTILINE)
    if found and done.returncode in FINAL_EXIT_CODES:
        raise ClusterError(*found.groups())
    name = signal.Signals(-done.returncode).name if done.returncode < 0 else f"exit code {done.returncode}"
    raise LostProcess(
        f"offload {arguments[0]} ended by {name} on {socket.gethostname()} {message[-2000:]}".strip()
    )


@contextmanager
def executor_store(settings: Settings) -> Iterator[Store]:
    """A store for a task. Python has no access to Java on an executor, so the task starts a Java process of its own."""
    with ExitStack() as stack:

        def start() -> HadoopFiles:
            from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway

            jars = [*settings.class_path, *executor_class_path()]
            # The process ends at the end of its input, also if this one is killed.
            port, token, process = launch_gateway(
                # It must exist; the jar itself is among the others.
                jarpath=".",
                classpath=os.pathsep.join(jars),
                die_on_exit=True,
                enable_auth=True,
                return_proc=True,
                java_path=None,
            )
            gateway = JavaGateway(gateway_parameters=GatewayParameters(port=port, auth_token=token))
            for end in (process.wait, process.stdin.close, gateway.shutdown):
                stack.callback(end)
            jvm = gateway.jvm
            configuration = jvm.org.apache.hadoop.conf.Configuration(False)
            configuration.addResource(jvm.java.io.ByteArrayInputStream(settings.hadoop.encode()))
            return HadoopFiles(jvm, configuration)

        yield Store(start)


def executor_class_path() -> List[str]:
    """Where the Java classes of Spark and Hadoop are on an executor."""
    from pyspark import SparkFiles
    from pyspark.find_spark_home import _find_spark_home

    named = os.environ.get("CLASSPATH", "").split(os.pathsep) + os.environ.get(
        "SPARK_DIST_CLASSPATH", ""
    ).split(os.pathsep)
    home = os.environ.get("SPARK_HOME") or _find_spark_home()
    folders = [join(home, "jars"), "__spark_libs__", SparkFiles.getRootDirectory()]
    return [name for name in named if name] + [
        join(folder, "*") for folder in folders if os.path.isdir(folder)
    ]
