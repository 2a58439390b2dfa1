"""Common tests of all guardrails on clean data and on data that triggers them."""

import json
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds import InferredProblem
from podium_ml.kinds.guardrail import name_list
from podium_ml.media.decoding import decode_any
from podium_ml.media.packing import pack
from podium_ml.run.budget import Deadline
from podium_ml.settings import TabularSettings
from podium_ml.tabular.guardrails import GUARDRAILS, Guardrail, run_guardrails
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.infer_problem import infer_problem
from podium_ml.tabular.validation.roles import infer_columns

ROWS = 400
TASKS = {"binary": "label", "multiclass": "kind", "regression": "value"}


def clean(rows: int = ROWS, *, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    number = rng.normal(size=rows)
    return pd.DataFrame({
        "number": number,
        "size": rng.integers(0, 1_000, rows) * 1.5,
        "colour": rng.choice(["red", "green", "blue"], rows),
        "label": np.where(number + rng.normal(size=rows) > 0, "yes", "no"),
        "kind": rng.choice(["a", "b", "c"], rows),
        "value": number * 10 + rng.normal(size=rows) * 20,
    })  # fmt: skip


def validate(change: Callable[[pd.DataFrame], pd.DataFrame] | None = None, **options) -> InferredProblem:
    test = options.pop("test", None)
    reference = options.pop("reference", lambda: None)()
    table = clean() if change is None else change(clean())
    return infer_problem(
        table, TabularSettings(**({"target": "label"} | options)), test=test, reference=reference
    )


def result_of(inferred: InferredProblem, name: str) -> GuardrailResult:
    return next(result for result in inferred.results if result.name == name)


@cache
def fired(name: str) -> InferredProblem:
    change, options, _ = FIRES[name]
    return validate(change, **options)


def with_repeated_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which some long texts occur again with other punctuation."""
    rng = np.random.default_rng(1)
    words = ["".join(rng.choice(list("aeioubdkmprst"), 6)) for _ in range(300)]
    texts = [" ".join(rng.choice(words, 14)) for _ in range(len(table))]
    for row in range(0, 40, 2):
        texts[row + 1] = f"<b>{texts[row].capitalize()}</b> &amp; !"
    return table.assign(comment=texts)


def shuffled_copy(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.head(20)], ignore_index=True)


def wrong_labels(table: pd.DataFrame) -> pd.DataFrame:
    side = np.arange(len(table)) % 2
    names = np.array(["no", "yes"])
    labels = np.where(np.arange(len(table)) % 40 == 0, names[1 - side], names[side])
    return table.assign(
        number=side * 10 + table["number"], size=side * 5_000 + table["size"], label=labels, value=side * 1e4
    )


def outlying(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(value=table["value"].where(table.index > 1, 1e7))


def next_to_zero(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(value=table["value"].where(table.index > 0, 1e-9))


def with_pictures(table: pd.DataFrame, **marks) -> pd.DataFrame:
    """Return a table with a column of noisy pictures; some are repeated, long, or marked by their label."""
    rng = np.random.default_rng(0)
    pixels = [rng.integers(0, 256, (24, 24, 3), dtype=np.uint8) for _ in table.index]
    if marks.get("repeated"):
        pixels[:20] = pixels[20:40]
    if marks.get("long"):
        pixels[0] = np.repeat(pixels[0], 20, axis=1)
    if marks.get("marked"):
        for one, label in zip(pixels, table["label"], strict=True):
            one[:4, :4] = 255 if label == "yes" else 0
    return table.assign(photo=[pack(decode_any(one)) for one in pixels])


def with_texts(table: pd.DataFrame, **faults: bool) -> pd.DataFrame:
    """Return a table with long texts that are unlike each other, and with faults in some."""
    rng = np.random.default_rng(2)
    words = ["".join(rng.choice(list("aeioubdkmprst"), 6)) for _ in range(400)]
    texts = np.array([" ".join(rng.choice(words, 14)) for _ in range(len(table))], dtype=object)
    if faults.get("damaged"):
        texts[::9] = [f"cafÃ© {text}" for text in texts[::9]]
    if faults.get("scripts"):
        texts[::3] = ["чай " * 60 + text for text in texts[::3]]
    if faults.get("empty"):
        texts[::8] = ""
    if faults.get("leaking"):
        texts = np.where(table["label"] == "yes", "X-Spam-Status " + texts, texts)
    if faults.get("contradicting"):
        told = np.where(table["label"] == "yes", "lovely fresh tasty crisp ", "awful stale soggy broken ")
        texts = told + np.array([text[:6] for text in texts], dtype=object)
        table = table.assign(label=np.where(np.arange(len(table)) % 12, table["label"], "no"))
    return table.assign(comment=texts)


# For each guardrail: a change to the clean table that triggers it, the settings and the expected outcome.
FIRES = {
    "missing_target": (lambda t: t.assign(label=t["label"].where(t.index > 9)), {}, "fixed"),
    "merged_cells": (lambda t: t.assign(area=[f"area {i}" if i % 50 == 0 else None for i in t.index]), {}, "alert"),
    "label_spellings": (lambda t: t.assign(kind=t["kind"].where(t.index % 2 == 0, "A")), {"target": "kind"}, "alert"),
    "doubtful_readings": (
        lambda t: t.assign(day=[f"0{i % 9 + 1}/0{i % 8 + 1}/2022" for i in t.index]), {}, "alert"
    ),
    "infinite_values": (lambda t: t.assign(size=t["size"].where(t.index > 2, np.inf)), {}, "fixed"),
    "stand_ins": (lambda t: t.assign(size=t["size"].where(t.index % 9 > 0, -999)), {}, "alert"),
    "constant_columns": (lambda t: t.assign(same="x", none=None), {}, "fixed"),
    "duplicate_columns": (lambda t: t.assign(twin=t["number"]), {}, "fixed"),
    "id_columns": (lambda t: t.assign(customer=[f"c{i:04}x" for i in t.index], number_id=t.index), {}, "fixed"),
    "missing_values": (lambda t: t.assign(colour=t["colour"].where(t.index > 9)), {}, "fixed"),
    "high_cardinality": (lambda t: t.assign(city=[f"city{i % 90}" for i in t.index]), {}, "fixed"),
    "mixed_types": (lambda t: t.assign(mix=[i % 50 if i % 2 else f"w{i % 60}" for i in t.index]), {}, "alert"),
    "rare_classes": (lambda t: t.assign(kind=t["kind"].where(t.index > 0, "rare")), {"target": "kind"}, "alert"),
    "class_balance": (lambda t: t.assign(label=np.where(t.index % 20 == 0, "yes", "no")), {}, "alert"),
    "target_outliers": (outlying, {"target": "value"}, "alert"),
    "metric_fit": (next_to_zero, {"target": "value", "metric": "mape"}, "alert"),
    "duplicate_rows": (shuffled_copy, {}, "fixed"),
    "picture_copies": (lambda t: with_pictures(t, repeated=True), {}, "alert"),
    "text_copies": (with_repeated_texts, {}, "fixed"),
    "text_damage": (lambda t: with_texts(t, damaged=True), {}, "alert"),
    "text_scripts": (lambda t: with_texts(t, scripts=True), {}, "alert"),
    "text_lengths": (lambda t: with_texts(t, empty=True), {}, "alert"),
    "text_leaks": (lambda t: with_texts(t, leaking=True), {}, "alert"),
    "text_label_noise": (lambda t: with_texts(t, contradicting=True), {}, "alert"),
    "picture_sizes": (lambda t: with_pictures(t, long=True), {}, "alert"),
    "picture_marks": (lambda t: with_pictures(t, marked=True), {}, "alert"),
    "few_rows": (lambda t: t.head(80), {}, "alert"),
    "memory_forecast": (None, {"max_memory": "64M"}, "alert"),
    "held_out_rows": (lambda t: t.assign(label=np.where(t.index % 100 == 0, "yes", "no")), {}, "alert"),
    "unseen_classes": (None, {"test": clean(80, seed=1).assign(label=["new"] * 20 + ["yes", "no"] * 30)}, "alert"),
    "target_leakage": (lambda t: t.assign(answer=(t["label"] == "yes") * 5.0 + t["size"] / 1e4), {}, "alert"),
    "drift": (None, {"test": clean(100, seed=1).assign(number=9.0)}, "alert"),
    "champion_drift": (lambda t: t.assign(size=t["size"] + 900), {"reference": lambda: validate().profile}, "alert"),
    "label_noise": (wrong_labels, {}, "alert"),
}  # fmt: skip


def test_every_guardrail_has_a_case():
    assert set(FIRES) == set(GUARDRAILS)


@pytest.mark.parametrize("task", TASKS)
def test_clean_data_passes(task):
    inferred = validate(target=TASKS[task])
    assert inferred.problem.task == task
    assert {result.outcome for result in inferred.results} == {"passed"}
    assert {result.name for result in inferred.results} == set(GUARDRAILS)


@pytest.mark.parametrize("name", FIRES)
def test_guardrail_fires(name):
    result = result_of(fired(name), name)
    assert result.outcome == FIRES[name][2]
    assert "could not be checked" not in result.seen


@pytest.mark.parametrize("name", FIRES)
def test_results_are_readable_and_json_serializable(name):
    for result in fired(name).results:
        guardrail = GUARDRAILS[result.name]
        assert result.title == guardrail.title
        assert result.seen.endswith(".")
        assert not result.done or result.done.endswith((".", "?"))
        assert len({tuple(row) for row in result.details}) <= 1
        assert len(result.details) <= 20
        assert GuardrailResult.from_dict(json.loads(json.dumps(result.to_dict()))).seen == result.seen


@pytest.mark.parametrize("guardrail", GUARDRAILS.values(), ids=lambda guardrail: guardrail.name)
def test_declaration(guardrail: Guardrail):
    assert guardrail.name.isidentifier()
    assert guardrail.title[0].isupper()
    assert guardrail.phase in ("target", "table", "split")
    assert guardrail.check.__doc__


def test_orders_are_unique():
    places = [(guardrail.phase, guardrail.order) for guardrail in GUARDRAILS.values()]
    assert len(places) == len(set(places))


def test_costly_guardrails_are_skipped_without_time(monkeypatch):
    monkeypatch.setattr(f"{infer_problem.__module__}.stage_deadline", lambda *_: Deadline(at=0.0))
    table, settings = clean(), TabularSettings(target="label", time_column="size")
    inferred = infer_problem(table, settings)
    assert "too little time" in result_of(inferred, "drift").seen
    assert "too little time" in result_of(inferred, "label_noise").seen


def test_failing_guardrail_alerts_and_does_not_raise(monkeypatch):
    table, settings = clean(), TabularSettings(target="label")
    context = Context(table, None, settings, "binary", infer_columns(table, settings, readings={}))
    monkeypatch.setattr(Context, "keep_rows", None)
    context.table = table.assign(label=table["label"].where(table.index > 9))
    results = run_guardrails(context, phase="target")
    result = next(one for one in results if one.name == "missing_target")
    assert result.outcome == "alert"
    assert "could not be checked (TypeError" in result.seen


def test_copies_of_target_are_dropped():
    inferred = validate(lambda t: t.assign(copy=t["label"].map({"yes": "J", "no": "N"})))
    assert result_of(inferred, "target_leakage").outcome == "fixed"
    assert "copy" not in [column.name for column in inferred.problem.features]
    regression = validate(lambda t: t.assign(fahrenheit=t["value"] * 1.8 + 32), target="value")
    assert "fahrenheit" not in [column.name for column in regression.problem.features]


def test_copy_of_target_is_kept_as_only_feature():
    table = clean()[["label"]].assign(copy=lambda t: t["label"].map({"yes": "J", "no": "N"}))
    inferred = infer_problem(table, TabularSettings(target="label"))
    assert [column.name for column in inferred.problem.features] == ["copy"]
    assert result_of(inferred, "target_leakage").outcome == "alert"


def test_column_filled_for_only_one_class_leaks():
    inferred = validate(lambda t: t.assign(left=t["size"].where(t["label"] == "yes")))
    assert result_of(inferred, "target_leakage").columns == ("left",)


def test_leaks_of_multiclass_and_regression_targets_are_detected():
    kinds = validate(lambda t: t.assign(code=t["kind"] + np.where(t["number"] > 0, "1", "2")), target="kind")
    assert result_of(kinds, "target_leakage").columns == ("code",)
    values = validate(lambda t: t.assign(nearly=t["value"] + t["number"] / 100), target="value")
    assert result_of(values, "target_leakage").columns == ("nearly",)


def test_dates_after_time_column_leak():
    when = pd.date_range("2020-01-01", periods=ROWS)
    later = when + pd.to_timedelta(np.random.default_rng(0).integers(1, 30, ROWS), "D")
    inferred = validate(
        lambda t: t.assign(ordered=when, paid=later, born=when - pd.Timedelta(days=9_000)),
        time_column="ordered",
    )
    assert result_of(inferred, "target_leakage").columns == ("paid",)


def test_rare_classes_are_dropped_or_reported():
    change = lambda t: t.assign(kind=np.where(t.index < 2, "tiny", np.where(t.index < 7, "few", t["kind"])))  # noqa: E731
    inferred = validate(change, target="kind")
    assert inferred.problem.classes == ("a", "b", "c", "few")
    assert result_of(inferred, "rare_classes").details == ({"class": "tiny", "rows": 2},)
    few = validate(lambda t: t.assign(kind=np.where(t.index < 7, "few", t["kind"])), target="kind")
    assert result_of(few, "rare_classes").details == ({"class": "few", "rows": 7},)


def test_two_remaining_classes_make_a_binary_problem():
    inferred = validate(lambda t: t.assign(label=t["label"].where(t.index > 0, "maybe")))
    assert inferred.problem.task == "binary"
    assert inferred.problem.metric == "roc_auc"
    assert inferred.problem.classes == ("no", "yes")


def test_contradictory_rows_are_counted():
    def change(table: pd.DataFrame) -> pd.DataFrame:
        twins = table.head(10).assign(label=table["label"].head(10).map({"yes": "no", "no": "yes"}))
        return pd.concat([table, twins], ignore_index=True)

    assert "20 rows have a different label" in result_of(validate(change), "duplicate_rows").seen


def test_almost_empty_columns_alert():
    inferred = validate(lambda t: t.assign(colour=t["colour"].where(t.index < 9)))
    assert result_of(inferred, "missing_values").outcome == "alert"


@pytest.mark.parametrize(
    ("metric", "value", "advice"),
    [("mape", 1e-9, "mae, or rmsle"), ("mape", 30.0, ""), ("rmsle", 0.0, "")],
)
def test_metric_that_few_rows_decide_is_reported(metric, value, advice):
    change = lambda t: t.assign(value=(t["value"].abs() + 1).where(t.index > 0, value))  # noqa: E731
    result = result_of(validate(change, target="value", metric=metric), "metric_fit")
    assert result.outcome == ("alert" if advice else "passed")
    assert advice in result.done
    assert not advice or "In 1 row of 400" in result.seen


def test_name_list_is_truncated():
    assert name_list(["a", "b", "c"], most=2) == "'a', 'b' and 1 more"
    assert len(name_list(["x" * 10_000])) < 100
