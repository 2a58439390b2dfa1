"""Tests of what ``podium predict`` imports: most of its time."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.unit.forecasting.fitted import fitted, weekly

WRITTEN = Path(__file__).parents[3] / "data" / "version_0_1_0"
# Packages that training, tracking, reports or clusters need.
UNUSED = {
    *("kfp", "kubernetes", "mlflow", "matplotlib", "optuna", "skrub", "shap", "numba", "torch"),
    *("sqlalchemy", "boto3", "minio", "aiohttp", "requests", "openpyxl", "jinja2", "xgboost", "interpret"),
}
CODE = """
import sys
from podium.main import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize("model", ["churn/model.pkl", "churn"])
def test_only_what_the_model_needs_is_imported(model: str, tmp_path: Path) -> None:
    rows = pd.read_parquet(WRITTEN / "rows.parquet")
    rows.to_csv(tmp_path / "rows.csv", index=False)
    words = ["predict", str(WRITTEN / model), str(tmp_path / "rows.csv"), "--out", str(tmp_path / "out.csv")]
    done = subprocess.run([sys.executable, "-c", CODE, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(pd.read_csv(tmp_path / "out.csv")) == len(rows)
    imported = set(done.stderr.splitlines()[-1].split())
    assert {"lightgbm", "pandas"} <= imported
    assert not UNUSED & imported


def test_forecasts_need_nothing_of_training(tmp_path: Path) -> None:
    fitted(weekly(), algorithms=("baseline", "ridge_reduction")).save(tmp_path / "model.pkl")
    words = ["forecast", str(tmp_path / "model.pkl"), "--out", str(tmp_path / "out.csv")]
    done = subprocess.run([sys.executable, "-c", CODE, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(pd.read_csv(tmp_path / "out.csv")) == 14
    assert not UNUSED & set(done.stderr.splitlines()[-1].split())
