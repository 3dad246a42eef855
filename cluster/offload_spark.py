"""Converts meshes to one OFF on Apache Spark, with the bytes that `offload convert` writes on one machine.

    spark-submit offload_spark.py [options] <inputs...> <folder>

Four steps. Each can be resumed: what a former run has finished is not done again.

plan   The inputs are divided into shards, consecutive pieces of the input: files, and ranges of large binary STL files
       and of raw triangles.
load   A task a shard: `offload import` welds it, and `offload shard vertices` lists its vertices.
weld   SQL: finds the vertices that several shards have, the seams, and their ids in the joined mesh. This is the only
       step that shuffles rows. Triangles are never shuffled.
write  A task a shard: `offload shard write` writes its part of the OFF.

Paths of local files, also on mounts that all machines share, are read by Python; those with another scheme, such as
hdfs:// and s3a://, by the file systems of Hadoop that Spark is configured for. Only Spark is needed: neither pandas nor
PyArrow. Runs on Python 3.8 and newer, and Spark 3.5 and newer.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from pathlib import Path
from typing import Sequence

HERE = Path(__file__).resolve().parent
# In cluster mode, Spark copies only this file; the others are in the archive of `offload cluster --pack`.
PACKAGE_HOME = HERE if (HERE / "offload_cluster").is_dir() else Path("offload/cluster").resolve()
sys.path.insert(0, str(PACKAGE_HOME))

from offload_cluster.errors import ClusterError, LostProcess  # noqa: E402
from offload_cluster.files import scratch_folder  # noqa: E402
from offload_cluster.run import Run  # noqa: E402


def parse_size(text: str) -> int:
    """Turns `512M` into bytes."""
    found = re.fullmatch(r"(\d+)([KMGT]?)", text.upper())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is no size; expected one such as 512M")
    return int(found.group(1)) << 10 * " KMGT".index(found.group(2) or " ")


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="offload_spark.py", description="Converts meshes to one OFF on Apache Spark."
    )
    parser.add_argument("inputs", nargs="+", help="mesh files, folders of mesh files, or quoted patterns")
    parser.add_argument("folder", help="folder of the output, which all machines reach")
    parser.add_argument(
        "--offload", default="offload", help="command that starts offload on each machine (default: offload)"
    )
    parser.add_argument(
        "--shard-size",
        type=parse_size,
        default=parse_size("512M"),
        help="bytes of a range of a large file (default: 512M)",
    )
    parser.add_argument(
        "--memory", default="512M", help="memory limit of each offload process (default: 512M)"
    )
    parser.add_argument("--compress", choices=("gzip", "zstd"), help="compress the parts of the OFF")
    parser.add_argument("--tables", action="store_true", help="also write the joined mesh as Parquet tables")
    parser.add_argument(
        "--keep-work", action="store_true", help="keep what was loaded, to add or replace inputs later"
    )
    parser.add_argument("-f", "--force", action="store_true", help="replace a mesh of other inputs")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    return parser.parse_args(arguments)


def describe_failure(error: Exception) -> str:
    """Finds the message of a task in an error of Spark, which has the stack of each process."""
    text = str(error)
    found = re.findall(r"^\s*(?:\w+\.)*(?:LostProcess|AssertionError|OSError): (.+)", text, re.MULTILINE)
    trace = re.search(r"Traceback \(most recent call last\):.*?(?=\n\s*\n|\Z)", text, re.DOTALL)
    return found[-1] if found else trace.group() if trace else text.strip()


def main(arguments: Sequence[str]) -> int:
    """Runs the program and returns its exit code."""
    options = parse_options(arguments)
    from py4j.protocol import Py4JError
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.appName("offload").config("spark.ui.showConsoleProgress", "false").getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    try:
        with scratch_folder("driver") as folder:
            # Executors get the modules as an archive.
            archive = shutil.make_archive(f"{folder}/modules", "zip", str(PACKAGE_HOME), "offload_cluster")
            spark.sparkContext.addPyFile(archive)
            Run(spark, options).run()
        return 0
    except ClusterError as error:
        message, hint = str(error), error.hint
    except (LostProcess, Py4JError) as error:
        message, hint = describe_failure(error), "repeat the command to resume; finished shards are kept"
    finally:
        spark.stop()
    print(f"offload: {message}" + (f"\nhint: {hint}" if hint else ""), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
