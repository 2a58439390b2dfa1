"""No content of a column ends a run."""

import numpy as np
import pandas as pd
from hypothesis import given, settings

from podium_ml.settings import TabularProblem
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.validation.infer_problem import infer_problem
from tests.unit.any_columns import any_column

ROWS = 40


@settings(max_examples=40, deadline=None)
@given(any_column().filter(len))
def test_a_problem_and_features_exist_whatever_a_column_holds(column: pd.Series) -> None:
    repeated = column.iloc[np.arange(ROWS) % len(column)].reset_index(drop=True)
    table = pd.DataFrame({"x": np.arange(ROWS) % 7 * 1.5, "any": repeated, "y": np.arange(ROWS) % 2})
    found = infer_problem(table, TabularProblem(target="y"))
    assert not [result for result in found.results if "could not be checked" in result.seen]
    features = Featurizer.plan(found.problem, found.train).transform(found.train)
    assert len(features) == len(found.train)
