"""Checks that the data and the settings must pass before training."""

import difflib
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from podium_ml.contracts import Reading
from podium_ml.errors import DataError, SettingsError
from podium_ml.media.names import FILE, LABEL, PICTURE
from podium_ml.settings import TabularProblem, match_names
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.target_columns import target_columns
from podium_ml.values.labels import distinct_labels, find_label
from podium_ml.values.nested import NESTED, nested_error

FEWEST_ROWS = 10
_SHOWN = 8
_OTHER_TARGET = "Choose another target."
# Why there is no positive label, by type of target.
_NO_POSITIVE_LABEL = {
    "labels": "has more than two classes",
    "label_sets": "holds sets of labels",
    "values": "is predicted as a number",
}


def check_columns(columns: Iterable[str], settings: TabularProblem) -> None:
    """Refuse settings that name a column that does not exist.

    Raises:
        SettingsError: One line per missing column, with similar names.
    """
    if not settings.target:
        raise SettingsError("target: name the column to predict.")
    known = list(columns)
    named = {
        "target": target_columns(known, settings),
        "time_column": [settings.time_column],
        "group_column": [settings.group_column],
        "weight_column": [settings.weight_column],
        "drop": list(match_names(settings.drop, known)),
        "types": list(settings.column_types),
        "impute": list(settings.imputations),
    }
    mistakes = [
        f"{setting}: there is no column '{_short(name)}'. {_near(name, known)}"
        for setting, names in named.items()
        for name in names
        if name and name not in known
    ]
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    special = {settings.time_column, settings.group_column, settings.weight_column}
    for setting, names in (("drop", settings.columns_to_drop), ("types", settings.column_types)):
        if kept := special & set(names):
            raise SettingsError(
                f"{setting}: '{min(kept)}' is also the time, group or weight column.",
                "Remove it from one of the settings.",
            )


def check_nested(columns: Iterable[str], readings: Mapping[str, Reading]) -> None:
    """Refuse columns of objects, of which models cannot learn.

    Args:
        columns: The target, or columns that are not dropped.
        readings: How ingestion read each column.

    Raises:
        DataError: A column holds objects.
    """
    for name in columns:
        if name in readings and readings[name].type == NESTED:
            raise nested_error(name)


def check_known_target(table: pd.DataFrame, name: str, *, lists: bool = False) -> None:
    """Refuse targets that no model can learn.

    Args:
        table: Labelled rows.
        name: The target.
        lists: Whether it holds sets of labels.

    Raises:
        DataError: All values are missing, there are too few rows, or a value is infinite or nested.
    """
    target, known = table[name], table[name].dropna()
    if not len(known):
        are_pictures = set(table.columns) == {PICTURE, LABEL, FILE}
        hint = (
            "Give the folder that holds a folder of pictures for each class."
            if are_pictures
            else _OTHER_TARGET
        )
        raise DataError(f"Target '{name}' is missing in all {len(target)} rows.", hint)
    if len(known) < FEWEST_ROWS:
        rows = "1 row has" if len(known) == 1 else f"{len(known)} rows have"
        raise DataError(f"Only {rows} a value for '{name}'.", f"At least {FEWEST_ROWS} are needed.")
    if lists:
        return
    if isinstance(known.iloc[0], list | dict | np.ndarray):
        raise DataError(f"Target '{name}' holds nested values, e.g. {known.iloc[0]}.", _OTHER_TARGET)
    infinite = _infinite(target)
    if infinite.any():
        row = int(infinite.argmax())
        raise DataError(
            f"Target '{name}' is infinite in row {row + 1} ({int(infinite.sum())} such rows).",
            "Correct or remove these rows.",
        )


def check_positive_label(context: Context) -> None:
    """Check that the task uses a positive label and that the label occurs in the target.

    Raises:
        SettingsError: The task has no positive label, or the label does not occur.
    """
    positive = context.settings.positive_label
    if not positive:
        return
    if context.task != "binary":
        kind = _NO_POSITIVE_LABEL[context.target_type]
        raise SettingsError(
            f"positive_label: '{context.settings.target}' {kind}, so no label is the positive one.",
            "Leave positive_label out.",
        )
    find_label(distinct_labels(context.target), positive)


def check_features(context: Context) -> None:
    """Refuse tables without any column to learn from.

    Raises:
        DataError: No column is left; the message gives the reason for each dropped column.
    """
    if context.features:
        return
    dropped = [c for c in context.columns.values() if c.role == "dropped"]
    reasons = "; ".join(f"'{_short(c.name)}': {c.reason.rstrip('.')}" for c in dropped[:_SHOWN])
    more = f"; and {len(dropped) - _SHOWN} more" if len(dropped) > _SHOWN else ""
    details = f" {reasons}{more}." if reasons else ""
    texts = [c.name for c in dropped if _may_be_texts(context.table[c.name])]
    raise DataError(
        f"No column is left to learn '{context.settings.target}' from.{details}",
        "Add columns that help to predict it"
        + (f", or read one as free text with --types {_short(texts[0])}=text." if texts else "."),
    )


def _may_be_texts(values: pd.Series) -> bool:
    """Whether most values have blanks or letters of other scripts, which ids hardly have."""
    if not pd.api.types.is_string_dtype(values.dtype) or values.nunique() < 2:
        return False
    return bool(values.dropna().str.contains(r"\S\s+\S|[^\x00-\x7f]").mean() > 0.5)


def _infinite(target: pd.Series) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(target.dtype):
        texts = target.dropna().astype(str).str.strip().str.casefold()
        return target.index.isin(texts.index[texts.isin(["inf", "-inf", "+inf", "infinity", "-infinity"])])
    return np.isinf(target.to_numpy(dtype=np.float64, na_value=np.nan))


def _near(name: str, known: list[str]) -> str:
    folded = {column.casefold(): column for column in known}
    near = difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {', '.join(repr(_short(folded[one])) for one in near)}?"
    shown = ", ".join(_short(column) for column in known[:_SHOWN])
    return f"The columns are {shown}{', ...' if len(known) > _SHOWN else ''}."


def _short(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:79]}…"
