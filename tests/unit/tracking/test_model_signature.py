"""Tests of the MLflow signature of a model."""

import pandas as pd
import pytest

from podium_ml.contracts import Problem
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
