"""Converts the target to one column, in whichever form the user gives it."""

import pandas as pd

from podium_ml.errors import DataError, SettingsError
from podium_ml.settings import TabularProblem, match_names
from podium_ml.values.booleans import FALSE, TRUE
from podium_ml.values.cancelled import ANSWER, cancelled_rows
from podium_ml.values.label_sets import holds_lists, read_label_sets, writes_lists
from podium_ml.values.plain_text import plain_text

_MULTILABEL = "multilabel"
_CLASSES = ("classification", "binary", "multiclass")


def target_columns(columns: list[str], settings: TabularProblem) -> list[str]:
    """Return the columns named by the target: one column, or several with yes or no for one label each.

    Args:
        columns: Names of all columns.
        settings: The user's ``target``, which may be several names separated by commas.
    """
    return list(match_names(settings.target, columns)) or [settings.target]


def without_cancelled(table: pd.DataFrame, settings: TabularProblem) -> tuple[pd.DataFrame, int]:
    """Return the rows whose annotation was not cancelled, as Prodigy marks them, and the number of the others.

    Args:
        table: Rows with the user's columns.
        settings: The user's ``target``; answers that are to be predicted cancel nothing.

    Raises:
        DataError: All were cancelled.
    """
    if ANSWER in target_columns([str(name) for name in table.columns], settings):
        return table, 0
    cancelled = cancelled_rows(table).to_numpy()
    if not cancelled.any():
        return table, 0
    if cancelled.all():
        raise DataError(
            f"The annotations of all {len(table)} rows were cancelled: their '{ANSWER}' is reject or ignore.",
            "Accept annotations that are right.",
        )
    return table[~cancelled].reset_index(drop=True), int(cancelled.sum())


def gather_target(
    table: pd.DataFrame, settings: TabularProblem, *, lists: bool | None = None, separator: str = ""
) -> tuple[pd.DataFrame, bool]:
    """Return the table with the target in one column, named like the setting, and whether it holds sets of labels.

    Sets of labels become lists of texts. They come from several columns of yes and no, from lists, or from texts such
    as ``a, b``. Classes in lists of one, as tools for annotation write them, leave their lists; dates become texts.

    Args:
        table: Rows with the user's columns.
        settings: The user's ``target`` and ``task``.
        lists: Whether the target holds sets of labels, if already known.
        separator: What separates the labels of a set in text; empty infers it.

    Raises:
        DataError: One of several target columns does not hold yes and no, or a row has several classes.
        SettingsError: The task does not fit several columns.
    """
    names = target_columns([str(name) for name in table.columns], settings)
    if len(names) > 1:
        return _joined(table, names, settings), True
    target = table[names[0]]
    if lists is None:
        are_lists = settings.task == "auto" and (holds_lists(target) or writes_lists(target))
        lists = settings.task == _MULTILABEL or are_lists
    if lists:
        table = table.assign(**{names[0]: _as_lists(target, separator)})
    elif holds_lists(target) and settings.wanted_task in _CLASSES:
        table = table.assign(**{names[0]: _only_labels(target)})
    elif pd.api.types.is_datetime64_any_dtype(target.dtype):
        table = table.assign(**{names[0]: _dates_as_texts(target)})
    return table, lists


def _only_labels(target: pd.Series) -> pd.Series:
    """Return the label of each list of one; an empty list is a missing label."""
    sets = [None if one is None else list(one) for one in target.where(target.notna(), None)]
    several = next((at for at, one in enumerate(sets) if one is not None and len(one) > 1), None)
    if several is not None:
        raise DataError(
            f"Target '{target.name}' holds {len(sets[several] or ())} labels in row {several + 1}.",
            "Set the task to multilabel to predict sets of labels.",
        )
    return pd.Series([one[0] if one else None for one in sets], index=target.index, name=target.name)


def _dates_as_texts(target: pd.Series) -> pd.Series:
    """Return dates as classes: without the time of day if that is midnight everywhere."""
    present = target.dropna()
    has_times = bool((present != present.dt.normalize()).any())
    return target.map(
        lambda one: one.isoformat(sep=" ") if has_times else one.date().isoformat(), na_action="ignore"
    ).astype(object)


def _joined(table: pd.DataFrame, names: list[str], settings: TabularProblem) -> pd.DataFrame:
    """Combine several columns of yes and no into the list of labels of each row."""
    if settings.task not in ("auto", _MULTILABEL):
        raise SettingsError(
            f"target: {len(names)} columns form sets of labels, which the task {settings.task} cannot predict.",
            "Set the task to multilabel, or name only one column.",
        )
    flags = pd.DataFrame({name: _flags(table[name]) for name in names})
    labels = [
        [name for name, has in zip(names, row, strict=True) if has == 1]
        for row in flags.itertuples(index=False)
    ]
    lists = pd.Series(labels, index=table.index, dtype=object)
    lists[flags.isna().any(axis=1).to_numpy()] = None
    return table.drop(columns=names).assign(**{settings.target: lists})


def _flags(values: pd.Series) -> pd.Series:
    """Return 1 for yes, 0 for no and NaN for missing."""
    texts = values.map(plain_text)
    flags = texts.map(lambda text: None if text is None else _flag(text.casefold()))
    wrong = flags.isna() & texts.notna()
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise DataError(
            f"Target column '{values.name}' holds '{values.iloc[row]}' in row {row + 1}, which is neither yes nor no.",
            "Several target columns must hold 0 and 1, one column per label.",
        )
    return flags.astype("float64")


def _flag(text: str) -> float | None:
    if text in TRUE:
        return 1.0
    return 0.0 if text in FALSE else None


def _as_lists(target: pd.Series, separator: str) -> pd.Series:
    """Return lists of labels. Among texts such as ``a, b``, an empty cell is the empty set, which is an answer."""
    missing: list[str] | None = None if holds_lists(target) else []
    lists = [
        missing if labels is None else list(labels) for labels in read_label_sets(target, separator=separator)
    ]
    return pd.Series(lists, index=target.index, name=target.name, dtype=object)
