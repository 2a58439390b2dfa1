"""Tests of complete runs on data in an object store."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.pipelines.tables import binary_table

pytestmark = [pytest.mark.slow, pytest.mark.minio]
PODIUM = [sys.executable, "-m", "podium.main"]
RUN = ["run", "s3://lake/churn/{date}/", "--target", "churn", "--name", "churn", "--skip-unchanged"]
QUICK = ["--algorithms", "decision_tree", "--max-trials", "1"]


@pytest.fixture
def lake(s3: Any) -> Any:
    """Return a store client, with data for yesterday, today and tomorrow in case the test runs past midnight."""
    s3.create_bucket(Bucket="lake")
    today = datetime.now(UTC).date()
    for day in pd.date_range(today - pd.Timedelta(days=1), periods=3):
        put(s3, f"churn/{day:%Y-%m-%d}/part 1.csv", binary_table(220))
    return s3


def put(s3: Any, key: str, table: pd.DataFrame) -> None:
    s3.put_object(Bucket="lake", Key=key, Body=table.to_csv(index=False).encode())


def podium(folder: Path, *words: str) -> str:
    done = subprocess.run([*PODIUM, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_run_is_repeated_only_when_objects_changed(lake: Any, tmp_path: Path) -> None:
    podium(tmp_path, *RUN, *QUICK, "--out", "first")
    (rows,) = [line for line in podium(tmp_path, "report", "first").splitlines() if line]
    assert Path(tmp_path, rows).is_file()
    assert "Unchanged" in podium(tmp_path, *RUN, *QUICK, "--out", "again")
    for key in [one["Key"] for one in lake.list_objects_v2(Bucket="lake")["Contents"]]:
        put(lake, key.replace("part 1", "part 2"), binary_table(300, seed=1))
    assert "Unchanged" not in podium(tmp_path, *RUN, *QUICK, "--out", "more")
    assert (tmp_path / "more" / "model.pkl").is_file()
    put(lake, "new.csv", binary_table(7, seed=2).drop(columns="churn"))
    podium(tmp_path, "predict", "more", "s3://lake/new.csv", "--out", "predictions.csv")
    assert len(pd.read_csv(tmp_path / "predictions.csv")) == 7
