"""Types that the user sets override what the values look like."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import SettingsError
from podium_ml.settings import TabularProblem
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.validation.infer_problem import infer_problem

ROWS = 100
TABLE = pd.DataFrame(
    {
        "code": [f"c{n:04}x" for n in range(ROWS)],
        "zip": np.arange(ROWS) % 7 + 10_115,
        "row": np.arange(ROWS),
        "word": np.resize(["red", "green"], ROWS),
        "year": np.arange(ROWS) % 30 + 1990,
        "stray": [str(n % 9) if n % 2 else "none of these" for n in range(ROWS)],
        "x": np.random.default_rng(0).normal(size=ROWS),
        "y": np.arange(ROWS) % 2,
    }
)


def found_roles(**types: str) -> dict[str, str]:
    problem = infer_problem(TABLE, TabularProblem(target="y", types=types)).problem  # type: ignore[arg-type]
    return {column.name: column.role for column in problem.columns}


def test_every_type_overrides_the_values() -> None:
    types = {"code": "category", "zip": "category", "row": "numeric", "word": "text", "year": "date"}
    roles = found_roles(**types, stray="numeric", x="ignore")
    expected = {"code": "categorical", "zip": "categorical", "row": "numeric", "word": "text"}
    assert expected.items() <= roles.items()
    assert roles["year"] == "datetime"
    assert roles["stray"] == "numeric"
    assert roles["x"] == "dropped"
    assert found_roles()["code"] == "dropped"
    assert found_roles(word="id")["word"] == "dropped"


def test_features_are_made_of_the_set_type() -> None:
    found = infer_problem(TABLE, TabularProblem(target="y", types="zip=category, year=date, word=text"))
    schema = Featurizer.plan(found.problem, found.train).schema
    kinds = {feature.name: feature.kind for feature in schema.features}
    assert kinds["zip"] == "categorical"
    assert kinds["year_days"] == "numeric"
    assert kinds["word"] == "text"


def test_type_of_the_target_decides_the_task() -> None:
    table = TABLE.assign(y=np.arange(ROWS) % 4)
    for kind, task in (("numeric", "regression"), ("category", "multiclass")):
        assert infer_problem(table, TabularProblem(target="y", types=f"y={kind}")).problem.task == task


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ("word=numeric", "types: 'word' holds no numbers, e.g. 'red'"),
        ("word=date", "types: 'word' holds no dates, e.g. 'red'"),
        ("wrod=text", "types: there is no column 'wrod'. Did you mean 'word'"),
        ("zip=text", "types: 'zip' is also the time, group or weight column"),
    ],
)
def test_impossible_types_are_refused(types: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        infer_problem(TABLE, TabularProblem(target="y", group_column="zip", types=types))
