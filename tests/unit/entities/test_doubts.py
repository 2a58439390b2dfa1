"""Tests of what is doubtful about spans, and of how readily they are found."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts.targets import Targets
from podium_ml.entities.kind import KIND
from podium_ml.entities.outside_factor import OutsideFactor, choose_factor
from podium_ml.evaluation.label_doubts import ERRORS, NEXT, write_label_doubts
from podium_ml.kinds.worth_labelling import most_worth_labelling
from podium_ml.metrics import METRICS
from podium_ml.settings import EntitiesProblem
from podium_ml.targets import target_of
from tests.unit.entities.test_models import texts


@pytest.fixture(scope="module")
def known():
    """Return the problem, texts, tags, and probabilities of a model that is quite sure of these tags."""
    inferred = KIND.infer_problem(texts(), EntitiesProblem(test_fraction="0"))
    problem = inferred.problem
    y = target_of(problem).encode(inferred.train[problem.target], problem)
    raw = np.full((*y.shape, 1 + 2 * len(problem.classes)), 0.02)
    np.put_along_axis(raw, np.maximum(y, 0)[:, :, None].astype(np.int64), 0.92, axis=2)
    return problem, inferred.train["text"].tolist(), y, raw * (y >= 0)[:, :, None]


def test_spans_that_were_forgotten_are_the_most_likely_errors(known, tmp_path):
    problem, rows, y, raw = known
    wrong = y.copy()
    row = next(at for at, text in enumerate(rows) if "Brno" in text)
    wrong[row][np.isin(wrong[row], [3, 4])] = 0  # the town
    write_label_doubts(tmp_path, problem, y=wrong, oof=raw, names=tuple(rows))
    table = pd.read_csv(tmp_path / ERRORS)
    assert table["training_row"].tolist() == [row + 1]
    assert "TOWN: Brno" in table["expected"][0]
    assert "Brno" not in table["label"][0]
    assert table["label"][0].startswith("DISH: ")
    assert len(pd.read_csv(tmp_path / NEXT)) > 100


def test_without_examples_tokens_are_numbers(known, tmp_path):
    problem, rows, y, raw = known
    write_label_doubts(tmp_path, problem, y=np.zeros_like(y).clip(y), oof=raw)
    written = (tmp_path / NEXT).read_text()
    assert "TOWN: tokens " in written
    assert not any(text in written for text in rows)


def test_the_least_sure_texts_are_worth_labelling(known):
    problem, rows, _, raw = known
    unsure = raw.copy()
    unsure[7, 2] = [0.5, 0.5, *[0.0] * (raw.shape[2] - 2)]
    predictor = SimpleNamespace(
        problem=problem,
        predict_raw=lambda table: unsure[table.index],
        predict=lambda table: [[{"start": 0, "label": "TOWN"}] for _ in range(len(table))],
    )
    found = most_worth_labelling(predictor, pd.DataFrame({"text": rows}), most=3)
    assert found["text"][0] == rows[7]
    assert found["prediction"][0] == '[{"start": 0, "label": "TOWN"}]'
    assert found["doubt"].tolist() == [1.0, *found["doubt"][1:]]
    assert found["doubt"].is_monotonic_decreasing


def folds_of(rows, count=4):
    parts = np.arange(rows) % count
    return [(np.flatnonzero(parts != one), np.flatnonzero(parts == one)) for one in range(count)]


def test_timid_models_find_more_spans(known):
    """A model that gives every true span only a third of the probability finds them with a factor, and none without."""
    problem, _, y, sure = known
    timid = sure.copy()
    timid[:, :, 0] = np.where(y > 0, 1.2, timid[:, :, 0])
    timid /= np.maximum(timid.sum(axis=2, keepdims=True), 1e-9)
    metric, targets = METRICS["span_f1"], Targets(y=y)
    assert metric.score(y, timid) == 0
    found, score = choose_factor(timid, targets, metric=metric, folds=folds_of(len(y)))
    assert found.factor < 0.8
    assert score == metric.score(y, found.calibrate(timid)) == 1
    corrections = target_of(problem).adjust(
        timid, targets, problem=problem, metric=metric, folds=folds_of(len(y))
    )
    assert metric.score(y, corrections.apply(timid, targets)) == 1
    assert "times as likely" in target_of(problem).decision_note(corrections.threshold, problem)


@pytest.mark.parametrize(("metric", "folds"), [("span_f1", 0), ("span_recall", 4)])
def test_no_factor_without_folds_or_for_one_sided_metrics(known, metric, folds):
    _, _, y, raw = known
    found, score = choose_factor(
        raw, Targets(y=y), metric=METRICS[metric], folds=folds_of(len(y), folds) if folds else []
    )
    assert found is None
    assert score == METRICS[metric].score(y, raw)


def test_factors_leave_probabilities():
    raw = np.array([[[0.6, 0.3, 0.1], [0.0, 0.0, 0.0]]])
    np.testing.assert_allclose(
        OutsideFactor(0.5).calibrate(raw)[0], [[3 / 7, 3 / 7, 1 / 7], [0, 0, 0]], rtol=1e-6
    )
