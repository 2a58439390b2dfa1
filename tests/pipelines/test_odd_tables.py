"""Tests of runs and predictions on unusual but valid tables."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from podium.run_folder import DELIVERED
from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.slow
PODIUM = [sys.executable, "-m", "podium.main"]
# Column names that Podium uses itself.
INTERNAL = [
    "prediction",
    "probability_True",
    "fold",
    "index",
    "base",
    "output",
    "row",
    "truth",
    "y",
    "weight",
]
INTERNAL += ["group", "time", "target", "test", "source", "__row__", "__index_level_0__", "level_0"]
# Names with a special meaning in KFP, templates, shells, HTML or a library.
SPECIAL = [
    "{{$.inputs.parameters['x']}}",
    "{{ x }}",
    "%s $HOME",
    "<script>alert(1)</script>",
    "f[0]<1",
    "a,b",
]
SPECIAL += ['say "hi"', "two\nlines", "--target", "x/y\\z", "a", "A", " a ", "None", "nan", "Unnamed: 0"]


def command(*words):
    """Run the command line, check that it succeeded, and return its output."""
    done = subprocess.run([*PODIUM, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def run(folder, table, target, *words, algorithms="decision_tree"):
    """Run on a table, predict its rows, and return the folder of the run."""
    data, out = folder / "data.csv", folder / "run"
    table.to_csv(data, index=False)
    words = [*words, "--max-trials", "1", "--algorithms", algorithms, "--out", out, "--quiet"]
    command("run", data, "--target", target, *words)
    assert all((out / name).stat().st_size for name in DELIVERED)
    # This is the full report and not the fallback summary.
    assert "<h1" in (out / "report.html").read_text()
    assert "not logged to MLflow" not in (out / "logs" / "engine.log").read_text()
    board = pd.read_csv(out / "leaderboard.csv")
    assert board["status"].eq("ok").all(), board[["model", "reason"]]

    command("predict", out, data, "--proba", "--out", folder / "predictions.csv")
    predictions = pd.read_csv(folder / "predictions.csv")
    classes = sorted(table[target].unique())
    assert list(predictions.columns) == ["prediction", *(f"probability_{one}" for one in classes)]
    assert len(predictions) == len(table)
    assert (predictions["prediction"] == table[target]).mean() > 0.7
    return out


def test_odd_names_and_values(tmp_path):
    rng = np.random.default_rng(1)
    table = binary_table(200)
    table["churn"] = table["churn"] == "yes"  # a boolean target
    table["noise"] = table["noise"].mask(table.index == 3, np.inf).mask(table.index == 4, -np.inf)
    table["nothing"] = None
    for name in [*INTERNAL, *SPECIAL, "🙂 mood", "日本語"]:
        table[name] = rng.normal(size=len(table)).round(3)
    table["long" * 2500] = rng.choice(list("abc"), len(table))
    table.insert(2, "", rng.normal(size=len(table)))
    table.insert(5, " ", rng.integers(0, 5, len(table)))
    out = run(tmp_path, table, "churn", algorithms="decision_tree,lightgbm")

    assert "row 2: " in command("explain", out, tmp_path / "data.csv", "--limit", "2", "--top", "99")
    command("explain", out, tmp_path / "data.csv", "--out", tmp_path / "explained.csv")
    explained = pd.read_csv(tmp_path / "explained.csv")
    assert {"base", "output", "🙂 mood", "column_3", "column_6", "long" * 2500} <= set(explained.columns)
    assert list(explained.columns[-2:]) == ["base_", "output_"]
    np.testing.assert_allclose(explained.drop(columns="output_").sum(axis=1), explained["output_"])


def test_target_named_prediction_and_unique_categories(tmp_path):
    rng = np.random.default_rng(1)
    table = binary_table(200).rename(columns={"churn": "prediction"})
    table["shop"] = [f"shop {number} {rng.integers(1e9)}" for number in range(200)]
    table["code"] = [f"{number:05d}" for number in rng.permutation(200)]
    table["word"] = ["".join(rng.choice(list("abcdefghij"), 8)) for _ in range(200)]
    run(tmp_path, table, "prediction")


def test_one_informative_column_and_unique_categories(tmp_path):
    rng = np.random.default_rng(1)
    table = binary_table(200)[["plan"]]
    table["fold"] = np.where((table["plan"] == "basic") ^ (rng.random(200) < 0.1), "yes", "no")
    for name in "abc":
        table[name] = ["".join(rng.choice(list("abcdefghij"), 8)) for _ in range(200)]
    run(tmp_path, table, "fold")


def test_many_more_columns_than_rows(tmp_path):
    rng = np.random.default_rng(1)
    values = rng.normal(size=(200, 2000)).round(3)
    table = pd.DataFrame(values, columns=[f"c{number}" for number in range(2000)])
    signal = table["c7"] + table["c70"] + rng.normal(scale=0.3, size=200)
    out = run(tmp_path, table.assign(churn=np.where(signal > 0, "yes", "no")), "churn", "--time-limit", "2m")
    importance = pd.read_csv(out / "importance.csv")
    assert {"c7", "c70"} <= set(importance["column"].head(5))
