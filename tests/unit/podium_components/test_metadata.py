"""Tests that artifact metadata is valid for Kubeflow's launcher."""

import math

from kfp.dsl import Model

from podium_components.metadata import annotate


def test_unknown_values_are_left_out() -> None:
    model = Model()
    annotate(model, {"status": "failed", "score": None, "seconds": math.nan, "n_trials": 0, "reason": ""})
    assert model.metadata == {"status": "failed", "n_trials": 0, "reason": ""}
