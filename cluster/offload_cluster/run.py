"""A run on the driver: its steps, what former runs left of them, and what it reports."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple

from .errors import ClusterError
from .files import FileFacts, HadoopFiles, Store, is_local, join, local_path
from .plan import Shard, list_inputs, plan_shards
from .process import Settings, run_offload
from .tasks import Outcome, Place, load_shard, shard_task, write_header, write_shard

#: Rows of a partition of a shuffle: about 40 MB.
PARTITION_ROWS = 1_000_000

#: What a resumed run needs, in the folder of the output. Nothing else may have this name, because it is removed.
WORK_FOLDER = "offload-work"

#: The most failed shards that are listed.
FAILURES_SHOWN = 20

#: The most shards of a run: their numbers have five digits.
SHARDS_MAX = 100_000

#: Readers of OFF commonly keep indices in 32 bits.
INDEX_MAX = 2**31 - 1


class Run:
    """A run of the program: its steps, what former runs left, and what it reports."""

    def __init__(self, spark: Any, options: argparse.Namespace) -> None:
        self.spark = spark
        self.context = spark.sparkContext
        self.options = options
        self.store = Store(lambda: HadoopFiles(self.context._jvm, self.context._jsc.hadoopConfiguration()))
        self.seconds: Dict[str, float] = {}
        folder = local_path(options.folder) if is_local(options.folder) else options.folder.rstrip("/")
        self.settings = self._settings(folder)
        self.files = self.store.at(folder)

    def _settings(self, folder: str) -> Settings:
        options = self.options
        settings = Settings(
            offload=tuple(shlex.split(options.offload)),
            version="",
            folder=folder,
            work=join(folder, WORK_FOLDER),
            memory=options.memory,
            compress=options.compress,
            tables=options.tables,
        )
        if not all(map(is_local, [*options.inputs, folder])):
            writer = self.context._jvm.java.io.StringWriter()
            self.context._jsc.hadoopConfiguration().writeXml(writer)
            extra = self.context.getConf().get("spark.executor.extraClassPath", "").split(os.pathsep)
            settings = replace(
                settings, hadoop=writer.toString(), class_path=tuple(name for name in extra if name)
            )
        return settings

    def work(self, *names: str) -> str:
        return join(self.settings.work, *names)

    def say(self, text: str) -> None:
        if not self.options.quiet:
            print(text, file=sys.stderr, flush=True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measures a step and reports its progress."""
        started = time.monotonic()
        over = threading.Event()
        reporter = threading.Thread(target=self._report, args=(name, over), daemon=True)
        reporter.start()
        try:
            yield
        finally:
            over.set()
            reporter.join()
            self.seconds[name] = round(time.monotonic() - started, 1)

    def _report(self, name: str, over: threading.Event) -> None:
        """Prints how many tasks of the current stage are done, whenever the number changes."""
        tracker = self.context.statusTracker()
        shown = ""
        while not over.wait(1.0):
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            running = [stage for stage in stages if stage is not None and stage.numTasks > 1]
            if running:
                text = f"{name}: {running[0].numCompletedTasks} of {running[0].numTasks} tasks"
                if text != shown:
                    self.say(text)
                shown = text

    def run(self) -> None:
        """Does all that no former run has done."""
        options = self.options
        with self.step("plan"):
            extensions = self._ask_offload()
            inputs = list_inputs(self.store, options.inputs, extensions)
            shards = plan_shards(self.store, inputs, options.shard_size)
        if len(shards) > SHARDS_MAX:
            raise ClusterError(
                f"{len(shards):,} shards; expected at most {SHARDS_MAX:,}",
                "raise --shard-size, or join files",
            )
        if self._is_done(shards):
            self._remove_work()
            self.say(f"{self.settings.folder}: up to date; nothing to do")
            return
        loaded = self.load(shards)
        weld = fingerprint([loaded[shard.number]["key"] for shard in shards])
        totals, places = self.weld(shards, sum(outcome["vertices"] for outcome in loaded.values()), weld)
        triangles = sum(outcome["triangles"] for outcome in loaded.values())
        if (len(places), totals["triangles"]) != (len(shards), triangles):
            # Such as a task of a killed run, on a machine that cannot know yet.
            self.files.remove(self.work("weld"))
            raise ClusterError(
                f"{self.settings.folder}: another run has written to it during this one",
                "wait until it has ended, then repeat the command",
            )
        parts = self.write(shards, places, totals, weld)
        self.finish(inputs, shards, loaded, totals, parts)

    def _ask_offload(self) -> List[str]:
        """Asks an executor, which has offload in any case, for its version; returns the extensions that it reads."""
        settings = self.settings

        def ask(_: int) -> Tuple[str, str]:
            return run_offload(settings, ["--version"]), run_offload(settings, ["formats", "--json"])

        version, formats = self.context.parallelize([0], 1).map(ask).first()
        self.settings = replace(settings, version=version.strip())
        return [extension for entry in json.loads(formats)["read"] for extension in entry["extensions"]]

    def _is_done(self, shards: Sequence[Shard]) -> bool:
        """Whether the folder has the output of these inputs. Refuses a folder with anything else."""
        folder = self.settings.folder
        path = join(folder, "manifest.json")
        facts = self.files.facts(path)
        entries = {os.path.basename(entry) for entry in self.files.list_folder(folder)}
        if facts is None:
            if entries and WORK_FOLDER not in entries:
                raise ClusterError(
                    f"{folder}: is not empty and not the output of a former run", "name a new folder"
                )
            return False
        manifest = json.loads(self.files.read(path, 0, facts.bytes))
        if manifest["fingerprint"] == self._fingerprint(shards):
            sizes = [self.files.facts(join(folder, part["name"])) for part in manifest["parts"]]
            if all(size and size.bytes == part["bytes"] for size, part in zip(sizes, manifest["parts"])):
                return True
        elif not self.options.force:
            raise ClusterError(
                f"{folder}: has a mesh of other inputs or options",
                "name a new folder, or use --force to replace the mesh",
            )
        self.files.remove(path)
        return False

    def _fingerprint(self, shards: Sequence[Shard]) -> str:
        settings = self.settings
        return fingerprint(
            [settings.version, settings.compress, settings.tables, [shard.key() for shard in shards]]
        )

    def _records(self, folder: str) -> Dict[int, Outcome]:
        """Reads what tasks of this and former runs have recorded in a folder."""
        if not self.files.list_folder(self.work(folder)):
            return {}
        path = self.work(folder)
        texts = (
            self.context.wholeTextFiles(path if not is_local(path) else "file://" + path).values().collect()
        )
        return {record["number"]: record for record in map(json.loads, texts)}

    def _run_tasks(self, tasks: List[Any], task: Callable[..., Outcome], step: str) -> List[Outcome]:
        """Runs a task for each shard. Raises ClusterError with all errors of inputs."""
        settings = self.settings
        if not tasks:
            return []
        rows = self.context.parallelize(tasks, len(tasks))
        outcomes = rows.map(lambda pair: task(settings, *pair)).collect()
        failures = [(shard, outcome) for (shard, _), outcome in zip(tasks, outcomes) if "error" in outcome]
        if failures:
            lines = [f"{step}: {len(failures)} of {len(tasks)} shards failed; the others are done"]
            lines += [
                f"  {shard}: {strip_name(outcome['error'], shard)}"
                for shard, outcome in failures[:FAILURES_SHOWN]
            ]
            if len(failures) > FAILURES_SHOWN:
                lines.append(f"  and {len(failures) - FAILURES_SHOWN} more")
            hints = [outcome["hint"] for _, outcome in failures if outcome["hint"]]
            raise ClusterError(
                "\n".join(lines), hints[0] if hints else "fix the inputs, then repeat the command"
            )
        return list(outcomes)

    def load(self, shards: Sequence[Shard]) -> Dict[int, Outcome]:
        """Loads the shards that no former run has loaded."""
        with self.step("load"):
            done = self._records("loaded")
            current = {
                shard.number: done[shard.number]
                for shard in shards
                if done.get(shard.number, {}).get("key") == {**shard.key(), "version": self.settings.version}
            }
            # Also what a killed run left of a shard that it did not finish, and that is no longer planned.
            for table in ("loaded", "databases", "local_vertices", "shards"):
                for entry in self.files.list_folder(self.work(table)):
                    if int(os.path.basename(entry)[:5]) not in current:
                        self.files.remove(entry)
            tasks = [(shard, None) for shard in shards if shard.number not in current]
            self.say(
                f"load: {count_of(len(tasks), 'shard')}"
                + (f", {len(current)} are loaded already" if current else "")
            )
            for outcome in self._run_tasks(tasks, shard_task(load_shard), "load"):
                current[outcome["number"]] = outcome
            for shard in shards:
                for warning in current[shard.number]["warnings"]:
                    self.say(f"warning: {warning}")
            return current

    def weld(self, shards: Sequence[Shard], rows: int, weld: str) -> Tuple[Dict[str, Any], Dict[int, Place]]:
        """Finds the seams and their ids. Each table is stored, so that nothing is computed twice."""
        with self.step("weld"):
            for entry in self.files.list_folder(self.work("weld")):
                if os.path.basename(entry) != weld:
                    self.files.remove(entry)
            partitions = max(self.context.defaultParallelism, -(-rows // PARTITION_ROWS))
            self.spark.conf.set("spark.sql.shuffle.partitions", partitions)
            self._read_table(
                "local_vertices", "shard LONG, vertex LONG, x DOUBLE, y DOUBLE, z DOUBLE", "local_vertices"
            )
            self._read_table(
                "shards",
                "shard LONG, vertices LONG, triangles LONG, precision STRING, sha256 STRING",
                "shards",
            )
            self._store_table("seams", "shard LONG, vertex LONG, first_shard LONG, first_vertex LONG", weld)
            self._store_table("bases", "shard LONG, fresh LONG, base LONG, first_triangle LONG", weld)
            ids = self.work("weld", weld, "seam_ids")
            if self.files.facts(join(ids, "_SUCCESS")) is None:
                table = self.spark.sql(read_sql("seam_ids")).repartition(min(len(shards), 2000), "shard")
                # Spark writes only integers as text here.
                table.write.mode("overwrite").partitionBy("shard").option("compression", "gzip").csv(
                    as_uri(ids)
                )
            totals = self.spark.sql(read_sql("totals")).first().asDict()
            bases = self.spark.table("bases").collect()
            places = {
                row["shard"]: Place(
                    row["base"], row["first_triangle"], row["fresh"], totals["positions"], weld
                )
                for row in bases
            }
            totals["seams"] = self.spark.table("seams").count()
            return totals, places

    def _read_table(self, name: str, schema: str, *place: str) -> None:
        self.spark.read.schema(schema).parquet(as_uri(self.work(*place))).createOrReplaceTempView(name)

    def _store_table(self, name: str, schema: str, weld: str) -> None:
        """Evaluates a file of SQL, unless a former run has, and makes the result a view."""
        place = self.work("weld", weld, name)
        if self.files.facts(join(place, "_SUCCESS")) is None:
            self.spark.sql(read_sql(name)).write.mode("overwrite").parquet(as_uri(place))
        self._read_table(name, schema, "weld", weld, name)

    def write(
        self, shards: Sequence[Shard], places: Dict[int, Place], totals: Dict[str, Any], weld: str
    ) -> List[Outcome]:
        """Writes the parts of the shards that no former run has written, and the header."""
        with self.step("write"):
            key = {"weld": weld, "compress": self.settings.compress, "tables": self.settings.tables}
            done = {
                number: record for number, record in self._records("written").items() if record["key"] == key
            }
            tasks = [(shard, places[shard.number]) for shard in shards if shard.number not in done]
            self.say(
                f"write: {count_of(len(tasks), 'shard')}"
                + (f", {len(done)} are written already" if done else "")
            )
            for outcome in self._run_tasks(tasks, shard_task(write_shard), "write"):
                done[outcome["number"]] = outcome
            settings, vertices, triangles = self.settings, totals["vertices"], totals["triangles"]
            header = (
                self.context.parallelize([0], 1)
                .map(lambda _: write_header(settings, vertices, triangles))
                .first()
            )
            return [
                header,
                *sorted(
                    (part for record in done.values() for part in record["parts"]),
                    key=lambda part: part["name"],
                ),
            ]

    def finish(
        self,
        inputs: Sequence[FileFacts],
        shards: Sequence[Shard],
        loaded: Dict[int, Outcome],
        totals: Dict[str, Any],
        parts: List[Outcome],
    ) -> None:
        """Writes the manifest, removes what only a resumed run needs, and prints a summary."""
        settings = self.settings
        named = {part["name"] for part in parts}
        for table in ("off", "vertices", "triangles"):
            for entry in self.files.list_folder(join(settings.folder, table)):
                if f"{table}/{os.path.basename(entry)}" not in named:
                    self.files.remove(entry)
        manifest = {
            "command": shlex.join(sys.argv[1:]),
            "version": settings.version,
            "fingerprint": self._fingerprint(shards),
            **totals,
            "compress": settings.compress,
            "inputs": [facts._asdict() for facts in inputs],
            "shards": [
                {
                    **shard.key(),
                    "vertices": loaded[shard.number]["vertices"],
                    "triangles": loaded[shard.number]["triangles"],
                }
                for shard in shards
            ],
            "parts": parts,
            "seconds": self.seconds,
        }
        self.store.write_text(
            join(settings.folder, "manifest.json"), json.dumps(manifest, indent=1) + "\n", settings.work
        )
        self._remove_work()
        size = sum(part["bytes"] for part in parts)
        steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items())
        self.say(
            f"{totals['triangles']:,} triangles, {totals['vertices']:,} vertices, {totals['seams']:,} seams between "
            f"{count_of(len(shards), 'shard')} of {count_of(len(inputs), 'file')}; {size:,} bytes written; {steps}"
        )
        if totals["vertices"] > INDEX_MAX:
            self.say(
                f"warning: {totals['vertices']:,} vertices; most readers of OFF take at most {INDEX_MAX:,}"
            )

    def _remove_work(self) -> None:
        """Removes what only a resumed run needs."""
        self.files.remove(self.work("partial") if self.options.keep_work else self.settings.work)


def count_of(count: int, noun: str) -> str:
    """A number with its noun: `1 file`, `2 files`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def as_uri(path: str) -> str:
    """A path as Spark takes it, which would look for a path without a scheme in its default file system."""
    return "file://" + path if is_local(path) else path


def strip_name(message: str, shard: Shard) -> str:
    """Removes the name of the file, which precedes the message already."""
    prefix = f"{shard.path}: "
    return message[len(prefix) :] if message.startswith(prefix) else message


def fingerprint(value: Any) -> str:
    """A short name for a value of JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def read_sql(name: str) -> str:
    """Reads a file of SQL."""
    return (Path(__file__).resolve().parent.parent / "sql" / f"{name}.sql").read_text()
