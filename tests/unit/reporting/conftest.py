"""Fixtures for the reporting tests: the facts of runs on small data."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from podium_ml.contracts import (
    Candidate,
    Column,
    ColumnImportance,
    ColumnProfile,
    Ensemble,
    EnsembleMember,
    Evaluation,
    Explanation,
    FittedTrial,
    GuardrailResult,
    MetricValue,
    ModelChoice,
    ModelScores,
    PartialDependence,
    Problem,
    Profile,
    RowExplanation,
    Selection,
    Trial,
)
from podium_ml.evaluation.model_charts import model_charts
from podium_ml.metrics import metrics_for, resolve_metric
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.run.budget import Deadline
from podium_ml.targets import target_of

METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
NAMES = ("baseline", "lightgbm", "ridge", "xgboost")


def make_facts(
    task: str,
    *,
    columns: tuple[str, ...] = ("amount", "purpose", "since"),
    target: str = "churn",
    classes: tuple[Any, ...] | None = None,
    rows: int = 200,
    test: bool = True,
    **changes: Any,
) -> RunFacts:
    """Return the facts of a run with four algorithms, one of which failed, and an ensemble."""
    if classes is None:
        classes = {"binary": ("no", "yes"), "multiclass": tuple("ABCDE"), "regression": ()}[task]
    problem = Problem(
        name="customers",
        task=task,  # type: ignore[arg-type]
        target=target,
        metric=METRICS[task],
        columns=(
            *(Column(name, role, "double") for name, role in zip(columns, _roles(), strict=False)),
            Column("id", "dropped", "string", reason="Every value is different.", is_feature=False),
            Column(target, "target", "string"),
        ),
        classes=classes,
        positive_label=classes[1] if task == "binary" else None,
        fold_strategy="shuffled" if task == "regression" else "stratified",
        n_train=4 * rows,
        n_test=rows if test else 0,
        fingerprint="0123abcd",
    )
    evaluation = _evaluation(problem, rows, test=test)
    facts: dict[str, Any] = {
        "settings": {"source": "data.csv", "target": target, "time_limit": "10m", "seed": 0, "refit": True},
        "ingestion": {"rows": 5 * rows, "files": ["/data/data.csv"], "warnings": ["2 rows were repaired."]},
        "problem": problem,
        "profile": _profile(problem, columns),
        "guardrails": _guardrails(columns),
        "plan": (),
        "skipped": ({"algorithm": "kernel_svm", "reason": "Too many rows."},),
        "warnings": ("Little time for 4 algorithms.",),
        "candidates": _candidates(),
        "trials": _trials(),
        "ensembles": (_ensemble(),),
        "selection": _selection(problem, evaluation),
        "evaluation": evaluation,
        "explanation": _explanation(problem, columns),
        "refit": {"refitted": True, "reason": ""},
    }
    return RunFacts(**{**facts, **changes})


def _roles() -> tuple[Any, ...]:
    return ("numeric", "categorical", "datetime")


def _evaluation(problem: Problem, rows: int, *, test: bool) -> Evaluation:
    y, raw = _predictions(problem, rows)
    metric = resolve_metric(problem.metric, problem.task)
    weak = np.full_like(raw, raw.mean(axis=0))
    models = [
        _scores(problem, "weighted_ensemble", y if test else None, raw, chosen=True),
        _scores(problem, "lightgbm", y if test else None, raw),
        _scores(problem, "ridge", y if test else None, 0.7 * raw + 0.3 * weak),
        _scores(problem, "baseline", y if test else None, weak),
        ModelScores(name="xgboost", status="failed", reason="It was ended for using too much memory."),
    ]
    return Evaluation(
        metric=problem.metric,
        greater_is_better=metric.greater_is_better,
        rows=rows if test else 0,
        models=tuple(models),
        charts=target_of(problem).charts(problem, y, raw, threshold=None),
        model_charts=model_charts(problem, y, {"lightgbm": raw, "baseline": weak}, deadline=Deadline()),
        seconds=1.5,
    )


def _predictions(problem: Problem, rows: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    if not problem.is_classification:
        y = rng.lognormal(10, 0.5, rows)
        return y, y * rng.normal(1, 0.1, rows)
    y = rng.integers(0, len(problem.classes), rows)
    logits = 2.0 * np.eye(len(problem.classes))[y] + rng.normal(size=(rows, len(problem.classes)))
    raw = np.exp(logits)
    return y, raw / raw.sum(axis=1, keepdims=True)


def _scores(
    problem: Problem, name: str, y: np.ndarray | None, raw: np.ndarray, *, chosen: bool = False
) -> ModelScores:
    values = {}
    if y is not None:
        for metric in metrics_for(problem.task):
            value = metric.score(y, raw)
            values[metric.name] = MetricValue(value, value - 0.02 * abs(value), value + 0.02 * abs(value))
    return ModelScores(
        name=name,
        status="ok",
        oof_score=0.5,
        test=values,
        fit_seconds=3.2,
        predict_milliseconds=4.0,
        size_bytes=123_456,
        n_trials=3,
        chosen=chosen,
    )


def _profile(problem: Problem, columns: tuple[str, ...]) -> Profile:
    first, *rest = columns
    numeric = ColumnProfile(
        first,
        "numeric",
        0.12,
        80,
        mean=4.0,
        std=1.0,
        minimum=0.0,
        maximum=9.0,
        edges=(0, 3, 6, 9),
        counts=(5, 9, 2),
    )
    others = [
        ColumnProfile(name, "categorical", 0, 3, counts=(9, 4, 1), top=("a", "b", "c")) for name in rest
    ]
    target = ColumnProfile(problem.target, "target", 0, 2, counts=(600, 200), top=("no", "yes"))
    return Profile(800, (numeric, *others, target), memory_bytes=2_000_000)


def _guardrails(columns: tuple[str, ...]) -> tuple[GuardrailResult, ...]:
    return (
        GuardrailResult("constant_columns", "Constant columns", "passed", "Every column varies."),
        GuardrailResult(
            "id_columns", "Id-like columns", "fixed", "One column is an id.", "It was left out.", ("id",)
        ),
        GuardrailResult(
            "target_leakage",
            "Target leakage",
            "alert",
            f"'{columns[0]}' alone tells the target.",
            columns=columns[:1],
            details=({"column": columns[0], "score": 0.99987, "rows": 12, "note": None},),
        ),
    )


def _candidates() -> tuple[Candidate, ...]:
    kept = FittedTrial(0, {}, 0.5, (0.5, 0.5), 1.0, 1e-4, 1000)
    done = [Candidate(name, "ok", kept=(kept,), n_trials=3, seconds=5.0) for name in NAMES[:-1]]
    return (
        *done,
        Candidate("xgboost", "failed", reason="It was ended for using too much memory.", seconds=2.0),
    )


def _trials() -> tuple[Trial, ...]:
    return tuple(
        Trial(
            name,
            number,
            {},
            "search",
            outcome,
            score=0.4 + 0.02 * number + 0.01 * rank,
            seconds=1.0,
            at=number + 1.0,
        )
        for rank, name in enumerate(NAMES[:-1])
        for number, outcome in enumerate(("complete", "pruned", "complete", "failed", "timeout"))
    )


def _ensemble() -> Ensemble:
    members = (EnsembleMember("lightgbm", 0, 0.7), EnsembleMember("ridge", 1, 0.3))
    return Ensemble("weighted_ensemble", "weighted", members, score=0.5, seconds=0.4)


def _selection(problem: Problem, evaluation: Evaluation) -> Selection:
    return Selection(
        chosen="weighted_ensemble",
        reason="weighted_ensemble has the best out-of-fold score; next is lightgbm.",
        choices=tuple(ModelChoice(model.name, model.oof_score) for model in evaluation.models),
        threshold=0.3 if problem.task == "binary" else None,
        calibrated="temperature" if problem.is_classification else "",
        calibration_gain=0.0123,
        score=0.5,
    )


def _explanation(problem: Problem, columns: tuple[str, ...]) -> Explanation:
    rng = np.random.default_rng(0)
    labels = tuple(str(label) for label in problem.classes[:4]) if problem.task == "multiclass" else ("yes",)
    labels = labels if problem.is_classification else ("",)
    lines = tuple(tuple(rng.random(5).tolist()) for _ in labels)
    row = RowExplanation(
        row=7,
        prediction="yes",
        base=0.3,
        output=0.8,
        contributions=tuple((name, value) for name, value in zip(columns, (0.4, -0.1, 0.15), strict=False)),
        inputs=dict.fromkeys(columns, "some <value>"),
        title="Most certain, and right",
        truth="yes",
    )
    return Explanation(
        model="weighted_ensemble",
        metric=problem.metric,
        rows=200,
        columns=tuple(ColumnImportance(name, 0.1 - 0.06 * at, 0.01, 0.02) for at, name in enumerate(columns)),
        partial_dependence=(
            PartialDependence(columns[0], (1.0, 2.0, 3.0, 4.0, 5.0), lines, labels),
            PartialDependence(columns[1], ("a", "b", "c", "$d$", "<e>"), lines, labels),
        ),
        examples=(row,),
        shap_method="permutation",
        beeswarm=tuple(
            {
                "column": name,
                "label": labels[0],
                "shap": rng.normal(size=40).tolist(),
                "value": [None if at == 1 else float(value) for value in rng.random(40)],
            }
            for at, name in enumerate(columns)
        ),
    )


@pytest.fixture(scope="session")
def facts_of() -> Callable[..., RunFacts]:
    """Return a function that makes the facts of a run."""
    return make_facts
