"""Infers the learning problem from a table and the user's settings."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem, Profile, Reading
from podium_ml.contracts.problem import Label, Task
from podium_ml.errors import DataError
from podium_ml.kinds import InferredProblem
from podium_ml.metrics import resolve_metric
from podium_ml.run.budget import as_seconds, stage_deadline
from podium_ml.settings import TabularProblem, join_names, match_names
from podium_ml.tabular.guardrails import run_guardrails
from podium_ml.tabular.validation.checks import (
    check_columns,
    check_features,
    check_known_target,
    check_nested,
    check_positive_label,
)
from podium_ml.tabular.validation.column_readings import known_reading, plan_readings, read_columns
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.imputed_columns import with_fills
from podium_ml.tabular.validation.label_spellings import LabelSpellings
from podium_ml.tabular.validation.metric_checks import check_metric
from podium_ml.tabular.validation.own_test_rows import align_test, check_test_columns
from podium_ml.tabular.validation.profiling import profile_table
from podium_ml.tabular.validation.roles import infer_columns
from podium_ml.tabular.validation.special_columns import check_special_columns
from podium_ml.tabular.validation.split import HOLDOUT_FRACTION, plan_folds, plan_repeats, set_test_aside
from podium_ml.tabular.validation.split_checks import check_split
from podium_ml.tabular.validation.target_columns import gather_target, target_columns, without_cancelled
from podium_ml.tabular.validation.task import infer_task, is_numeric_target
from podium_ml.tabular.validation.typed_columns import check_types
from podium_ml.values.label_sets import find_separator, known_labels
from podium_ml.values.labels import order_labels
from podium_ml.values.numbers import target_numbers


def infer_problem(
    table: pd.DataFrame,
    settings: TabularProblem,
    *,
    test: pd.DataFrame | None = None,
    readings: Mapping[str, Reading] | None = None,
    fingerprint: str = "",
    reference: Profile | None = None,
    time_limit: str | float = "",
) -> InferredProblem:
    """Infer the task and the roles, run the guardrails, set the test rows aside and plan the folds.

    Args:
        table: Labelled rows.
        settings: The user's settings.
        test: Separate test rows, or ``None`` to set some rows aside.
        readings: How ingestion read each column; unknown for columns that are not there.
        fingerprint: Content hash of the data.
        reference: Statistics of the training rows of a champion trained on other data, or ``None``.
        time_limit: Wall-clock limit of the whole run. A short one leaves no time for costly guardrails and many folds.

    Raises:
        DataError: The data cannot be learned from.
        SettingsError: A setting does not fit the data.
    """
    context = _begin(table, settings, test=test, readings=readings or {}, time_limit=time_limit)
    context.reference = reference
    _check_metric(context)
    results = run_guardrails(context, phase="target")
    check_special_columns(context)
    results += run_guardrails(context, phase="table")
    check_features(context)
    check_test_columns(context)
    metric = resolve_metric(settings.metric, context.task).name  # A guardrail may have left only two classes.
    _split(context)
    context.problem = _problem(context, metric, fingerprint)
    assert context.test is not None
    check_split(context.table, context.test, context.problem)
    results += run_guardrails(context, phase="split")
    check_features(context)
    problem = _problem(context, metric, fingerprint)
    profile = profile_table(context.table, context.columns)
    return InferredProblem(problem, context.table, context.test, profile, results)


def _begin(
    table: pd.DataFrame,
    settings: TabularProblem,
    *,
    test: pd.DataFrame | None,
    readings: Mapping[str, Reading],
    time_limit: str | float,
) -> Context:
    known = [str(name) for name in table.columns]
    settings = settings.model_copy(update={"drop": join_names(match_names(settings.drop, known))})
    check_columns(known, settings)
    check_nested(target_columns(known, settings), readings)
    table, cancelled = without_cancelled(table, settings)
    separator = find_separator(table[settings.target]) if settings.target in table else ""
    table, lists = gather_target(table, settings)
    check_known_target(table, settings.target, lists=lists)
    check_types(table, settings)
    spellings = _spellings(table[settings.target], lists=lists)
    if settings.unite_labels:
        table = table.assign(**{settings.target: spellings.unite(table[settings.target])})
    target = table[settings.target]
    mark = known_reading(target, readings).decimal
    asked = settings.wanted_task
    if asked == "auto" and known_reading(target, readings).category:
        asked = "classification"
    task: Task = "multilabel" if lists else infer_task(target.dropna(), asked, mark=mark)
    columns = with_fills(infer_columns(table, settings, readings=readings), settings)
    check_nested((name for name, column in columns.items() if column.role != "dropped"), readings)
    role = "numeric" if task == "regression" else "categorical"
    columns = plan_readings(table, columns, readings, target_role=role, settings=settings)
    context = Context(
        table=read_columns(table, columns, target_role=role),
        test=test,
        settings=settings,
        task=task,
        columns=columns,
        deadline=stage_deadline("validate_data", time_limit),
        seconds=as_seconds(time_limit) if time_limit else math.inf,
        spellings=spellings,
        label_separator=separator,
        cancelled=cancelled,
        separate_test=test is not None,
    )
    check_positive_label(context)
    align_test(context)
    return context


def _spellings(target: pd.Series, *, lists: bool) -> LabelSpellings:
    """Return the labels and their spellings; none of numbers, whose forms mean the same."""
    is_text = pd.api.types.is_string_dtype(target.dtype) or target.dtype == object
    if lists or (is_text and not is_numeric_target(target.dropna())):
        return LabelSpellings.of(target)
    return LabelSpellings()


def _check_metric(context: Context) -> None:
    """Refuse a metric that does not fit the task or the target, before any work is done."""
    metric = resolve_metric(context.settings.metric, context.task)
    if context.target_type == "values":
        check_metric(metric, context.target)
        if context.test is not None:
            check_metric(metric, context.test[context.settings.target], where=" of the test data")


def _split(context: Context) -> None:
    """Set test rows aside, and keep only the training rows in the table of the context."""
    train, aside = set_test_aside(context)
    whole = context.table
    context.table = whole.iloc[train].reset_index(drop=True)
    if context.test is None:
        context.test = whole.iloc[aside].reset_index(drop=True)
    if context.target_type == "labels" and context.target.nunique() < 2:
        raise DataError(
            f"Without the test rows, '{context.settings.target}' has only one value.",
            "Choose a smaller test_fraction, or add more rows of each class.",
        )


def _problem(context: Context, metric: str, fingerprint: str) -> Problem:
    settings, rows = context.settings, len(context.table)
    strategy, folds = plan_folds(context, rows=rows)
    classes = _classes(context)
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
        n_repeats=1 if settings.folds != "auto" else plan_repeats(context, strategy, rows=rows),
        holdout_fraction=HOLDOUT_FRACTION,
        n_train=rows,
        n_test=len(context.test),
        seed=settings.seed,
        fingerprint=fingerprint,
        target_type=context.target_type,
        target_range=_target_range(context),
        copies_together=context.copies_together,
    )


def _target_range(context: Context) -> float | None:
    """Return the range of the training rows' values, or ``None`` if targets are no values."""
    if context.target_type != "values":
        return None
    numbers = target_numbers(context.target)
    return float(np.nanmax(numbers) - np.nanmin(numbers)) if np.isfinite(numbers).any() else None


def _classes(context: Context) -> tuple[Label, ...]:
    """Return the classes in code order, or the sorted labels that are learned."""
    match context.target_type:
        case "labels":
            return order_labels(context.target, positive=context.settings.positive_label)
        case "label_sets":
            return tuple(label for label in known_labels(context.target) if label not in context.rare_labels)
        case _:
            return ()
