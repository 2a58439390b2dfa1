"""Tests of the comparison of the test score with the out-of-fold score, and of the model with the baseline."""

from dataclasses import replace

import numpy as np

from podium_ml.contracts import ModelChoice, Selection
from podium_ml.contracts.targets import Targets
from podium_ml.evaluation.bootstrap import Answer, Bootstrap
from podium_ml.evaluation.evaluate import Answers, Entrant, evaluate
from podium_ml.evaluation.promise import Promise
from podium_ml.metrics import problem_metric, resolve_metric
from podium_ml.run.budget import Deadline
from tests.unit.evaluation.conftest import make_problem

PROBLEM = replace(make_problem("binary"), metric="roc_auc")


def rows(number, skill, seed, **targets):
    """Return targets of two classes and predictions with some skill."""
    random = np.random.default_rng(seed)
    y = (random.random(number) < 0.3).astype(np.int64)
    odds = skill * (y - 0.5) + random.normal(size=number)
    positive = 1 / (1 + np.exp(-odds))
    return Targets(y=y, **targets), np.column_stack([1 - positive, positive])


def evaluated(problem, *, promised, found, group=None):
    """Return the evaluation of a model with some skill out of fold and another on the test rows."""
    oof, oof_raw = rows(600, promised, 0)
    test, raw = rows(300, found, 1, group=group)
    score = problem_metric(problem).score(oof.y, oof_raw)
    choices = (ModelChoice("good", score), ModelChoice("baseline", 0.5))
    result, _ = evaluate(
        problem,
        Selection("good", "", choices, score=score),
        Answers(test, held_out=True),
        {"good": Entrant(lambda: raw), "baseline": Entrant(lambda: np.full((300, 2), 0.5))},
        trials={},
        deadline=Deadline(),
        promise=Promise(oof, Answer(oof_raw)),
    )
    return result


def test_kept_promise_needs_no_note():
    assert evaluated(PROBLEM, promised=1.0, found=1.0).notes == ()


def test_broken_promise_names_the_reasons():
    (note,) = evaluated(PROBLEM, promised=2.0, found=0.5).notes
    assert "worse than the out-of-fold score" in note
    assert "the best of 2 by its out-of-fold score" in note
    assert "drift" in note


def test_better_test_score_is_not_blamed_on_the_selection():
    (note,) = evaluated(PROBLEM, promised=0.5, found=2.0).notes
    assert "better than the out-of-fold score" in note
    assert "best of" not in note


def test_time_and_groups_are_named_where_the_rows_have_them():
    problem = replace(PROBLEM, time_column="size", group_column="colour")
    notes = evaluated(problem, promised=2.0, found=0.5, group=np.arange(300) % 7).notes
    assert any("only 7 groups" in note and "rough" in note for note in notes)
    assert any("are later than" in note and "other groups" in note for note in notes)


def test_promise_is_seldom_broken_by_chance():
    """Both scores come from the same distribution."""
    broken = [evaluated_pair(seed) for seed in range(60)]
    assert np.mean(broken) < 0.15


def evaluated_pair(seed):
    from podium_ml.evaluation.promise import TestScore, check_promise

    metric = problem_metric(PROBLEM)
    (oof, first), (test, second) = rows(150, 1.0, 2 * seed), rows(100, 1.0, 2 * seed + 1)
    selection = Selection("good", "", (), score=metric.score(oof.y, first))
    found = TestScore(Answer(second), Bootstrap(test, seed=0, deadline=Deadline()))
    return bool(
        check_promise(
            PROBLEM,
            selection,
            metric,
            promise=Promise(oof, Answer(first)),
            found=found,
            deadline=Deadline(),
        )
    )


def test_gain_over_the_baseline_is_measured_on_the_same_resamples():
    gain = evaluated(PROBLEM, promised=1.0, found=1.0).over_baseline
    assert 0 < gain.low < gain.value < gain.high
    assert evaluated(PROBLEM, promised=0.0, found=0.0).over_baseline.low < 0


def test_paired_comparison_sees_what_intervals_cannot():
    """All models miss by the same errors, which cancel in the difference."""
    random = np.random.default_rng(0)
    common = random.normal(size=200)
    y, metric = 5 + 3 * common, resolve_metric("rmse", "regression")
    first, second = Answer(5 + 0.2 * random.normal(size=200)), Answer(5 + 0.5 * random.normal(size=200))
    bootstrap = Bootstrap(Targets(y=y), seed=0, deadline=Deadline())
    apart = bootstrap.measure(metric, first)
    gain = bootstrap.difference(metric, first, second)
    assert gain.high - gain.low < 0.7 * (apart.high - apart.low)
