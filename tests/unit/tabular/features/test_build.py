"""Tests of the feature table, the feature report and the stage ``featurize_data``."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Column, FeatureSchema, Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.contracts.targets import Targets
from podium_ml.errors import DataError
from podium_ml.files import pickles
from podium_ml.kinds.features import build_feature_table
from podium_ml.stages import featurize_data
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.features.report import render_feature_report


def make_problem(*columns: Column) -> Problem:
    return Problem(
        "shop <b>", "binary", "won", "roc_auc", columns, classes=("no", "yes"), positive_label="yes",
        weight_column="w", group_column="g", time_column="t",
    )  # fmt: skip


@pytest.fixture
def problem() -> Problem:
    return make_problem(
        Column("<script>alert(1)</script>", "categorical", "string"),
        Column("n" * 10_000, "numeric", "double"),
        Column("review", "text", "string"),
        Column("id", "dropped", "string", reason="every value is different"),
        Column("w", "weight", "double"),
        Column("g", "group", "string"),
        Column("t", "time", "timestamp[us]"),
        Column("won", "target", "string"),
    )


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "<script>alert(1)</script>": ["<i>", "b", None, "b"],
            "n" * 10_000: [1.0, 2.0, None, 1234567.0],
            "review": ["good", "", None, "bad"],
            "id": list("abcd"),
            "w": [1.0, None, -2.0, 3.0],
            "g": ["x", "y", None, "x"],
            "t": pd.to_datetime(["2024-01-03", "2024-01-01", None, "2024-01-02"]),
            "won": ["yes", "no", "no", "yes"],
        },
        index=[9, 8, 7, 6],
    )


def test_feature_table(table: pd.DataFrame, problem: Problem, tmp_path: Path) -> None:
    built = build_feature_table(Featurizer.plan(problem, table), table, problem)
    assert built.y.tolist() == [1, 0, 0, 1]
    assert built.weight is not None
    assert built.weight.tolist() == [1, 0, 0, 3]
    assert built.group is not None
    assert built.group.tolist() == [0, 1, 2, 0]
    assert built.time is not None
    assert built.time.tolist() == [3, 1, 0, 2]
    built.save(tmp_path)
    loaded = FeatureTable.load(tmp_path)
    pd.testing.assert_frame_equal(loaded.X, built.X, check_categorical=False)
    assert loaded.schema == built.schema
    targets = Targets.load(tmp_path)  # without reading the features
    for read in (loaded, targets):
        for name in ("y", "weight", "group", "time"):
            np.testing.assert_array_equal(getattr(read, name), getattr(built, name))


def test_save_and_load_targets(tmp_path: Path) -> None:
    Targets(y=np.array([0.5, 1.5]), group=np.array([3, 4])).save(tmp_path / "new" / "folder")
    read = Targets.load(tmp_path / "new" / "folder")
    assert read.y.tolist() == [0.5, 1.5]
    assert read.group is not None
    assert read.group.tolist() == [3, 4]
    assert read.weight is read.time is None
    with pytest.raises(TypeError, match="positional"):
        Targets(np.array([0.5]))  # type: ignore[misc]


def test_numeric_time_column(table: pd.DataFrame, problem: Problem) -> None:
    numbered = table.assign(t=[30.0, np.nan, 10.0, 20.0])
    built = build_feature_table(Featurizer.plan(problem, numbered), numbered, problem)
    assert built.time is not None
    assert built.time.tolist() == [3, 0, 1, 2]


def test_report_lists_all_features_and_escapes_html(table: pd.DataFrame, problem: Problem) -> None:
    featurizer = Featurizer.plan(problem, table)
    page = render_feature_report(problem, table, featurizer.transform(table), featurizer.schema)
    assert all(f"<code>{feature.name}</code>" in page for feature in featurizer.schema.features)
    assert "every value is different" in page
    assert "<script" not in page
    assert not re.search(r"(src|href)=|https?://|url\(", page)
    assert "prefers-color-scheme: dark" in page
    assert "&lt;i&gt;" in page


def test_report_without_features() -> None:
    problem = make_problem(Column("won", "target", "string"))
    table = pd.DataFrame({"won": ["yes", "no"]})
    assert "0 features" in render_feature_report(problem, table, pd.DataFrame(), FeatureSchema(()))


def test_stage(table: pd.DataFrame, problem: Problem, tmp_path: Path) -> None:
    table.to_parquet(tmp_path / "train")
    problem.save(tmp_path / "problem")
    names = ("train", "problem", "features", "featurizer", "report")
    facts = featurize_data.run(**{name: str(tmp_path / name) for name in names})
    loaded = FeatureTable.load(tmp_path / "features")
    assert facts == {"rows": 4, "columns": 4, "features": len(loaded.schema.features)}
    featurizer = pickles.load(tmp_path / "featurizer", kind="featurizer")
    assert featurizer.schema == loaded.schema
    assert "shop" in (tmp_path / "report").read_text(encoding="utf-8")


def test_stage_without_columns(tmp_path: Path) -> None:
    make_problem(Column("won", "target", "string")).save(tmp_path / "problem")
    pd.DataFrame({"won": ["yes", "no"]}).to_parquet(tmp_path / "train")
    names = ("train", "problem", "features", "featurizer", "report")
    with pytest.raises(DataError, match="No column is left"):
        featurize_data.run(**{name: str(tmp_path / name) for name in names})
