"""Tests of the local MLflow database, which several processes may create at once."""

import multiprocessing
from pathlib import Path

from podium_ml.tracking import prepare_store


def test_concurrent_creation(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=prepare_store, args=(str(tmp_path),)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [one.exitcode for one in both] == [0, 0]
    assert {path.name for path in tmp_path.iterdir()} == {"mlflow.db"}
