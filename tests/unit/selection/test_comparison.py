"""Tests of the comparison of contenders by their out-of-fold predictions."""

import numpy as np
import pytest

from podium_ml.contracts import Problem, Selection
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.contracts.selection import ModelChoice
from podium_ml.contracts.targets import Targets
from podium_ml.run.budget import Deadline
from podium_ml.selection.comparison import compare
from podium_ml.selection.corrections import load_corrections, save_corrections


def shy_and_bold() -> tuple[dict[str, np.ndarray], Targets]:
    """Return two models that rank rare positives nearly alike, one with far too small probabilities, and a poor one."""
    random = np.random.default_rng(1)
    logit = random.normal(-1.5, 1.5, 1500)
    y = (random.random(1500) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    logits = {
        "bold": logit + random.normal(0, 0.2, 1500),
        "shy": logit + random.normal(0, 0.2, 1500) - 2.5,
        "poor": logit + random.normal(0, 4, 1500),
    }
    positives = {name: 1 / (1 + np.exp(-one)) for name, one in logits.items()}
    return {name: np.column_stack([1 - one, one]) for name, one in positives.items()}, Targets(y=y)


def known(oof):
    """Return out-of-fold predictions as the branches hand them over."""
    return {name: OutOfFold.of(one) for name, one in oof.items()}


@pytest.mark.parametrize("metric", ["f1", "mcc", "balanced_accuracy"])
def test_ties_are_looked_for_with_the_decisions_of_each_model(metric: str) -> None:
    oof, targets = shy_and_bold()
    problem = Problem("p", "binary", "y", metric, (), classes=(0, 1), target_type="labels")
    found = compare(known(oof), targets, problem=problem, deadline=Deadline())
    assert set(found.tied) == {"bold", "shy"}
    assert found.corrections["shy"].threshold < 0.5 * found.corrections["bold"].threshold
    assert found.score("poor") < min(found.score("shy"), found.score("bold"))


def test_each_model_gets_its_own_shift_towards_a_quantile() -> None:
    random = np.random.default_rng(0)
    centre = random.normal(10, 3, 800)
    targets = Targets(y=centre + random.normal(size=800))
    oof = {"low": centre - 2 + random.normal(0, 0.05, 800), "mean": centre + random.normal(0, 0.05, 800)}
    problem = Problem("p", "regression", "y", "quantile_loss_90", (), target_type="values")
    found = compare(known(oof), targets, problem=problem, deadline=Deadline())
    assert set(found.tied) == {"low", "mean"}
    shifted = [one.apply(oof[name], targets).mean() for name, one in found.corrections.items()]
    assert shifted[0] == pytest.approx(shifted[1], abs=0.2)


def test_corrections_are_kept(tmp_path) -> None:
    oof, targets = shy_and_bold()
    problem = Problem("p", "binary", "y", "f1", (), classes=(0, 1), target_type="labels")
    found = compare(known(oof), targets, problem=problem, deadline=Deadline()).corrections
    save_corrections(found, tmp_path)
    assert load_corrections(tmp_path) == found


def test_thresholds_of_contenders_survive_the_file(tmp_path) -> None:
    choices = (
        ModelChoice("a", 0.5, threshold=0.3),
        ModelChoice("b", 0.4, threshold=(0.2, 0.8)),
        ModelChoice("c", None),
    )
    Selection("a", "", choices).save(tmp_path / "selection.json")
    assert Selection.load(tmp_path / "selection.json").choices == choices
