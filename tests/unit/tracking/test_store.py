"""Tests of the local MLflow database, which several processes may create at once."""

import multiprocessing
import time
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


def test_creation_that_is_killed_leaves_no_half_of_a_database(tmp_path: Path) -> None:
    """As when a user cancels the first run. MLflow cannot create the rest."""
    creation = multiprocessing.get_context("spawn").Process(target=prepare_store, args=(str(tmp_path),))
    creation.start()
    while creation.is_alive() and not any(one.stat().st_size for one in tmp_path.iterdir()):
        time.sleep(0.001)
    assert creation.is_alive()
    creation.kill()
    creation.join()
    assert not (tmp_path / "mlflow.db").exists()
    prepare_store(str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"mlflow.db"}
