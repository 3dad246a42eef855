"""The event log of Spark: what ran where, what was lost, and what was spilled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional


class MapStage(NamedTuple):
    """A stage that has written the output of a shuffle."""

    #: The rows that it computes. A stage that is computed again has another number, but the same rows.
    rdd: int
    #: The executors that have its output, the first one twice if it ran two tasks.
    executors: List[str]


class EventLog:
    """The event log of the last run, also while it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        #: Settings of Spark that have it write the log. A newer Spark would divide and compress it.
        self.settings = {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": f"file://{folder}",
            "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.compress": "false",
        }

    def clear(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()

    def events(self, kind: str) -> Iterator[Dict[str, Any]]:
        """The events of a kind, such as TaskEnd, in order."""
        for path in self.folder.glob("[!.]*"):
            try:
                lines = path.read_text().split("\n")
            except FileNotFoundError:
                # Spark renames it at the end.
                continue
            # The last line is empty or incomplete.
            for line in lines[:-1]:
                if f'"SparkListener{kind}"' in line:
                    yield json.loads(line)

    def application(self) -> str:
        """The id of the application."""
        (event,) = self.events("ApplicationStart")
        return event["App ID"]

    def map_stage(self) -> Optional[MapStage]:
        """The first stage that has written the output of a shuffle, if there is one yet."""
        tasks = [event for event in self.events("TaskEnd") if event["Task Type"] == "ShuffleMapTask"]
        for event in self.events("StageCompleted"):
            stage = event["Stage Info"]
            executors = [
                task["Task Info"]["Executor ID"] for task in tasks if task["Stage ID"] == stage["Stage ID"]
            ]
            if executors:
                return MapStage(stage["RDD Info"][0]["RDD ID"], executors)
        return None

    def computed(self, rdd: int) -> int:
        """How often Spark has started to compute rows."""
        stages = [event["Stage Info"] for event in self.events("StageSubmitted")]
        return sum(stage["RDD Info"][0]["RDD ID"] == rdd for stage in stages)

    def lost_executors(self) -> List[str]:
        """The executors that ended before the run."""
        return [event["Executor ID"] for event in self.events("ExecutorRemoved")]

    def failures(self) -> List[str]:
        """Why tasks failed."""
        reasons = [event["Task End Reason"] for event in self.events("TaskEnd")]
        return [json.dumps(reason) for reason in reasons if reason["Reason"] != "Success"]

    def spilled(self) -> Dict[str, int]:
        """The bytes that tasks spilled, as they were in memory and as they were on disk."""
        kinds = ("Memory Bytes Spilled", "Disk Bytes Spilled")
        metrics = [event.get("Task Metrics") or {} for event in self.events("TaskEnd")]
        return {kind: sum(each.get(kind, 0) for each in metrics) for kind in kinds}
