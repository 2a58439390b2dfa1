"""Tests of vectors and of lists of measurements."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Problem
from podium_ml.errors import SchemaError
from podium_ml.ingestion.read import read_with_readings
from podium_ml.settings import TabularSettings
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.predictor import Predictor
from podium_ml.tabular.validation.infer_problem import infer_problem
from podium_ml.values.vectors import read_vector, vector_length

ROWS = 80
RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=(ROWS, 4))
LABELS = RNG.choice(["no", "yes"], ROWS)


def frame(values) -> pd.DataFrame:
    return pd.DataFrame({"c": pd.Series(list(values), dtype=object), "x": RNG.normal(size=ROWS), "y": LABELS})


def as_lines(path):
    rows = [{"c": row, "x": 1.0 + at % 3, "y": LABELS[at]} for at, row in enumerate(NUMBERS.tolist())]
    path.write_text("\n".join(map(json.dumps, rows)))


def as_parquet(path):
    frame(NUMBERS.tolist()).to_parquet(path)


def as_fixed_size_parquet(path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    values = pa.FixedSizeListArray.from_arrays(pa.array(NUMBERS.ravel().astype("float32")), 4)
    pq.write_table(pa.table({"c": values, "y": LABELS}), path)


def as_csv(path):
    frame(map(json.dumps, NUMBERS.tolist())).to_csv(path, index=False)


def as_csv_of_arrays(path):
    frame(NUMBERS).to_csv(path, index=False)


STORES = {
    "data.jsonl": as_lines,
    "data.parquet": as_parquet,
    "fixed.parquet": as_fixed_size_parquet,
    "data.csv": as_csv,
    "arrays.csv": as_csv_of_arrays,
}


def features_of(data: pd.DataFrame, readings=None) -> tuple[Problem, Featurizer]:
    inferred = infer_problem(data, TabularSettings(target="y"), readings=readings)
    return inferred.problem, Featurizer.plan(inferred.problem, inferred.train)


@pytest.mark.parametrize("name", STORES)
def test_vectors_become_numbers_from_any_format(name, tmp_path):
    STORES[name](tmp_path / name)
    rows, readings = read_with_readings(str(tmp_path / name))
    problem, featurizer = features_of(rows, readings)
    [column] = [one for one in problem.columns if one.name == "c"]
    assert (column.role, column.reason) == ("list", "Vectors of 4 numbers.") or name.endswith("csv")
    features = [one for one in featurizer.schema.features if one.source == "c"]
    assert [one.kind for one in features] == ["numeric"] * 4
    found = featurizer.transform(rows)[[one.name for one in features]].to_numpy()
    assert np.allclose(found, NUMBERS, atol=1e-6)
    own = featurizer.transform(frame(NUMBERS))[[one.name for one in features]].to_numpy()
    assert np.allclose(own, NUMBERS)


@pytest.mark.parametrize(
    ("values", "length"),
    [
        ([[1, 2], [3, 4]] * 10, 2),
        ([[0.5], [1.5]] * 10, 1),
        ([[1], [2]] * 10, 0),
        ([[1, 2], [3]] * 10, 0),
        ([*[[1.0, 2.0]] * 30, [1.0], None], 2),
        ([["a", "b"], ["c", "d"]] * 10, 0),
        (["[1, 2]", "[3, null]"] * 10, 2),
        (["red; blue"] * 10, 0),
        ([None] * 3, 0),
    ],
)
def test_length_of_vectors(values, length):
    assert vector_length(pd.Series(values, dtype=object)) == length


def test_lists_of_measurements_are_summarized():
    data = frame([NUMBERS[at, : 1 + at % 4].tolist() for at in range(ROWS)])
    _, featurizer = features_of(data)
    row = featurizer.transform(pd.DataFrame({"c": [[1.5, 2.5, 5.0], [], None], "x": 1.0})).filter(regex="^c_")
    assert row.loc[0].to_dict() == pytest.approx(
        {
            "c_count": 3,
            "c_mean": 3,
            "c_deviation": 1.4719601,
            "c_least": 1.5,
            "c_most": 5,
            "c_first": 1.5,
            "c_last": 5,
        }
    )
    assert row.loc[1].fillna(-1).tolist() == [0, *[-1] * 6]
    assert row.loc[2].isna().all()


def test_lists_of_ids_stay_items():
    _, featurizer = features_of(frame([[1, 5], [7], [5, 1, 3], [2]] * (ROWS // 4)))
    assert [one.kind for one in featurizer.schema.features if one.source == "c"] == ["text", "numeric"]


def test_long_vectors_are_averaged():
    data = frame(RNG.normal(size=(ROWS, 2_500)))
    _, featurizer = features_of(data)
    made = featurizer.transform(data).filter(regex="^c_").to_numpy()
    assert made.shape == (ROWS, 834)
    assert np.allclose(made[:, 0], np.stack(data["c"])[:, :3].mean(axis=1))
    assert np.allclose(made[:, -1], np.stack(data["c"])[:, -1])


class Zeros:
    """A model that reads all features."""

    def predict_raw(self, X):
        return np.zeros((len(X), 2))


def test_vectors_of_another_length_are_told():
    problem, featurizer = features_of(frame(NUMBERS))
    predictor = Predictor(problem, featurizer, Zeros(), name="zeros")
    one = {"c": [1.0, 2.0, 3.0, 4.0], "x": 1.0}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(predictor.predict_raw(one)) == 1  # a mapping of one row, whose vector is no column
    with pytest.raises(SchemaError, match="'c' should hold lists of as many numbers"):
        predictor.predict_raw({"c": [1.0], "x": 1.0})
    with pytest.warns(UserWarning, match="1 value"):
        predictor.predict_raw([one, {"c": "a b", "x": 1.0}])


def test_read_vector():
    assert read_vector(np.zeros((2, 2))) is None
    assert read_vector({"a": 1}) is None
    assert read_vector("[1, 'a']") is None
    assert read_vector([True, False]).tolist() == [1.0, 0.0]
