"""From a table and the user's wishes to a problem that can be learned."""

from dataclasses import dataclass

import pandas as pd

from podium_ml.budget import Deadline
from podium_ml.contracts import GuardrailResult, Problem, Profile
from podium_ml.errors import DataError
from podium_ml.guardrails import run_guardrails
from podium_ml.metrics import resolve_metric
from podium_ml.settings import Settings
from podium_ml.validation.checks import (
    check_features,
    check_names,
    check_special_columns,
    check_target,
    check_test,
    find_label,
    sorted_labels,
)
from podium_ml.validation.context import Context
from podium_ml.validation.profiling import profile_table
from podium_ml.validation.roles import infer_columns
from podium_ml.validation.split import _HOLDOUT_FRACTION, plan_folds, set_test_aside
from podium_ml.validation.targets import canonical
from podium_ml.validation.task import infer_task


@dataclass(frozen=True)
class Settled:
    """What validation decided.

    Attributes:
        problem: The problem.
        train: Rows to learn from.
        test: Rows set aside; may be empty.
        profile: Statistics of the training rows.
        results: What the guardrails saw and did.
    """

    problem: Problem
    train: pd.DataFrame
    test: pd.DataFrame
    profile: Profile
    results: list[GuardrailResult]


def settle(
    table: pd.DataFrame,
    settings: Settings,
    *,
    test: pd.DataFrame | None = None,
    dtypes: dict[str, str] | None = None,
    fingerprint: str = "",
    deadline: Deadline | None = None,
) -> Settled:
    """Infer the task and the roles, run the guardrails, set the test rows aside and plan the folds.

    Args:
        table: Labelled rows.
        settings: What the user asked for.
        test: Separate test rows, or ``None`` to set some aside.
        dtypes: Arrow types that ingestion inferred, by column.
        fingerprint: Content hash of the data.
        deadline: When to be done; costly guardrails are skipped when it is near.

    Raises:
        DataError: The data cannot be learned from.
        SettingsError: A setting does not fit the data.
    """
    check_names(map(str, table.columns), settings)
    known = table[settings.target].dropna()
    if not len(known):
        raise DataError(
            f"Target '{settings.target}' is missing in all {len(table)} rows.", "Choose another target."
        )
    context = Context(
        table=table,
        test=test,
        settings=settings,
        task=infer_task(known, settings.task) if len(known) > 1 else "binary",
        columns=infer_columns(table, settings, dtypes=dtypes or {}),
        deadline=deadline or Deadline(),
    )
    results = run_guardrails(context, phase="target")
    check_target(context)
    check_special_columns(context)
    metric = resolve_metric(settings.metric, context.task)
    results += run_guardrails(context, phase="table")
    check_features(context)
    check_test(context)
    train, aside = set_test_aside(context)
    whole = context.table
    if context.test is None:
        context.test = whole.iloc[aside].reset_index(drop=True)
    context.table = whole.iloc[train].reset_index(drop=True)
    context.problem = _problem(context, metric.name, whole[settings.target], fingerprint)
    results += run_guardrails(context, phase="split")
    check_features(context)
    problem = _problem(context, metric.name, whole[settings.target], fingerprint)
    assert context.test is not None
    return Settled(
        problem, context.table, context.test, profile_table(context.table, context.columns), results
    )


def _problem(context: Context, metric: str, target: pd.Series, fingerprint: str) -> Problem:
    settings, rows = context.settings, len(context.table)
    strategy, folds = plan_folds(context, rows=rows)
    classes, positive = _classes(context, target)
    assert context.test is not None
    return Problem(
        name=settings.name or settings.target,
        task=context.task,
        target=settings.target,
        metric=metric,
        columns=tuple(context.columns.values()),
        classes=tuple(classes),  # type: ignore[arg-type]
        positive_label=positive,  # type: ignore[arg-type]
        weight_column=settings.weight_column or None,
        group_column=settings.group_column or None,
        time_column=settings.time_column or None,
        fold_strategy=strategy,
        n_folds=folds,
        holdout_fraction=_HOLDOUT_FRACTION,
        n_train=rows,
        n_test=len(context.test),
        seed=settings.seed,
        fingerprint=fingerprint,
    )


def _classes(context: Context, target: pd.Series) -> tuple[list[object], object]:
    """Return the labels in code order and the positive one: the user's, a plain yes, or the rarer."""
    if context.task == "regression":
        return [], None
    labels = sorted_labels(target)
    if context.task == "multiclass":
        return labels, None
    asked = context.settings.positive_label
    positive = find_label(labels, asked) if asked else _natural_positive(labels, target)
    return [label for label in labels if label != positive] + [positive], positive


def _natural_positive(labels: list[object], target: pd.Series) -> object:
    for label in labels:
        if label is True or label == 1 or str(label).casefold() in ("yes", "true", "y"):
            return label
    counts = target.map(canonical).value_counts()
    return min(labels, key=lambda label: counts[canonical(label)])
