"""Tests of model selection, with contenders whose scores, sizes and latencies are given."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from podium_ml.contracts import Ensemble, EnsembleMember, FittedTrial
from podium_ml.errors import TrainingError
from podium_ml.metrics import resolve_metric
from podium_ml.selection.choose import Choice, Measured, choose_model
from podium_ml.selection.limits import Limits
from podium_ml.selection.model_store import Contender
from podium_ml.settings import ModelLimits
from podium_ml.tabular.algorithms import ALGORITHMS

LATENCY = {"decision_tree": 0.002, "lightgbm": 0.004, "random_forest": 0.03, "weighted_ensemble": 0.05}
SIZE = {"decision_tree": 2**20, "lightgbm": 2**22, "random_forest": 2**25}


def single(name: str, score: float) -> Contender:
    trial = FittedTrial(0, {}, score, (), 1.0, 1e-5, SIZE[name])
    interpretable = ALGORITHMS[name].interpretable
    return Contender(name, score, {(name, 0): trial}, interpretable=interpretable)


def field(scores: tuple[float, float, float] = (0.7, 0.8, 0.85), ensemble: float = 0.9) -> list[Contender]:
    singles = [single(name, score) for name, score in zip(SIZE, scores, strict=True)]
    members = {key: trial for one in singles for key, trial in one.members.items()}
    made = Ensemble("e", "weighted", (EnsembleMember("lightgbm", 0, 1.0),), ensemble)
    return [*singles, Contender("weighted_ensemble", ensemble, members, made)]


def chosen(
    contenders: list[Contender],
    near: tuple[str, ...] = (),
    tied: tuple[str, ...] = (),
    latency: Mapping[str, float] = LATENCY,
    **limits: object,
) -> Choice:
    return choose_model(
        contenders,
        Limits.of(ModelLimits.parse(limits)),
        metric=resolve_metric("roc_auc", "binary"),
        measure=lambda one: Measured(latency[one.name], one.size_bytes),
        near=near,
        tied=tied or near,
    )


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, "weighted_ensemble"),
        ({"max_latency": "40ms"}, "random_forest"),
        ({"max_latency": "4ms"}, "lightgbm"),
        ({"max_memory": "8M"}, "lightgbm"),
        ({"max_memory": "8M", "max_latency": "3ms"}, "decision_tree"),
        ({"interpretable": True}, "decision_tree"),
        ({"interpretable": False, "max_memory": "", "max_latency": ""}, "weighted_ensemble"),
    ],
)
def test_best_model_within_the_limits_is_chosen(limits: dict[str, object], expected: str) -> None:
    choice = chosen(field(), **limits)
    assert choice.winner.name == expected
    assert [one.score for one in choice.choices] == [0.9, 0.85, 0.8, 0.7]
    winner = next(one for one in choice.choices if one.name == expected)
    assert winner.eligible
    assert winner.predict_milliseconds == pytest.approx(LATENCY[expected] * 1000)


@pytest.mark.parametrize(("score", "expected"), [(1.0, "lightgbm"), (0.5, "baseline")])
def test_only_a_perfect_guess_goes_after_models_that_are_as_good(score: float, expected: str) -> None:
    guess = replace(single("decision_tree", score), name="baseline")
    latency = {**LATENCY, "baseline": 0.001}
    choice = chosen([guess, single("lightgbm", score)], near=("baseline", "lightgbm"), latency=latency)
    assert choice.winner.name == expected


def test_simpler_model_wins_ties() -> None:
    assert chosen(field((0.8, 0.8, 0.8), 0.8)).winner.name == "decision_tree"
    assert chosen(field((0.7, 0.8, 0.8), 0.8)).winner.name == "lightgbm"


def test_quickest_of_practically_equal_models_is_chosen() -> None:
    close = field((0.8995, 0.8991, 0.7), 0.9)
    assert chosen(close).winner.name == "weighted_ensemble"
    choice = chosen(close, near=("weighted_ensemble", "lightgbm", "decision_tree"))
    assert choice.winner.name == "decision_tree"
    assert "predicts quickest" in choice.reason
    assert "weighted_ensemble has 0.9" in choice.reason


def test_ensemble_goes_before_the_best_of_many_trials() -> None:
    models = field((0.7, 0.9, 0.7), 0.88)
    assert chosen(models).winner.name == "lightgbm"
    quick = {**LATENCY, "weighted_ensemble": 0.009}
    choice = chosen(models, near=("lightgbm",), tied=("lightgbm", "weighted_ensemble"), latency=quick)
    assert choice.winner.name == "weighted_ensemble"
    assert "owes less to chance" in choice.reason
    slow = chosen(models, tied=("lightgbm", "weighted_ensemble"))
    assert slow.winner.name == "lightgbm"


def test_ensemble_that_is_as_good_as_what_choosing_the_best_gives_goes_first() -> None:
    models = field((0.7, 0.9, 0.7), 0.8)
    last = models[-1]
    assert last.ensemble is not None
    first = replace(last, ensemble=replace(last.ensemble, goes_first=True))
    quick = {**LATENCY, "weighted_ensemble": 0.009}
    assert chosen(models, latency=quick).winner.name == "lightgbm"
    choice = chosen([*models[:-1], first], latency=quick)
    assert choice.winner.name == "weighted_ensemble"
    assert "what choosing the best costs" in choice.reason


def test_quicker_model_that_loses_more_than_a_trifle_is_not_chosen() -> None:
    """On few rows many models are tied, but on average the best of them is still the best."""
    choice = chosen(field((0.88, 0.89, 0.7), 0.9), near=("weighted_ensemble", "lightgbm", "decision_tree"))
    assert choice.winner.name == "weighted_ensemble"


def test_error_suggests_limits_that_admit_a_model() -> None:
    with pytest.raises(TrainingError) as caught:
        chosen(field(), max_latency="1ms")
    assert "weighted_ensemble: Takes 50 ms for one row; the limit is 1 ms" in caught.value.message
    assert "max_latency 2.2ms" in caught.value.hint
    with pytest.raises(TrainingError) as caught:
        chosen(field(), max_memory="1k", max_latency="1ms")
    assert "max_memory 1.1MiB and max_latency 2.2ms" in caught.value.hint
    with pytest.raises(TrainingError) as caught:
        chosen([single("lightgbm", 0.8)], interpretable=True)
    assert "Turn off interpretable" in caught.value.hint


def test_undefined_scores_rank_last() -> None:
    assert chosen(field((0.7, float("nan"), 0.6), float("nan"))).winner.name == "decision_tree"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, {"lightgbm": 3, "neural_network": 3}),
        ({"max_memory": "12M"}, {"lightgbm": 2, "neural_network": 4}),
        ({"max_latency": "6ms"}, {"neural_network": 2}),
        ({"max_latency": "5ms"}, {}),
    ],
)
def test_members_become_as_many_models_as_the_limits_allow(
    limits: dict[str, str], expected: dict[str, int]
) -> None:
    """Each further LightGBM takes 4 MiB, each further network less; no seed changes the tree."""
    models = [ensemble_of(lightgbm=2**22, decision_tree=2**20, neural_network=2**18)]
    choice = chosen(models, latency={"weighted_ensemble": 0.004}, **limits)
    assert choice.affordable_seeds(Limits.of(ModelLimits.parse(limits)), ALGORITHMS) == expected


def test_a_model_beyond_the_usual_limits_gets_no_other_seeds() -> None:
    choice = chosen([ensemble_of(lightgbm=2**25, xgboost=2**24)])
    assert choice.affordable_seeds(Limits(), ALGORITHMS) == {}


def ensemble_of(**sizes: int) -> Contender:
    """Return an ensemble of models of these sizes, each of which takes 1.4 ms for a row."""
    trials = {
        (name, 0): FittedTrial(0, {}, 0.8, (), 1.0, 1e-5, size, row_seconds=0.0014)
        for name, size in sizes.items()
    }
    made = Ensemble("e", "weighted", tuple(EnsembleMember(name, 0, 1 / len(sizes)) for name in sizes), 0.9)
    return Contender("weighted_ensemble", 0.9, trials, made)
