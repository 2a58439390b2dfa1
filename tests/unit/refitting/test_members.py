"""Tests of refitting members on more rows."""

import pytest

from podium_ml.contracts import ColumnChoice, FittedTrial
from podium_ml.models import BaggedModel, used_columns
from podium_ml.refitting import members
from podium_ml.refitting.members import refit_members
from podium_ml.run.budget import Deadline
from podium_ml.selection.model_store import Contender
from podium_ml.training.encodings import Encodings
from podium_ml.training.fit import FittedModel, Fitter
from tests.unit.training.conftest import make_problem, make_table


def test_members_keep_their_columns() -> None:
    table = make_table("binary", rows=300)
    trials = {
        ("decision_tree", number): FittedTrial(number, {}, 0.8, (0.8,), 1.0, 0.0, 1, columns=columns)
        for number, columns in enumerate(
            [ColumnChoice(), ColumnChoice("relevant", used=("size",), irrelevant=("noise", "colour"))]
        )
    }
    models = refit_members(
        Contender("weighted_ensemble", 0.8, trials),
        table,
        problem=make_problem("binary"),
        before=200,
        n_jobs=1,
        deadline=Deadline(),
        seeds={},
    )
    assert used_columns(models["decision_tree", 0]) == {"size", "noise", "colour"}
    assert used_columns(models["decision_tree", 1]) == {"size"}


def test_members_become_means_of_models_with_other_seeds() -> None:
    trials = {
        ("lightgbm", 0): FittedTrial(0, {}, 0.8, (0.8,), 1.0, 0.0, 1, rounds=(5,)),
        ("decision_tree", 0): FittedTrial(0, {}, 0.8, (0.8,), 1.0, 0.0, 1),
    }
    models = refit_members(
        Contender("weighted_ensemble", 0.8, trials),
        make_table("binary", rows=300),
        problem=make_problem("binary"),
        before=200,
        n_jobs=1,
        deadline=Deadline(),
        seeds={"lightgbm": 3},
    )
    assert {name: len(model.folds) for (name, _), model in models.items()} == {
        "lightgbm": 3,
        "decision_tree": 1,
    }


def test_networks_are_refitted_before_boosters_take_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boosters complete their rounds whatever is left, while a network would get what they leave."""
    began: list[tuple[str, float]] = []

    def fit_all(self: Fitter, encodings: Encodings, *, deadline: Deadline, **others: object) -> FittedModel:
        began.append((self.spec.name, deadline.remaining()))
        return FittedModel(BaggedModel(self.spec.name, {}, ()), 1.0, 0.0, 0.0)

    monkeypatch.setattr(Fitter, "fit_all", fit_all)
    monkeypatch.setattr(members, "_check", lambda *given, **others: None)
    trials = {
        (name, 0): FittedTrial(0, {}, 0.8, (0.8,), seconds, 0.0, 1)
        for name, seconds in [("lightgbm", 6.0), ("neural_network", 2.0)]
    }
    refit_members(
        Contender("weighted_ensemble", 0.8, trials),
        make_table("binary", rows=300),
        problem=make_problem("binary"),
        before=200,
        n_jobs=1,
        deadline=Deadline.after(100),
        seeds={},
    )
    assert [name for name, _ in began] == ["neural_network", "lightgbm"]
    assert 35 < began[0][1] <= 40
