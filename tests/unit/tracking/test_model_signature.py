"""Tests of the model in MLflow's own format."""

import mlflow
import pandas as pd
import pytest

from podium_ml.contracts import Column, Problem, Reading
from podium_ml.tracking._model import _signature

EXAMPLE = pd.DataFrame({"size": [1.5, 2.0], "colour": ["red", "green"]})


@pytest.mark.parametrize(
    ("task", "classes", "prediction"),
    [
        ("binary", ("no", "yes"), "string"),
        ("binary", (False, True), "boolean"),
        ("multiclass", (1, 2, 3), "long"),
        ("multiclass", (0.5, 1.5, 2.5), "double"),
        ("regression", (), "double"),
        ("multilabel", ("comedy", "drama"), "string"),
    ],
)
def test_signature_columns_and_types(task: str, classes: tuple[object, ...], prediction: str) -> None:
    problem = Problem("p", task, "y", "auto", (), classes=classes)  # type: ignore[arg-type]
    signature = _signature(problem, EXAMPLE)
    assert signature.inputs.input_names() == ["size", "colour"]
    types = {column.name: column.type.name for column in signature.outputs}
    assert types == {"prediction": prediction, **{f"probability_{one}": "double" for one in classes}}


INPUTS = pd.DataFrame({
    "count": [1, 2], "size": [1.5, 2.0], "colour": ["red", "green"], "paid": [True, False],
    "day": pd.to_datetime(["2026-01-01", "2026-01-02"]), "tags": [["a"], ["b", "c"]],
})  # fmt: skip


def test_missing_values_pass_the_signature() -> None:
    problem = Problem("p", "regression", "y", "auto", ())  # type: ignore[arg-type]
    schema = _signature(problem, INPUTS).inputs
    rows = INPUTS.reindex([0, 5, 1]).reset_index(drop=True)  # the second row holds missing values only
    assert rows["count"].dtype == "float64"
    assert rows["paid"].dtype == object
    passed = mlflow.models.utils._enforce_schema(rows, schema)
    assert passed.isna().iloc[1].all()
    whole = INPUTS.assign(size=[1, 2])  # no value of this batch has decimals
    assert mlflow.models.utils._enforce_schema(whole, schema)["size"].tolist() == [1, 2]
    assert passed.columns.tolist() == INPUTS.columns.tolist()
    assert mlflow.models.utils._enforce_schema(INPUTS, schema).notna().all(axis=None)


def test_dates_in_text_reach_the_model_as_they_are_written() -> None:
    readings = {
        "day": Reading("string", pattern="%d.%m.%Y"),
        "moment": Reading("timestamp[us]", pattern="ISO8601"),
    }
    columns = tuple(Column(name, "datetime", one.type, reading=one) for name, one in readings.items())
    example = pd.DataFrame({name: pd.to_datetime(["2024-12-05"]) for name in readings})
    schema = _signature(Problem("p", "regression", "y", "auto", columns), example).inputs
    rows = pd.DataFrame({"day": ["05.12.2024"], "moment": pd.to_datetime(["2024-12-05"])})
    passed = mlflow.models.utils._enforce_schema(rows, schema)
    assert passed["day"].tolist() == ["05.12.2024"]
    assert passed["moment"].tolist() == [pd.Timestamp("2024-12-05")]


def test_columns_that_the_model_does_not_need_are_optional() -> None:
    columns = (Column("count", "numeric", "int64"), Column("size", "numeric", "double", required=False))
    schema = _signature(Problem("p", "regression", "y", "auto", columns), INPUTS[["count", "size"]]).inputs  # type: ignore[arg-type]
    assert {one.name: one.required for one in schema} == {"count": True, "size": False}
