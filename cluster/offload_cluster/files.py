"""Files, local or of Hadoop, that appear complete or not at all; and folders for the files of a task."""

from __future__ import annotations

import fcntl
import glob
import os
import re
import shutil
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, List, NamedTuple, Optional, Tuple
from urllib.parse import unquote, urlparse

#: File systems on which a file appears when it is complete, and renaming it copies it.
OBJECT_STORES = ("s3", "s3a", "s3n", "gs")


class FileFacts(NamedTuple):
    """What tells one state of a file from another."""

    path: str
    bytes: int
    #: When it was changed, as the file system counts: nanoseconds or milliseconds.
    changed: int


def is_local(path: str) -> bool:
    """Whether a path is one of the machine itself, with or without file:."""
    return urlparse(path).scheme in ("", "file") or not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:/", path)


def local_path(path: str) -> str:
    """The plain absolute path of a local file."""
    return os.path.abspath(unquote(urlparse(path).path) if path.startswith("file:") else path)


def join(folder: str, *names: str) -> str:
    """Joins a folder, local or not, and names."""
    return "/".join([folder.rstrip("/"), *names])


class LocalFiles:
    """Files of the machine, or on a mount that all machines share."""

    def facts(self, path: str) -> Optional[FileFacts]:
        """Returns the facts of a file; None if there is none."""
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return None
        return FileFacts(path, found.st_size, found.st_mtime_ns)

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(path)

    def list_folder(self, path: str) -> List[str]:
        """Returns the paths in a folder; none if there is no folder."""
        try:
            return [join(path, name) for name in os.listdir(path)]
        except FileNotFoundError:
            return []

    def match(self, pattern: str) -> List[str]:
        return glob.glob(pattern, recursive=True)

    def read(self, path: str, start: int, length: int) -> bytes:
        """Returns up to `length` bytes."""
        with open(path, "rb") as file:
            file.seek(start)
            return file.read(length)

    def fetch(self, path: str, start: int, end: int, target: str) -> None:
        """Appends bytes `[start, end)` of a file to the local file `target`."""
        with open(path, "rb") as file, open(target, "ab") as out:
            file.seek(start)
            remaining = end - start
            while remaining > 0:
                chunk = file.read(min(remaining, 2**20))
                if not chunk:
                    raise OSError(f"{path}: ended {remaining} bytes early: it was changed during the run")
                out.write(chunk)
                remaining -= len(chunk)

    def put(self, source: str, path: str, partial: str) -> None:
        """Moves a local file to `path`, where it appears complete. `partial` is a free path on the same file system."""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            os.replace(source, path)
        except OSError:
            os.makedirs(os.path.dirname(partial), exist_ok=True)
            shutil.copyfile(source, partial)
            os.replace(partial, path)
            os.remove(source)

    def remove(self, path: str) -> None:
        """Removes a file or a folder with all that it holds, if there is one."""
        if os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
        elif os.path.exists(path):
            os.remove(path)


class HadoopFiles:
    """Files of Hadoop's file systems, through a Java process; the bytes of meshes do not pass through Python."""

    def __init__(self, jvm: Any, configuration: Any) -> None:
        self.jvm = jvm
        self.configuration = configuration

    def _open(self, path: str) -> Tuple[Any, Any]:
        place = self.jvm.org.apache.hadoop.fs.Path(path)
        return place.getFileSystem(self.configuration), place

    def _status(self, path: str) -> Any:
        system, place = self._open(path)
        # getFileStatus would throw for a missing file, and py4j hides of which class the error is.
        return system.getFileStatus(place) if system.exists(place) else None

    def facts(self, path: str) -> Optional[FileFacts]:
        status = self._status(path)
        return status and FileFacts(path, status.getLen(), status.getModificationTime())

    def is_folder(self, path: str) -> bool:
        status = self._status(path)
        return status is not None and status.isDirectory()

    def list_folder(self, path: str) -> List[str]:
        system, place = self._open(path)
        return (
            [entry.getPath().toString() for entry in system.listStatus(place)] if system.exists(place) else []
        )

    def match(self, pattern: str) -> List[str]:
        system, place = self._open(pattern)
        return [entry.getPath().toString() for entry in system.globStatus(place) or []]

    @contextmanager
    def _stream(self, path: str, start: int) -> Iterator[Any]:
        system, place = self._open(path)
        stream = system.open(place)
        try:
            stream.seek(start)
            yield stream
        finally:
            stream.close()

    def read(self, path: str, start: int, length: int) -> bytes:
        status = self._status(path)
        count = max(0, min(length, status.getLen() - start))
        with self._stream(path, start) as stream:
            return bytes(self.jvm.org.apache.commons.io.IOUtils.toByteArray(stream, count))

    def fetch(self, path: str, start: int, end: int, target: str) -> None:
        out = self.jvm.java.io.FileOutputStream(target, True)
        try:
            with self._stream(path, start) as stream:
                # Not copyBytes() of Hadoop: for a small number, py4j picks the one that takes the size of a buffer.
                copied = self.jvm.org.apache.commons.io.IOUtils.copyLarge(stream, out, 0, end - start)
        finally:
            out.close()
        if copied != end - start:
            raise OSError(f"{path}: ended {end - start - copied} bytes early: it was changed during the run")

    def put(self, source: str, path: str, partial: str) -> None:
        system, place = self._open(path)
        local = self.jvm.org.apache.hadoop.fs.Path("file://" + source)
        if urlparse(path).scheme in OBJECT_STORES:
            system.copyFromLocalFile(True, True, local, place)
            return
        between = self.jvm.org.apache.hadoop.fs.Path(partial)
        system.copyFromLocalFile(True, True, local, between)
        system.mkdirs(place.getParent())
        system.delete(place, False)
        if not system.rename(between, place):
            raise OSError(f"{path}: could not be renamed from {partial}")

    def remove(self, path: str) -> None:
        system, place = self._open(path)
        system.delete(place, True)


class Store:
    """Files anywhere. Starts a Java process for those of Hadoop only if there are some."""

    def __init__(self, start_hadoop: Callable[[], HadoopFiles]) -> None:
        self._local = LocalFiles()
        self._start_hadoop = start_hadoop
        self._hadoop: Optional[HadoopFiles] = None

    def at(self, path: str) -> Any:
        """Returns the file system of a path: LocalFiles or HadoopFiles, which have the same methods."""
        if is_local(path):
            return self._local
        if self._hadoop is None:
            self._hadoop = self._start_hadoop()
        return self._hadoop

    def write_text(self, path: str, text: str, work: str) -> None:
        """Writes a small file that appears complete."""
        with scratch_folder("text") as folder:
            source = join(folder, "text")
            Path(source).write_text(text)
            self.publish(source, path, work)

    def publish(self, source: str, path: str, work: str) -> None:
        """Moves a local file to `path`, where it appears complete."""
        self.at(path).put(source, path, join(work, "partial", uuid.uuid4().hex))


@contextmanager
def scratch_folder(name: str) -> Iterator[str]:
    """A folder for the files of a task, on the local disk that Spark itself uses, removed at the end.

    If the process is killed, the folder stays until Spark or the next task on the machine removes it.
    """
    parent = os.environ.get("SPARK_LOCAL_DIRS", tempfile.gettempdir()).split(",")[0]
    if os.path.basename(parent).startswith("blockmgr-"):
        # Spark's own folder within that place, of which a killed process leaves one for good.
        parent = os.path.dirname(parent)
    remove_dead_folders(parent)
    os.makedirs(parent, exist_ok=True)
    folder, lock = lock_new_folder(parent, f"offload-spark-{name}-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def lock_new_folder(parent: str, prefix: str) -> Tuple[str, int]:
    """Makes a folder that this process keeps locked; returns it with the descriptor of the lock."""
    while True:
        folder = tempfile.mkdtemp(prefix=prefix, dir=parent)
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            # A file system without locks: nobody removes the folder of a dead process.
            return folder, lock
        if os.path.isdir(folder):
            return folder, lock
        # Another task has removed it between the two calls.
        os.close(lock)


def remove_dead_folders(parent: str) -> None:
    """Removes the scratch folders of processes that were killed: the system has released their locks.

    Numbers of processes would not tell: containers that share a disk do not see those of each other.
    """
    found = glob.glob(join(glob.escape(parent), "offload-spark-*"))
    if os.path.basename(parent).startswith("executor-"):
        # Workers of a standalone cluster give each executor a folder, and remove it unless they are killed as well.
        place = os.path.dirname(os.path.dirname(parent))
        found += glob.glob(join(glob.escape(place), "spark-*", "executor-*", "offload-spark-*"))
    for folder in found:
        try:
            lock = os.open(folder, os.O_RDONLY)
        except OSError:
            # Its task has removed it, or it is another user's.
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            pass
        finally:
            os.close(lock)
