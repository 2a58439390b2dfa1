"""Tests of the stage that plans the training."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import SettingsError
from podium_ml.settings import PlanSettings, TabularSettings
from podium_ml.stages import plan_training
from podium_ml.tabular.validation.infer_problem import infer_problem

NUMBER = np.arange(100.0)


def plan(folder, target, score):
    table = pd.DataFrame({"a": NUMBER % 7, "b": NUMBER % 3, "y": target})
    inferred = infer_problem(table, TabularSettings(target="y"))
    inferred.problem.save(folder / "problem.json")
    inferred.profile.save(folder / "profile.json")
    settings = TabularSettings(target="y", target_score=score).cut(PlanSettings)
    return plan_training.run(problem=str(folder / "problem.json"), validation=str(folder), settings=settings)[
        "plan"
    ]


@pytest.mark.parametrize(
    ("target", "score", "words"),
    [
        (NUMBER % 2, "95", "AUC cannot be 95.* from 0 to 1"),
        (NUMBER**2, "-1", "RMSE cannot be -1.* at least 0"),
    ],
)
def test_target_score_must_be_possible(target, score, words, tmp_path):
    with pytest.raises(SettingsError, match=f"target_score: {words}"):
        plan(tmp_path, target, score)
    assert plan(tmp_path, target, "0.95")
