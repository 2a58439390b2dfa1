"""Tests of refitting members on more rows."""

import math
from dataclasses import replace

import pytest

from podium_ml.contracts import ColumnChoice, Ensemble, EnsembleMember, FittedTrial
from podium_ml.models import BaggedModel, used_columns
from podium_ml.refitting import members
from podium_ml.refitting.members import NotRefittedError, Refit, members_in_time, refit_members
from podium_ml.run.budget import Deadline
from podium_ml.selection.model_store import Contender
from podium_ml.training.encodings import Encodings
from podium_ml.training.fit import FittedModel, Fitter
from podium_ml.training.interruption import OutOfTimeError
from tests.unit.training.conftest import make_problem, make_table


def contender(**seconds: float) -> Contender:
    """Return an ensemble of trials that took so many seconds, with equal weights."""
    members = {(name, 0): FittedTrial(0, {}, 0.8, (0.8,), each, 0.0, 1) for name, each in seconds.items()}
    return Contender("weighted_ensemble", 0.8, members)


def refit(
    chosen: Contender,
    *,
    deadline: Deadline | None = None,
    seeds: dict[str, int] | None = None,
    partly: bool = False,
) -> Refit:
    return refit_members(
        chosen,
        make_table("binary", rows=300),
        problem=make_problem("binary"),
        before=200,
        n_jobs=1,
        deadline=deadline or Deadline(),
        seeds=seeds or {},
        partly=partly,
    )


def test_members_keep_their_columns() -> None:
    trials = {
        ("decision_tree", number): FittedTrial(number, {}, 0.8, (0.8,), 1.0, 0.0, 1, columns=columns)
        for number, columns in enumerate(
            [ColumnChoice(), ColumnChoice("relevant", used=("size",), irrelevant=("noise", "colour"))]
        )
    }
    models = refit(Contender("weighted_ensemble", 0.8, trials)).models
    assert used_columns(models["decision_tree", 0]) == {"size", "noise", "colour"}
    assert used_columns(models["decision_tree", 1]) == {"size"}


def test_members_become_means_of_models_with_other_seeds() -> None:
    trials = {
        ("lightgbm", 0): FittedTrial(0, {}, 0.8, (0.8,), 1.0, 0.0, 1, rounds=(5,)),
        ("decision_tree", 0): FittedTrial(0, {}, 0.8, (0.8,), 1.0, 0.0, 1),
    }
    models = refit(Contender("weighted_ensemble", 0.8, trials), seeds={"lightgbm": 3}).models
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
    refit(contender(lightgbm=6.0, neural_network=2.0), deadline=Deadline.after(100))
    assert [name for name, _ in began] == ["neural_network", "lightgbm"]
    assert 35 < began[0][1] <= 40


def test_members_with_the_most_weight_for_their_time_are_refitted() -> None:
    weights = [
        EnsembleMember("lightgbm", 0, 0.5),
        EnsembleMember("tabm", 0, 0.3),
        EnsembleMember("ridge", 0, 0.2),
    ]
    ensemble = Ensemble("weighted_ensemble", "weighted", tuple(weights), 0.8)
    chosen = replace(contender(lightgbm=10.0, tabm=20.0, ridge=1.0), ensemble=ensemble)
    assert members_in_time(chosen, seconds=12.5, rows=100, before=100) == [("ridge", 0), ("lightgbm", 0)]
    assert members_in_time(chosen, seconds=12.5, rows=200, before=100) == [("ridge", 0)]
    assert set(members_in_time(chosen, seconds=math.inf, rows=100, before=100)) == chosen.members.keys()
    assert not members_in_time(chosen, seconds=0.5, rows=100, before=100)


def test_members_without_time_stay_as_they_are() -> None:
    done = refit(contender(decision_tree=0.1, lightgbm=1e6), deadline=Deadline.after(60), partly=True)
    assert list(done.models) == [("decision_tree", 0)]
    assert done.late == ["lightgbm"]
    assert done.remarks() == ["There was no time for lightgbm.", "What was not refitted stays as it was."]


def lightgbm_raises(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let fits of LightGBM fail, and all others succeed at once."""

    def fit_all(self: Fitter, *given: object, **others: object) -> FittedModel:
        if self.spec.name == "lightgbm":
            raise error
        return FittedModel(BaggedModel(self.spec.name, {}, ()), 1.0, 0.0, 0.0)

    monkeypatch.setattr(Fitter, "fit_all", fit_all)
    monkeypatch.setattr(members, "_check", lambda *given, **others: None)


def test_members_that_take_too_long_are_told_as_those_without_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lightgbm_raises(OutOfTimeError("Too late."), monkeypatch)
    done = refit(contender(decision_tree=0.1, lightgbm=0.1), deadline=Deadline.after(60), partly=True)
    assert done.remarks()[0] == "There was no time for lightgbm."
    assert not done.failed
    with pytest.raises(NotRefittedError, match="lightgbm took longer than the time limit leaves"):
        refit(contender(lightgbm=0.1), deadline=Deadline.after(60))


def test_members_that_fail_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    lightgbm_raises(ValueError("No tree."), monkeypatch)
    chosen = contender(decision_tree=0.1, lightgbm=0.1)
    done = refit(chosen, deadline=Deadline.after(60), partly=True)
    assert list(done.models) == [("decision_tree", 0)]
    assert done.remarks()[0] == "lightgbm failed: ValueError: No tree."
    assert not refit(contender(decision_tree=0.1), deadline=Deadline.after(60), partly=True).remarks()
    with pytest.raises(NotRefittedError, match="No tree"):
        refit(chosen, deadline=Deadline.after(60))
    with pytest.raises(NotRefittedError, match="No tree"):
        refit(contender(lightgbm=0.1), deadline=Deadline.after(60), partly=True)
