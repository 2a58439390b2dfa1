"""Tests that reports are complete, well-formed, escaped, small and self-contained."""

import base64
import hashlib
import html
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from podium_ml.contracts import Evaluation, Explanation, GuardrailResult, MetricValue
from podium_ml.contracts.candidate import CUT_SHORT
from podium_ml.contracts.evaluation import TOO_SLOW
from podium_ml.kinds.guardrail_page import render_guardrails
from podium_ml.reporting.explanation_page import render_explanation
from podium_ml.reporting.formats import percent
from podium_ml.reporting.report import render_report
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.summary import render_summary
from podium_ml.reporting.views.scores import score_rows
from podium_ml.reporting.views.thresholds import thresholds_view

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}
LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
NASTY = "<script>alert(1)</script>"
ENDLESS = "x" * 10_000


class Page(HTMLParser):
    """An HTML parser that checks that tags are closed in order, and collects the content."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.text = ""
        self.longest_attribute = 0
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            if name == "href":
                self.references.append(value)
            if name in ("title", "aria-label"):
                self.longest_attribute = max(self.longest_attribute, len(value))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text += data


def read(html: str) -> Page:
    """Run the checks that apply to every page, and return the parsed page."""
    page = Page(html)
    assert html.startswith("<!doctype html>")
    assert len(html) < 400_000
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|url\(\s*["']?(?!#)""", html)
    assert page.tags["script"] == 1
    assert len(page.ids) == len(set(page.ids))
    assert {reference[1:] for reference in page.references} <= set(page.ids)
    assert "#0101" not in html  # every placeholder colour was replaced
    assert "DejaVu" not in html
    return page


def check(facts: RunFacts) -> tuple[str, Page]:
    html = render_report(facts)
    page = read(html)
    for heading in (
        "Models",
        "How good the model is",
        "What drives the model",
        "The data",
        "Guardrails",
        "Time",
        "How to use the model",
    ):
        assert heading in page.text
    return html, page


def test_binary_run(facts_of):
    html, page = check(facts_of("binary"))
    assert "Is it “yes” or “no”?" in page.text
    assert "the model tells them apart" in page.text
    for chart in (
        "ROC curve",
        "Precision and recall",
        "Calibration",
        "Cumulative gains",
        "Lift",
        "Score over time",
    ):
        assert chart in page.text
    assert html.count('<svg class="chart"') >= 9
    assert html.count('class="cell') == 4
    assert "The weighted ensemble has the best out-of-fold score; next is LightGBM." in page.text
    assert "if the probability is at least 30%" in page.text
    assert "Combines LightGBM (70%) and ridge regression (30%)." in page.text
    assert "too much memory" in page.text
    assert "2 rows were repaired." in page.text
    assert "Little time for 4 algorithms." in page.text
    assert "1 guardrail raised an alert: target leakage." in page.text
    assert "Kernel SVM" in page.text
    assert "podium run data.csv --target churn --time-limit 10m" in page.text
    assert "model.predict_proba(rows)" in page.text
    assert "data.csv" in page.text
    assert "/data/data.csv" not in page.text


def test_run_with_26_classes(facts_of):
    html, page = check(facts_of("multiclass", classes=LETTERS, rows=600))
    assert html.count('class="cell') == 26 * 26
    assert "Which of 26 classes is it?" in page.text
    assert "macro average" in page.text


def test_regression_run(facts_of):
    html, page = check(facts_of("regression"))
    for chart in ("Predicted versus true", "Errors", "Errors by prediction"):
        assert chart in page.text
    assert "Half of the predictions are off by less than" in page.text
    assert "typically off by" not in page.text
    assert "predict_proba" not in page.text
    assert 'class="confusion' not in html


def test_run_without_test_set(facts_of):
    html, page = check(facts_of("binary", test=False))
    assert "There is no test set" in page.text
    assert "AUC (test)" not in page.text
    assert "Its out-of-fold AUC is 0.5" in page.text
    assert "All scores" not in page.text
    assert html.count('<svg class="chart"') >= 9


def test_test_rows_that_cannot_judge_the_model(facts_of):
    facts = facts_of("binary")
    models = tuple(
        replace(one, test={name: replace(value, value=None) for name, value in one.test.items()})
        for one in facts.evaluation.models
    )
    _, page = check(replace(facts, evaluation=replace(facts.evaluation, models=models)))
    assert "test rows cannot judge the model, because AUC is undefined on them." in page.text
    assert "played no part" not in page.text


def test_run_with_minimal_facts(facts_of):
    """The run has only the selected model, without scores, explanation or completed trials."""
    facts = facts_of("binary")
    chosen = replace(facts.evaluation.models[0], test={}, oof_score=None)
    bare = replace(
        facts,
        evaluation=replace(facts.evaluation, models=(chosen,), charts={}, rows=0),
        selection=replace(facts.selection, score=None, threshold=None, calibrated=""),
        explanation=Explanation(model="lightgbm", metric="", rows=0, columns=(), notes=("Skipped.",)),
        trials=(),
        candidates=(),
        ensembles=(),
        guardrails=(),
        skipped=(),
        ingestion={},
        refit={},
        profile=replace(facts.profile, columns=(), memory_bytes=0),
    )
    _, page = check(bare)
    assert "it could not be scored" in page.text
    assert "Skipped." in page.text
    assert "No checks ran." in page.text


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_names_are_escaped(task, facts_of):
    classes = {"binary": ("no", NASTY), "multiclass": ("a", NASTY, ENDLESS, "$x$", "&amp;")}.get(task)
    columns = (NASTY, ENDLESS, "😀 \x00\n url(#x) {{ 7 * 7 }}")
    html, page = check(facts_of(task, columns=columns, target=f"{NASTY}{ENDLESS}", classes=classes))
    assert NASTY not in html
    assert NASTY in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert page.longest_attribute < 600
    longest_word = max(map(len, re.findall(r"\S+", page.text.replace("·", " "))))
    assert longest_word < 1000


def test_long_names_are_shown_whole(facts_of):
    columns = tuple(
        f"{start} of all payments that were made after the date of the contract" for start in "abc"
    )
    classes = (
        "paid back in full before the end of the term",
        "not paid back in full before the end of the term",
    )
    html, page = check(
        facts_of("binary", columns=columns, classes=classes, target="repayment " * 6 + "state")
    )
    for whole in (*columns, *classes, "repayment " * 6 + "state"):
        assert whole in page.text
    assert "…" not in re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)


def test_correct_answers_stand_beside_those_of_the_most_frequent_class(facts_of):
    facts = facts_of("binary")
    _, page = check(facts)
    rows = [sum(row) for row in facts.evaluation.charts["confusion_matrix"]["matrix"]]
    expected = percent(max(rows) / sum(rows))
    assert f"of test rows; {expected} if the answer is always the same" in page.text


def test_metrics_that_are_the_same_are_shown_once(facts_of):
    rows = score_rows(facts_of("binary"))
    titles = [row.title for row in rows]
    assert "AUC, macro" not in titles
    assert rows[0].equal == "Equal here: AUC, macro; AUC, weighted."
    assert "F1, macro" in titles
    assert {row.title: row.better for row in rows}["Log loss"] == "lower"
    assert {row.title: row.better for row in rows}["AUC"] == "higher"
    assert "AUC, macro" not in [row.title for row in score_rows(facts_of("multiclass")) if row.equal]


def test_report_and_summary_name_the_same_time(facts_of):
    timings = (("Reading the data", 2.0), ("Training the algorithms", 66.0), ("Planning", 0.01))
    facts = facts_of("binary", seconds=75.4, timings=timings)
    _, page = check(facts)
    assert "The run took 1 min 15 s of a limit of 10 min" in page.text
    assert "The run took 1 min 15 s of a limit of 10 min" in render_summary(facts)
    assert "Reading the data: 2 s; Training the algorithms: 1 min 6 s." in page.text
    assert page.text.count("1 min 15 s") == 2
    assert "The run took" not in check(facts_of("binary"))[1].text


def test_strips_of_augmented_pictures_say_what_they_show(facts_of):
    facts, src = facts_of("binary"), "data:image/png;base64,AAAA"
    plain = {"title": "Worst", "pictures": [{"src": src, "note": "cat", "wrong": True}]}
    strip = {"src": src, "note": "dog", "wrong": False, "wide": True}
    augmented = {"title": "Augmented", "note": "Left: as it is.", "pictures": [strip]}
    charts = {**facts.evaluation.charts, "pictures": [plain, augmented]}
    report = render_report(replace(facts, evaluation=replace(facts.evaluation, charts=charts)))
    assert "<p>Left: as it is.</p>" in report
    assert report.count('<figure class="wide">') == report.count('<figure class="wrong">') == 1


def test_table_of_thresholds(facts_of):
    facts = facts_of("binary")
    html, page = check(facts)
    rows = thresholds_view(facts.evaluation.charts)
    assert [row.threshold for row in rows if row.used] == ["50%"]
    assert min(row.cost for row in rows) == next(row.cost for row in rows if row.cheapest)
    used = next(row for row in rows if row.used)
    (_, false_alarms), (misses, hits) = facts.evaluation.charts["confusion_matrix"]["matrix"]
    assert (used.false_alarms, used.misses) == (false_alarms, misses)
    assert used.recall == hits / (hits + misses)
    assert used.precision == hits / (hits + false_alarms)
    assert page.tags["input"] == 2
    assert html.count("data-misses=") == len(rows)
    assert "What each threshold costs" in page.text
    for task in ("multiclass", "regression"):
        assert "What each threshold costs" not in render_report(facts_of(task))


def test_evaluations_of_earlier_versions_have_no_thresholds():
    assert thresholds_view({"roc": []}) == ()


def test_passwords_are_not_shown(facts_of):
    settings = {
        "source": "postgresql://me:secret@db/sales",
        "target": "churn",
        "reader": {"query": "select 1"},
    }
    html, _ = check(facts_of("binary", settings=settings))
    assert "secret" not in html
    assert "postgresql://db/sales" in html
    assert "select 1" in html
    assert "podium run --config config.yaml" in html


def test_score_no_better_than_guessing_is_reported(facts_of):
    facts = facts_of("binary")
    models = list(facts.evaluation.models)
    models[0] = replace(models[0], test={**models[0].test, "roc_auc": MetricValue(0.52, 0.46, 0.58)})
    _, page = check(replace(facts, evaluation=replace(facts.evaluation, models=tuple(models))))
    assert "not clearly better than guessing" in page.text


def test_gain_over_the_baseline_decides_whether_the_model_is_better(facts_of):
    """The gain is measured on the same resamples, so it is more certain than the interval of the score."""
    facts = facts_of("binary")
    models = list(facts.evaluation.models)
    models[0] = replace(models[0], test={**models[0].test, "roc_auc": MetricValue(0.52, 0.46, 0.58)})
    for low, warns in ((0.01, False), (-0.01, True)):
        gain = MetricValue(0.02, low, 0.05)
        evaluation = replace(facts.evaluation, models=tuple(models), over_baseline=gain)
        _, page = check(replace(facts, evaluation=evaluation))
        assert ("not clearly better than guessing" in page.text) == warns


def test_reason_for_a_missing_interval_is_shown(facts_of):
    facts = facts_of("binary")
    models = list(facts.evaluation.models)
    missing = MetricValue(0.8, reason="too few rows: 4 rows of the rarer class")
    models[0] = replace(models[0], test={**models[0].test, "roc_auc": missing})
    _, page = check(replace(facts, evaluation=replace(facts.evaluation, models=tuple(models))))
    assert page.text.count("too few rows: 4 rows of the rarer class") == 2


def test_models_within_noise_are_grouped(facts_of):
    facts = facts_of("binary")
    models = [
        replace(one, tied=one.name in ("weighted_ensemble", "ridge")) for one in facts.evaluation.models
    ]
    _, page = check(replace(facts, evaluation=replace(facts.evaluation, models=tuple(models))))
    assert "2 models are among the best: weighted ensemble and ridge" in page.text
    assert "differ by less than noise" in page.text


def test_many_columns_are_collapsed(facts_of):
    facts = facts_of("regression")
    names = tuple(f"column {number}" for number in range(400))
    problem = replace(
        facts.problem,
        columns=(
            *(replace(facts.problem.columns[0], name=name) for name in names),
            facts.problem.columns[-1],
        ),
    )
    importance = tuple(replace(facts.explanation.columns[0], column=name) for name in names)
    _, page = check(
        replace(facts, problem=problem, explanation=replace(facts.explanation, columns=importance))
    )
    assert "288 more columns" in page.text
    assert "101 further columns" in page.text


def test_report_is_deterministic(facts_of):
    assert render_report(facts_of("binary")) == render_report(facts_of("binary"))


def test_used_colours_are_defined(facts_of):
    html = render_report(facts_of("multiclass"))
    defined = set(re.findall(r"--([a-z0-9-]+): light-dark\(", html))
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", html)) - {"share", "sans", "mono"}
    assert used <= defined


def test_standalone_explanation_page(facts_of):
    page = read(render_explanation(facts_of("binary").explanation))
    assert "What drives the weighted ensemble" in page.text
    assert "Importance of each column" in page.text


def test_metric_alias_is_resolved(facts_of):
    facts = facts_of("multiclass")
    problem = replace(facts.problem, metric="neg_log_loss")
    evaluation: Evaluation = replace(facts.evaluation, metric="neg_log_loss")
    _, page = check(replace(facts, problem=problem, evaluation=evaluation))
    assert "Log loss (test)" in page.text


def with_models(facts, change):
    models = tuple(change(model) for model in facts.evaluation.models)
    return replace(facts, evaluation=replace(facts.evaluation, models=models))


def test_models_without_a_test_score_are_counted_once(facts_of):
    def slow(model):
        return replace(model, reason=TOO_SLOW, test={}) if model.name in ("ridge", "lightgbm") else model

    _, page = check(with_models(facts_of("binary"), slow))
    assert "2 models were not scored on the test rows: the time limit left no time for it." in page.text
    assert TOO_SLOW not in page.text


def test_columns_are_shown_if_models_use_different_ones(facts_of):
    def using(counts):
        return with_models(facts_of("binary"), lambda one: replace(one, n_columns=counts.get(one.name, 0)))

    _, same = check(using({"weighted_ensemble": 3, "lightgbm": 3, "ridge": 3}))
    assert "Each model but the baseline uses 3 columns." in same.text
    _, different = check(using({"weighted_ensemble": 3, "lightgbm": 3, "ridge": 2}))
    assert "but the baseline uses" not in different.text
    assert "Columns</button>" in render_report(using({"lightgbm": 3, "ridge": 2}))


@pytest.mark.parametrize(
    ("name", "sentence"), [("lightgbm", "LightGBM was chosen."), ("ridge", "Ridge regression was chosen.")]
)
def test_names_have_an_article_only_if_they_need_one(name, sentence, facts_of):
    facts = facts_of("binary")
    chosen = with_models(facts, lambda model: replace(model, chosen=model.name == name))
    _, page = check(replace(chosen, selection=replace(facts.selection, chosen=name)))
    assert sentence in page.text
    assert "The weighted ensemble was chosen." in check(facts)[1].text


def test_report_says_what_the_refit_covered(facts_of):
    covered = "Refitted on all 990 rows, including the 190 test rows; lightgbm as the mean of 3 models."
    _, page = check(facts_of("binary", refit={"refitted": True, "reason": covered}))
    assert (
        "The model in model.pkl was refitted on all 990 rows, including the 190 test rows; LightGBM"
        in page.text
    )
    reason = "xgboost took longer than the time limit leaves."
    _, page = check(facts_of("binary", refit={"refitted": False, "reason": reason}))
    assert "The model was not refitted on all rows. XGBoost took longer" in page.text


def test_scores_without_a_baseline_have_no_empty_column(facts_of):
    facts = facts_of("binary")
    assert "The baseline ignores all columns." in check(facts)[1].text
    without = with_models(facts, lambda model: replace(model, test=model.test if model.chosen else {}))
    html, page = check(without)
    assert "The baseline ignores all columns." not in page.text
    assert '<th scope="col" class="number">Baseline</th>' not in html


def test_chosen_model_that_was_cut_short_is_said(facts_of):
    facts = facts_of("binary")
    cut = [replace(one, reason=CUT_SHORT) if one.algorithm == "lightgbm" else one for one in facts.candidates]
    said = "The time limit cut the training of LightGBM short"
    assert said in check(replace(facts, candidates=tuple(cut)))[1].text  # a member of the ensemble
    assert said not in check(facts)[1].text


def test_checks_that_did_not_apply_have_not_passed(facts_of):
    def guardrail(title, seen):
        return GuardrailResult(title.lower(), title, "passed", seen)

    results = (
        guardrail("Ids", "No column looks like an id."),
        guardrail("Drift", "Not checked: too few rows."),
    )
    _, page = check(facts_of("binary", guardrails=results))
    assert "No check found anything." in page.text
    assert "1 check passed" in page.text
    assert "1 check did not apply or had no time" in page.text
    assert "Drift not checked" in page.text


def test_equal_reasons_against_intervals_are_said_once(facts_of):
    def unsure(model):
        test = {
            name: MetricValue(one.value, reason="there was no time for it")
            for name, one in model.test.items()
        }
        return replace(model, test=test)

    _, page = check(with_models(facts_of("binary"), unsure))
    assert "The scores have no intervals: there was no time for it." in page.text
    assert "95% interval" not in page.text


def test_limits_that_the_model_keeps_are_said(facts_of):
    settings = {"source": "data.csv", "target": "churn", "max_latency": "5ms"}
    _, page = check(facts_of("binary", settings=settings))
    assert "It keeps the limits that were set: it predicts a row in 4 ms, and 5 ms are allowed." in page.text
    assert "limits that were set" not in check(facts_of("binary"))[1].text


def test_chosen_baseline_explains_nothing(facts_of):
    facts = with_models(facts_of("binary"), lambda one: replace(one, chosen=one.name == "baseline"))
    facts = replace(
        facts,
        selection=replace(facts.selection, chosen="baseline"),
        explanation=replace(facts.explanation, model="baseline"),
    )
    _, page = check(facts)
    assert "It predicts the same for every row" in page.text
    assert "No model is better than the baseline" in page.text
    assert "It ignores all columns, so there is nothing to explain." in page.text
    assert "Importance of each column" not in page.text
    alone = with_models(
        facts, lambda one: one if one.name == "baseline" else replace(one, status="failed", chosen=False)
    )
    assert "No other model could be trained" in check(alone)[1].text


def test_pages_load_and_run_nothing_of_others(facts_of):
    """If a text of the data got into the page as it is, the browser would still run only the page's own script."""
    explanation, problem = facts_of("binary").explanation, facts_of("binary").problem
    for page in (render_report(facts_of("binary")), render_explanation(explanation, problem)):
        policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])
        scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
        assert f"script-src 'sha256-{digests[0]}';" in policy
        assert len(scripts) == 1
        assert policy.startswith("default-src 'none'; ")
        assert page.index("Content-Security-Policy") < page.index("<style>")
        assert not re.search(r"\son\w+\s*=", re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))
    guardrails = render_guardrails([], problem)
    assert "default-src 'none'; style-src 'unsafe-inline'" in guardrails
    assert "script-src" not in guardrails


def test_summary_shows_texts_of_the_data_as_they_are(facts_of):
    facts = facts_of("binary")
    target = "[pay](http://stranger.example) <img src=x> `x` | y"
    text = render_summary(replace(facts, problem=replace(facts.problem, target=target)))
    assert "[pay]" not in text
    assert "<img" not in text
    assert "\\[pay\\]" in text
