"""Tests of the sentences, scales and charts of reports."""

from dataclasses import replace

import pytest

from podium_ml.contracts import ColumnProfile, PartialDependence, Trial
from podium_ml.metrics import resolve_metric
from podium_ml.reporting.charts.dependence_charts import dependence_chart
from podium_ml.reporting.charts.effort_charts import score_over_time, time_charts
from podium_ml.reporting.swarm import HEIGHT, WIDTH, draw_strips
from podium_ml.reporting.views.confusion import confusion_view
from podium_ml.reporting.views.headline import headline
from podium_ml.reporting.views.models import models_view
from podium_ml.reporting.words import score_in_words


@pytest.mark.parametrize(
    ("task", "metric", "value", "baseline", "words"),
    [
        ("binary", "roc_auc", 0.8, 0.5, "80% of the time"),
        (
            "binary",
            "accuracy",
            0.9,
            0.7,
            "right for 90% of rows; always predicting the same class would be right for 70%",
        ),
        ("binary", "accuracy", 0.9, None, "right for 90% of rows."),
        ("binary", "mcc", 0.5, 0.0, "50% of the way"),
        ("binary", "mcc", -0.1, 0.0, "the model gains nothing"),
        ("binary", "f1", 0.5, None, ""),
        ("multiclass", "log_loss", 0.5, 2.0, "75% lower than"),
        ("multiclass", "log_loss", 2.5, 2.0, "no lower than"),
        (
            "regression",
            "rmse",
            24_000.0,
            80_000.0,
            "70% lower than guessing (80,000)",
        ),
        ("regression", "mae", 2.0, 5.0, "off by 2; always predicting the same value would be off by 5."),
        ("regression", "median_absolute_error", 2.0, None, "Half of the predictions are off by less than 2."),
        ("regression", "r2", 0.91, 0.0, "explains 91%"),
    ],
)
def test_scores_in_words(task, metric, value, baseline, words, facts_of):
    assert words in score_in_words(facts_of(task).problem, resolve_metric(metric, task), value, baseline)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_gauge_places_score_between_baseline_and_best(task, facts_of):
    gauge = headline(facts_of(task)).gauge
    assert gauge is not None
    assert 0 < gauge.baseline < gauge.low < gauge.value < gauge.high <= 100


def test_intervals_share_one_scale(facts_of):
    rows = models_view(facts_of("binary")).rows
    intervals = [row.interval for row in rows if row.interval]
    assert all(0 <= one.low <= one.value <= one.high <= 100 for one in intervals)
    assert rows[-1].rank is None
    assert rows[-1].interval is None


def test_confusion_matrix_of_weights_says_so():
    plain = {"labels": ["a", "b"], "matrix": [[3, 1], [0, 0]]}
    weights = {"labels": ["a", "b"], "matrix": [[0.36, 0.12], [0, 0]], "weighted": True}
    views = [confusion_view({"confusion_matrix": one}) for one in (plain, weights)]
    assert [view.weighted for view in views] == [False, True]
    assert [view.rows[0][0].share for view in views] == [0.75, 0.75]
    assert [view.rows[0][0].count for view in views] == [3, 0.4]


def test_recall_and_precision_of_confusion_matrix():
    view = confusion_view({"confusion_matrix": {"labels": ["a", "b"], "matrix": [[3, 1], [0, 0]]}})
    assert view is not None
    assert view.found == (0.75, None)
    assert view.correct == (1.0, 0.0)
    assert confusion_view({}) is None


def test_strip_dots_stay_within_frame():
    swarm = [{"column": "a", "shap": [0.5, -0.5, 0.0] * 50, "value": [0.0, 1.0, None] * 50}]
    (strip,) = draw_strips(swarm, reach=0.5)
    dots = [dot.split("h")[0].split() for _, path in strip.paths for dot in path.split("M")[1:]]
    assert len(dots) == 150
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in dots)
    assert [shade for shade, _ in strip.paths] == [-1, 0, 4]
    assert draw_strips([{"column": "a", "shap": [], "value": []}], reach=0.0)[0].paths == ()


def test_scores_over_time_need_two_trials():
    metric = resolve_metric("roc_auc", "binary")
    one = Trial("lightgbm", 0, {}, "search", "complete", score=0.7, at=1.0)
    assert score_over_time([one], metric) is None
    assert score_over_time([one, replace(one, outcome="failed", score=None)], metric) is None
    many = [replace(one, algorithm=f"a{at}", number=at, at=at + 1.0) for at in range(9)]
    chart = score_over_time(many, metric)
    assert chart is not None
    assert chart.legend[-1].label == "3 others"


def test_one_model_has_no_time_charts(facts_of):
    facts = facts_of("binary")
    assert time_charts(facts.evaluation.models[:1], resolve_metric("roc_auc", "binary")) == []


def test_dependence_chart_of_dates_and_constant_predictions():
    dates = tuple(f"2024-0{1 + at % 9}-0{1 + at // 9}" for at in range(12))
    found = PartialDependence("since", dates, ((0.5,) * 12,))
    chart = dependence_chart(found, position=0, limits=(0.5, 0.5), profile=None, what="mean prediction")
    assert "2024-01-01" in chart.svg
    profile = ColumnProfile("amount", "numeric", 0, 2, edges=(0, 1, 2), counts=(3, 4))
    numbers = PartialDependence("amount", (0.0, 2.0), ((1.0, 2.0),))
    assert "<path" in dependence_chart(numbers, position=1, limits=(1, 2), profile=profile, what="price").svg


def test_chart_text_is_escaped_but_unchanged():
    found = PartialDependence(
        "a", ("0.123456789", "$x^2$", "<b>", "#010203", "url(#x)"), ((1.0, 2.0, 3.0, 4.0, 5.0),)
    )
    svg = dependence_chart(found, position=0, limits=(1, 5), profile=None, what="mean").svg
    for text in ("0.123456789", "$x^2$", "&lt;b&gt;", "#010203", "url(#x)"):
        assert f">{text}</text>" in svg
