"""What artifacts say of themselves must be what Kubeflow's launcher takes."""

import math

from kfp.dsl import Model

from podium_components.metadata import annotate


def test_what_is_unknown_is_left_out() -> None:
    model = Model()
    annotate(model, {"status": "failed", "score": None, "seconds": math.nan, "n_trials": 0, "reason": ""})
    assert model.metadata == {"status": "failed", "n_trials": 0, "reason": ""}
