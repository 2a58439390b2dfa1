"""Tests of ``Featurizer`` on realistic and unusual tables."""

import datetime
import json
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Column, Problem
from podium_ml.tabular.features import Featurizer


def make_problem(roles: dict[str, str], **more: Any) -> Problem:
    columns = [Column(name, role, "string") for name, role in roles.items()]  # type: ignore[arg-type]
    columns.append(Column("y", "target", "int64"))
    return Problem("p", "binary", "y", "roc_auc", tuple(columns), classes=(0, 1), **more)


def shop_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "price": ["1,234", "$5", "(7)", None],
            "size": [1.5, np.inf, np.nan, -2.0],
            "paid": ["Yes", "no", "", "YES"],
            "ordered": ["2024-01-31 10:30:00", "2024-02-29 00:00:00", None, "2024-03-02 23:15:00"],
            "delivered": pd.to_datetime(["2024-02-01", "2024-03-01", "2024-03-01", None]),
            "colour": ["red", "blue", None, " red "],
            "review": ["very good", "bad, really bad", None, "ok"],
            "tags": ["a;b c", "b", None, ""],
            "y": [0, 1, 0, 1],
        }
    )


SHOP_ROLES = {
    **{
        "price": "numeric",
        "size": "numeric",
        "paid": "boolean",
        "ordered": "datetime",
        "delivered": "datetime",
    },
    **{"colour": "categorical", "review": "text", "tags": "list"},
}


@pytest.fixture
def shop() -> tuple[Featurizer, pd.DataFrame]:
    table = shop_table()
    return Featurizer.plan(make_problem(SHOP_ROLES), table), table


def test_every_role_produces_features(shop: Any) -> None:
    featurizer, table = shop
    X = featurizer.transform(table)
    assert list(X.columns) == [f.name for f in featurizer.schema.features]
    assert X["price"].tolist()[:3] == [1234, 5, -7]
    assert np.isnan(X["size"].tolist()[1])
    assert X["paid"].tolist()[:2] == [1, 0]
    assert np.isnan(X["paid"][2])
    assert X["ordered_month"].tolist()[:2] == [1, 2]
    assert X["ordered_hour"][0] == 10.5
    assert X["delivered_since_ordered"][1] == 1.0
    assert X["colour"].tolist()[0] == X["colour"].tolist()[3] == "red"
    assert X["review_words"].tolist()[:2] == [2, 3]
    assert X["tags"].tolist() == ["a_ b_c", "b_", "", ""]
    assert X["tags_items"].tolist()[:2] == [2, 1]


def test_dtypes_match_the_schema(shop: Any) -> None:
    featurizer, table = shop
    X = featurizer.transform(table)
    for feature in featurizer.schema.features:
        dtype = X[feature.name].dtype
        if feature.kind == "numeric":
            assert dtype == np.float64
        elif feature.kind == "categorical":
            assert isinstance(dtype, pd.CategoricalDtype)
            assert all(isinstance(level, str) for level in dtype.categories)
        else:
            assert dtype == "string"
            assert X[feature.name].notna().all()


def test_rows_are_transformed_independently(shop: Any) -> None:
    featurizer, table = shop
    whole = featurizer.transform(table)
    for row in range(len(table)):
        alone = featurizer.transform(table.iloc[[row]])
        pd.testing.assert_frame_equal(
            alone.astype(object), whole.iloc[[row]].reset_index(drop=True).astype(object), check_dtype=False
        )


def test_pickled_featurizer_is_small_and_equivalent(shop: Any) -> None:
    featurizer, table = shop
    dumped = pickle.dumps(featurizer)
    assert len(dumped) < 10_000
    pd.testing.assert_frame_equal(pickle.loads(dumped).transform(table), featurizer.transform(table))


def test_other_input_types_give_the_same_features() -> None:
    table = pd.DataFrame(
        {"zone": [1, 2, 3], "n": [1.5, 2.5, 3.5], "flag": [True, False, True], "y": [0, 1, 0]}
    )
    table["day"] = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-02-03"])
    roles = {"zone": "categorical", "n": "numeric", "flag": "boolean", "day": "datetime"}
    featurizer = Featurizer.plan(make_problem(roles), table)
    expected = featurizer.transform(table).astype(object)
    for other in (
        table.astype(object),
        table.astype(str),
        table.astype({"zone": float, "n": "Float64", "flag": "boolean"}),
        table.astype({"zone": "category", "n": "category", "flag": "category", "day": "category"}),
        pd.DataFrame(json.loads(table.to_json(orient="records", date_format="iso"))),
        table.assign(day=[datetime.date(2024, 1, 1), datetime.date(2024, 1, 2), datetime.date(2024, 2, 3)]),
    ):
        pd.testing.assert_frame_equal(featurizer.transform(other).astype(object), expected)


def test_reordered_extra_and_missing_columns(shop: Any) -> None:
    featurizer, table = shop
    shuffled = table[table.columns[::-1]].assign(extra=1)
    pd.testing.assert_frame_equal(featurizer.transform(shuffled), featurizer.transform(table))
    empty = featurizer.transform(table[["size"]])
    assert empty["size"][0] == 1.5
    rest = empty.drop(columns="size")
    assert (rest.isna() | (rest == "")).all().all()


def test_index_and_zero_rows(shop: Any) -> None:
    featurizer, table = shop
    assert list(featurizer.transform(table.set_index(pd.Index(list("dcba")))).index) == [0, 1, 2, 3]
    assert featurizer.transform(table.iloc[:0]).shape == (0, len(featurizer.schema.features))


NASTY_NAMES = [
    "a b", "a_b", "a[b]", "A B", '{"a": [1, 2]}', "🙂", "🙃", "", " ", "x" * 10_000, "x" * 9_999, "index", "__x__",
    "y_year", "prediction", "größe", "a\nb", "days", "1", "a__b",
]  # fmt: skip


def test_feature_names_are_unique_and_safe() -> None:
    table = pd.DataFrame({name: [1.0, 2.0] for name in NASTY_NAMES})
    featurizer = Featurizer.plan(make_problem(dict.fromkeys(NASTY_NAMES, "numeric")), table)
    names = [f.name for f in featurizer.schema.features]
    assert len({name.casefold() for name in names}) == len(NASTY_NAMES)
    assert all(name.replace("_", "a").isalnum() and len(name) < 80 and "__" not in name for name in names)
    assert featurizer.transform(table).notna().all().all()


def test_lightgbm_accepts_feature_names() -> None:
    import lightgbm

    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(40, len(NASTY_NAMES))), columns=NASTY_NAMES)
    X = Featurizer.plan(make_problem(dict.fromkeys(NASTY_NAMES, "numeric")), table).transform(table)
    lightgbm.LGBMRegressor(n_estimators=2, verbose=-1, n_jobs=1).fit(X, rng.normal(size=40))


def test_non_string_and_duplicate_column_names() -> None:
    table = pd.DataFrame([[1, 5, 9], [2, 6, 9]], columns=[0, 1, 1])
    featurizer = Featurizer.plan(make_problem({"0": "numeric", "1": "numeric"}), table)
    assert featurizer.transform(table).to_numpy().tolist() == [[1, 5], [2, 6]]


def test_special_columns_are_not_features() -> None:
    columns = (
        Column("x", "numeric", "double"),
        Column("id", "dropped", "string"),
        Column("w", "weight", "double"),
        Column("g", "group", "string"),
        Column("t", "time", "timestamp[us]"),
        Column("u", "numeric", "double", is_feature=False),
        Column("y", "target", "int64"),
    )
    problem = Problem("p", "binary", "y", "roc_auc", columns, classes=(0, 1))
    table = pd.DataFrame({c.name: [1.0, 2.0] for c in columns})
    table["t"] = pd.to_datetime(["2024-01-01", "2024-06-02"])
    sources = {f.source for f in Featurizer.plan(problem, table).schema.features}
    assert sources == {"x", "t"}


def test_numeric_time_column_stays_a_number() -> None:
    table = pd.DataFrame({"t": [1, 2, 3], "y": [0, 1, 0]})
    featurizer = Featurizer.plan(make_problem({"t": "time"}), table)
    assert [f.name for f in featurizer.schema.features] == ["t"]


def test_all_missing_columns_of_every_role() -> None:
    roles = {role: role for role in ("numeric", "boolean", "datetime", "categorical", "text", "list", "time")}
    for missing in (np.nan, None, pd.NA):
        table = pd.DataFrame({role: [missing, missing] for role in roles})
        X = Featurizer.plan(make_problem(roles), table).transform(table)
        assert (X.isna() | (X == "")).all().all()


def test_nested_values_are_accepted_in_every_role() -> None:
    values = pd.Series([{"a": 1}, [1, 2], "x\ud800", 3, None, np.array([1.0]), float("nan")], dtype=object)
    roles = {role: role for role in SHOP_ROLES.values()}
    table = pd.DataFrame({role: values.copy() for role in roles})
    featurizer = Featurizer.plan(make_problem(roles), table)
    assert len(featurizer.transform(table)) == len(values)


def test_wide_table() -> None:
    rng = np.random.default_rng(0)
    names = [f"c{i}" for i in range(2_000)]
    table = pd.DataFrame(rng.normal(size=(50, 2_000)), columns=names)
    featurizer = Featurizer.plan(make_problem(dict.fromkeys(names, "numeric")), table)
    assert featurizer.transform(table).shape == (50, 2_000)


def test_schema_is_json_serializable(shop: Any) -> None:
    featurizer, _ = shop
    assert json.dumps(featurizer.schema.to_dict())
