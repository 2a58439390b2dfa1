"""Tests of columns of categories: they stay categories, whatever the categories look like."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pytest

from podium.api import _store
from podium.run_folder import RunFolder
from podium_ml.ingestion.read import read_with_readings
from podium_ml.settings import TabularSettings
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.validation.infer_problem import infer_problem

ROWS = 120
CODES = np.arange(ROWS) % 4
COLUMNS = {
    "whole numbers": pd.Categorical(CODES * 7),
    "numbers": pd.Categorical(CODES * 1.5),
    "digits": pd.Categorical((CODES * 7).astype(str)),
    "dates": pd.Categorical(np.array(["2024-01-01", "2024-02-01", "2024-03-01", "NA"])[CODES]),
    "truths": pd.Categorical(CODES > 1),
    "bins": pd.cut(CODES * 1.0, [-1.0, 0.5, 1.5, 2.5, 3.5]),
}


def parquet(frame, folder):
    frame.to_parquet(folder / "data.parquet", index=False)
    return folder / "data.parquet"


def feather(frame, folder):
    pyarrow.feather.write_feather(pa.Table.from_pandas(frame, preserve_index=False), folder / "data.arrow")
    return folder / "data.arrow"


def in_memory(frame, folder):
    run = RunFolder.create(folder / "run", TabularSettings(target="y"))
    return _store({"source": frame}, run)["source"]


def table(values) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({"c": values, "x": rng.normal(size=ROWS), "y": rng.choice(["no", "yes"], ROWS)})


def infer(path, **settings):
    rows, readings = read_with_readings(str(path))
    return infer_problem(rows, TabularSettings(**({"target": "y"} | settings)), readings=readings)


@pytest.mark.parametrize("case", COLUMNS)
@pytest.mark.parametrize("store", [parquet, feather, in_memory])
def test_categories_stay_categories(store, case, tmp_path):
    if store is not in_memory and case == "bins":
        pytest.skip("pandas cannot store intervals")
    frame = table(COLUMNS[case])
    inferred = infer(store(frame, tmp_path))
    [column] = [one for one in inferred.problem.columns if one.name == "c"]
    assert (column.role, column.reading.category) == ("categorical", True)
    featurizer = Featurizer.plan(inferred.problem, inferred.train)
    [feature] = [one for one in featurizer.schema.features if one.source == "c"]
    seen = featurizer.transform(inferred.train)[feature.name]
    assert feature.kind == "categorical"
    assert seen.nunique() == frame["c"].nunique()
    assert set(featurizer.transform(frame)[feature.name]) == set(seen)


def test_users_and_direct_data_frames_decide_too(tmp_path):
    path = parquet(table(COLUMNS["whole numbers"]), tmp_path)
    [column] = [one for one in infer(path, types="c=numeric").problem.columns if one.name == "c"]
    assert column.role == "numeric"
    direct = infer_problem(table(COLUMNS["truths"]), TabularSettings(target="y"))
    assert [one.role for one in direct.problem.columns if one.name == "c"] == ["categorical"]


def test_target_of_categories_is_classified(tmp_path):
    path = parquet(table(pd.Categorical(np.arange(ROWS) % 30)), tmp_path)
    assert infer(path, target="c").problem.task == "multiclass"
    assert infer(path, target="c").problem.classes == tuple(range(30))
    assert infer(path, target="c", task="regression").problem.task == "regression"
