"""From a table and the user's wishes to a problem that can be learned."""

from dataclasses import dataclass

import pandas as pd

from podium_ml.contracts import GuardrailResult, Problem, Profile
from podium_ml.errors import DataError
from podium_ml.metrics import resolve_metric
from podium_ml.run.budget import Deadline
from podium_ml.settings.tabular import Settings
from podium_ml.tabular.guardrails import run_guardrails
from podium_ml.tabular.validation.checks import (
    check_features,
    check_known_target,
    check_names,
    check_positive_label,
)
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.own_test_rows import align_test, check_test_columns
from podium_ml.tabular.validation.profiling import profile_table
from podium_ml.tabular.validation.roles import infer_columns
from podium_ml.tabular.validation.special_columns import check_special_columns
from podium_ml.tabular.validation.split import HOLDOUT_FRACTION, plan_folds, set_test_aside
from podium_ml.tabular.validation.task import infer_task
from podium_ml.targets.labels_of import order_labels


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
    champion: Profile | None = None,
    deadline: Deadline | None = None,
) -> Settled:
    """Infer the task and the roles, run the guardrails, set the test rows aside and plan the folds.

    Args:
        table: Labelled rows.
        settings: What the user asked for.
        test: Separate test rows, or ``None`` to set some aside.
        dtypes: Arrow types that ingestion inferred, by column.
        fingerprint: Content hash of the data.
        champion: Statistics of the rows that the champion was trained on, or ``None``.
        deadline: When to be done; costly guardrails are skipped when it is near.

    Raises:
        DataError: The data cannot be learned from.
        SettingsError: A setting does not fit the data.
    """
    context = _begin(table, settings, test=test, dtypes=dtypes or {}, deadline=deadline or Deadline())
    context.champion = champion
    resolve_metric(settings.metric, context.task)  # a mistake is told before any work is done
    results = run_guardrails(context, phase="target")
    check_special_columns(context)
    results += run_guardrails(context, phase="table")
    check_features(context)
    check_test_columns(context)
    metric = resolve_metric(settings.metric, context.task).name  # two classes may be left of three
    _split(context)
    context.problem = _problem(context, metric, fingerprint)
    results += run_guardrails(context, phase="split")
    check_features(context)
    problem = _problem(context, metric, fingerprint)
    assert context.test is not None
    profile = profile_table(context.table, context.columns)
    return Settled(problem, context.table, context.test, profile, results)


def _begin(
    table: pd.DataFrame,
    settings: Settings,
    *,
    test: pd.DataFrame | None,
    dtypes: dict[str, str],
    deadline: Deadline,
) -> Context:
    check_names(map(str, table.columns), settings)
    check_known_target(table[settings.target])
    context = Context(
        table=table,
        test=test,
        settings=settings,
        task=infer_task(table[settings.target].dropna(), settings.task),
        columns=infer_columns(table, settings, dtypes=dtypes),
        deadline=deadline,
        separate_test=test is not None,
    )
    check_positive_label(context)
    align_test(context)
    return context


def _split(context: Context) -> None:
    """Set test rows aside; the context's table is then the training rows."""
    train, aside = set_test_aside(context)
    whole = context.table
    context.table = whole.iloc[train].reset_index(drop=True)
    if context.test is None:
        context.test = whole.iloc[aside].reset_index(drop=True)
    if context.task != "regression" and context.target.nunique() < 2:
        raise DataError(
            f"Without the test rows, '{context.settings.target}' has one value only.",
            "Choose a smaller test_fraction, or give more rows of each class.",
        )


def _problem(context: Context, metric: str, fingerprint: str) -> Problem:
    settings, rows = context.settings, len(context.table)
    strategy, folds = plan_folds(context, rows=rows)
    is_regression = context.task == "regression"
    classes = () if is_regression else order_labels(context.target, positive=settings.positive_label)
    assert context.test is not None
    return Problem(
        name=settings.name or settings.target,
        task=context.task,
        target=settings.target,
        metric=metric,
        columns=tuple(context.columns.values()),
        classes=classes,
        positive_label=classes[1] if context.task == "binary" else None,
        weight_column=settings.weight_column or None,
        group_column=settings.group_column or None,
        time_column=settings.time_column or None,
        fold_strategy=strategy,
        n_folds=folds,
        holdout_fraction=HOLDOUT_FRACTION,
        n_train=rows,
        n_test=len(context.test),
        seed=settings.seed,
        fingerprint=fingerprint,
    )
