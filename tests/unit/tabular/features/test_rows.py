"""Tests of rows of features as plain arrays: they hold what the feature table holds, for one row as for many."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium_ml.contracts import Column, Problem
from podium_ml.tabular.encoders import make_encoder
from podium_ml.tabular.features import Columns, FeatureRows, Featurizer

ROLES = {
    **{
        "number": "numeric",
        "text number": "numeric",
        "flag": "boolean",
        "day": "datetime",
        "seen": "datetime",
    },
    **{"city": "categorical", "zone": "categorical", "note": "text", "tags": "list"},
}
AWKWARD: list[Any] = [
    None,
    np.nan,
    "",
    " ",
    "1",
    "1.0",
    1,
    1.0,
    True,
    "a",
    " a ",
    "🙂",
    "1,234",
    "2024-02-30",
]
PROBLEM = Problem(
    "p",
    "binary",
    "y",
    "log_loss",
    (*(Column(name, role, "string") for name, role in ROLES.items()), Column("y", "target", "int64")),  # type: ignore[arg-type]
    classes=(0, 1),
)


def training_rows(rows: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500, rows), unit="D")
    return pd.DataFrame(
        {
            "number": np.where(rng.random(rows) < 0.1, np.nan, rng.normal(size=rows)),
            "text number": [f"{value:,.1f}" for value in rng.normal(2000, 900, rows)],
            "flag": rng.choice(["yes", "no"], rows),
            "day": days,
            "seen": days.astype(str),
            "city": rng.choice(["Bern", "Rome", None], rows),
            "zone": pd.Series(rng.integers(0, 40, rows)).astype("Int64"),
            "note": rng.choice(["good wine", "bad wine", ""], rows),
            "tags": rng.choice(["red;blue", "red", ""], rows),
            "y": np.arange(rows) % 2,
        }
    )


@pytest.fixture(scope="module")
def featurizer() -> Featurizer:
    return Featurizer.plan(PROBLEM, training_rows())


@pytest.fixture(scope="module")
def encoders(featurizer: Featurizer) -> dict[str, Any]:
    table = training_rows()
    X, y = featurizer.transform(table), table["y"].to_numpy()
    return {
        needs: make_encoder(needs, schema=featurizer.schema, problem=PROBLEM, seed=0).fit(X, y)  # type: ignore[arg-type]
        for needs in ("native", "ordinal", "onehot", "target")
    }


def matrix(encoded: Any) -> np.ndarray:
    if not isinstance(encoded, pd.DataFrame):
        return np.asarray(encoded)
    plain = {
        name: column.cat.codes.where(column.notna())
        if isinstance(column.dtype, pd.CategoricalDtype)
        else column
        for name, column in encoded.items()
    }
    return pd.DataFrame(plain).to_numpy(dtype=np.float32)


def check_rows(table: pd.DataFrame, featurizer: Featurizer, encoders: dict[str, Any]) -> None:
    """Check that rows encode the same as a feature table, as a copy of one, and one by one."""
    frame, rows = featurizer.transform(table), featurizer.rows(Columns(table))
    assert len(rows) == len(frame)
    pd.testing.assert_frame_equal(rows.frame(), frame)
    singles = [featurizer.rows(Columns(table.iloc[[at]])) for at in range(len(table))]
    for encoder in encoders.values():
        expected = matrix(encoder.transform(frame))
        assert expected.shape == (len(table), len(encoder.get_feature_names_out()))
        for found in (
            encoder.transform(rows),
            encoder.transform(FeatureRows.of(frame)),
            np.concatenate([encoder.transform(one) for one in singles]),
        ):
            assert isinstance(found, np.ndarray)
            assert found.dtype == np.float32
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_training_rows(featurizer: Featurizer, encoders: dict[str, Any]) -> None:
    table = training_rows()
    check_rows(table, featurizer, encoders)
    check_rows(table.astype(object), featurizer, encoders)
    check_rows(table.astype({"city": "category", "zone": "category"}), featurizer, encoders)
    check_rows(table[["city", "number", "tags"]].head(30), featurizer, encoders)


@given(st.lists(st.tuples(*[st.sampled_from(AWKWARD)] * len(ROLES)), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_awkward_rows(featurizer: Featurizer, encoders: dict[str, Any], cells: list[tuple[Any, ...]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_rows(pd.DataFrame(cells, columns=list(ROLES), dtype=object), featurizer, encoders)


def test_columns_are_found_by_name() -> None:
    table = pd.DataFrame([[1, 2, 3]], columns=["a", 7, "a"])
    columns = Columns(table)
    assert list(columns) == ["a", "7"]
    assert (columns["a"].tolist(), columns["7"].tolist()) == ([1], [2])
    assert columns.or_missing("b").isna().all()
    pd.testing.assert_frame_equal(columns.table(["7", "a"]), pd.DataFrame([[2, 1]], columns=["7", "a"]))
