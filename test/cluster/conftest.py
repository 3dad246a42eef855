"""Fixtures of the tests on real Spark."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Iterator

import pytest
from bench import Bench
from standalone import Standalone


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    yield Bench(tmp_path)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    started = Standalone(tmp_path_factory.mktemp("standalone"))
    yield started
    started.stop()
    shutil.rmtree(started.folder, ignore_errors=True)


@pytest.fixture
def standalone(cluster: Standalone) -> Standalone:
    """A standalone master with two workers, whatever an earlier test has killed."""
    cluster.complete()
    return cluster
