"""Common tests of the algorithms that learn all labels of sets of labels at once."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from podium_ml.run.budget import Deadline
from podium_ml.targets import Fitting, target_of
from tests.contracts.test_algorithms import AVAILABLE, N_TEST, QUICK, Data, easy

JOINT = [name for name, spec in AVAILABLE.items() if spec.joint_labels]


def sets_of_labels(name: str) -> Data:
    """Return an easy problem of three labels: one that half of the rows have, its opposite, and one that none has."""
    data = easy("binary", AVAILABLE[name].needs)
    problem = replace(
        data.problem,
        task="multilabel",
        target_type="label_sets",
        metric="f1_micro",
        classes=("no", "unknown", "yes"),
    )
    return Data(problem, data.X, np.column_stack([1 - data.y, 0 * data.y, data.y]))


def fitting(name: str, data: Data, **changes: Any) -> Fitting:
    parameters = {**QUICK.get(name, {}), **AVAILABLE[name].portfolio[0]}
    work = Fitting(
        AVAILABLE[name],
        parameters,
        data.problem,
        train=data.train,
        valid=None,
        weight=None,
        seed=0,
        n_jobs=1,
        deadline=Deadline(),
    )
    return replace(work, **changes)


@pytest.mark.parametrize("name", JOINT)
def test_learns_all_labels_at_once(name: str) -> None:
    data = sets_of_labels(name)
    target = target_of(data.problem)
    model = target.fit(fitting(name, data))
    assert len(target.estimators(model)) == 1
    X, y = data.test
    raw = target.predict(model, X, n_outputs=3)
    assert raw.shape == (N_TEST, 3)
    assert ((raw[:, [0, 2]] > 0.5) == y[:, [0, 2]]).mean() > 0.7
    assert raw[:, 1].mean() < 0.2


@pytest.mark.parametrize("name", JOINT)
def test_rounds_are_those_of_all_labels(name: str) -> None:
    data, spec = sets_of_labels(name), AVAILABLE[name]
    target = target_of(data.problem)
    (watched,) = target.estimators(target.fit(fitting(name, data, valid=data.valid)))
    assert spec.rounds is not None
    assert len(spec.rounds.losses(watched)) > 5
    limited = target.with_estimators(watched, [spec.rounds.first(watched, 60)])
    alone = target.fit(fitting(name, data, rounds=(60,)))
    X = data.valid[0]
    np.testing.assert_allclose(
        target.predict(limited, X, n_outputs=3), target.predict(alone, X, n_outputs=3), atol=1e-4
    )
