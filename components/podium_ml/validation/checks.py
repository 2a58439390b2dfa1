"""What must hold before anything can be learned."""

import difflib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from podium_ml.errors import DataError, SettingsError
from podium_ml.featurization._numbers import read_numbers
from podium_ml.featurization.build import _read_times
from podium_ml.settings import Settings
from podium_ml.validation.context import Context
from podium_ml.validation.targets import canonical

FEWEST_ROWS = 10


def check_names(columns: Iterable[str], settings: Settings) -> None:
    """Refuse settings that name a column that is not there.

    Raises:
        SettingsError: One line for each, with near names.
    """
    known = list(columns)
    asked = {
        "target": [settings.target],
        "time_column": [settings.time_column],
        "group_column": [settings.group_column],
        "weight_column": [settings.weight_column],
        "drop": list(settings.columns_to_drop),
    }
    mistakes = [
        f"{setting}: there is no column '{name}'. {_near(name, known)}"
        for setting, names in asked.items()
        for name in names
        if name and name not in known
    ]
    if mistakes:
        raise SettingsError("\n".join(mistakes))


def check_target(context: Context) -> None:
    """Refuse targets that cannot be learned.

    Raises:
        DataError: Too few rows, or infinite values.
        SettingsError: The positive label does not occur.
    """
    settings, rows = context.settings, len(context.table)
    if rows < FEWEST_ROWS:
        raise DataError(
            f"Only {rows} {'row has' if rows == 1 else 'rows have'} a value of '{settings.target}'.",
            f"At least {FEWEST_ROWS} are needed.",
        )
    if context.task == "regression":
        numbers = read_numbers(context.target)
        if np.isinf(numbers).any():
            row = int(np.isinf(numbers).argmax())
            raise DataError(
                f"Target '{settings.target}' is infinite in row {row + 1}.", "Correct or remove it."
            )
    elif settings.positive_label and context.task == "binary":
        find_label(context.classes.index, settings.positive_label)


def check_special_columns(context: Context) -> None:
    """Refuse weights, groups and times that cannot serve.

    Raises:
        DataError: Weights are no numbers, missing or negative; times cannot be read; there is one group only.
    """
    settings, table = context.settings, context.table
    if name := settings.weight_column:
        weights = read_numbers(table[name])
        if np.isnan(weights).any() or (weights < 0).any() or not weights.sum() > 0:
            row = int((np.isnan(weights) | (weights < 0)).argmax())
            raise DataError(
                f"Weight column '{name}' must hold numbers from 0 on; row {row + 1} holds {table[name].iloc[row]!r}."
            )
    if name := settings.time_column:
        times = table[name]
        if times.isna().any():
            raise DataError(
                f"Time column '{name}' is empty in {int(times.isna().sum())} rows.", "Fill or remove them."
            )
        if len(np.unique(_read_times(times))) < 2:
            raise DataError(f"Time column '{name}' holds no dates, e.g. {times.iloc[0]!r}.")
    if (name := settings.group_column) and table[name].nunique(dropna=False) < 2:
        raise DataError(f"Group column '{name}' has one group only.", "It needs at least two.")


def check_features(context: Context) -> None:
    """Refuse tables that have nothing left to learn from.

    Raises:
        DataError: Says why each column was left out.
    """
    if context.features:
        return
    dropped = [c for c in context.columns.values() if c.role == "dropped"]
    reasons = "; ".join(f"'{c.name}': {c.reason.rstrip('.')}" for c in dropped[:5])
    told = f" {reasons}." if reasons else ""
    raise DataError(
        f"No column is left to learn '{context.settings.target}' from.{told}",
        "Add columns that tell something.",
    )


def check_test(context: Context) -> None:
    """Refuse separate test data that does not match.

    Raises:
        DataError: Columns are missing.
    """
    test = context.test
    if test is None:
        return
    needed = [context.settings.target, *(column.name for column in context.features)]
    if lacking := [name for name in needed if name not in test.columns]:
        raise DataError(
            f"The test data lacks {', '.join(repr(name) for name in lacking[:5])}.",
            "It needs the training data's columns.",
        )
    if not len(test):
        raise DataError("The test data has no rows.")


def find_label(labels: Iterable[object], text: str) -> object:
    """Return the label that a user means.

    Raises:
        SettingsError: There is none.
    """
    for label in labels:
        shown = label[1] if isinstance(label, tuple) else label
        if text == str(shown) or text.casefold() == str(shown).casefold():
            return label
    shown = ", ".join(str(label[1] if isinstance(label, tuple) else label) for label in labels)
    raise SettingsError(f"positive_label: '{text}' is no value of the target.", f"Its values are {shown}.")


def sorted_labels(target: pd.Series) -> list[object]:
    """Return the target's distinct labels in the user's own types, in order."""
    distinct: dict[object, object] = {}
    for value in target.drop_duplicates():
        plain = value.item() if hasattr(value, "item") else value
        distinct.setdefault(canonical(plain), plain)
    labels = [int(v) if isinstance(v, float) and v.is_integer() else v for v in distinct.values()]
    labels = [v if isinstance(v, bool | int | float | str) else str(v) for v in labels]
    return sorted(labels, key=lambda v: (isinstance(v, str), v))


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if not near:
        near = [column for column in known if column.casefold() == name.casefold()]
    if near:
        return f"Did you mean {', '.join(repr(one) for one in near)}?"
    shown = ", ".join(known[:8])
    return f"There are {shown}{', ...' if len(known) > 8 else ''}."
