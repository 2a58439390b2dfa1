"""What each column is."""

import re
import warnings

import numpy as np
import pandas as pd

from podium_ml.contracts import Column
from podium_ml.contracts.problem import Role
from podium_ml.featurization._booleans import FALSE, TRUE
from podium_ml.featurization._dates import DateFormat
from podium_ml.featurization._numbers import read_numbers
from podium_ml.featurization._plain_text import plain_texts
from podium_ml.settings import Settings

_SAMPLE = 5_000
_MOST = 0.95
# Free text has several words a value, and few values twice.
_TEXT_WORDS, _TEXT_LENGTH, _TEXT_UNIQUE = 3.0, 40.0, 0.2
_PADDED = re.compile(r"0\d+")
_SHORTEST_DATE = 6


def infer_columns(table: pd.DataFrame, settings: Settings, *, dtypes: dict[str, str]) -> dict[str, Column]:
    """Return every column with its role, by name.

    Args:
        table: Labelled rows.
        settings: Says which columns have a part of their own, and which to drop.
        dtypes: Arrow types that ingestion inferred, by column.
    """
    special = _special(settings)
    columns = {}
    for name in map(str, table.columns):
        dtype = dtypes.get(name, str(table[name].dtype))
        if name in special:
            role, reason = special[name]
            feature = role == "time"
            columns[name] = Column(name, role, dtype, reason, required=feature, is_feature=feature)
        else:
            role, reason = infer_role(table[name])
            columns[name] = Column(name, role, dtype, reason)
    return columns


def infer_role(values: pd.Series) -> tuple[Role, str]:
    """Return a column's role and why it has it, in words for the user."""
    dtype = values.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean", "True and false."
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return "datetime", "Dates or times."
    if pd.api.types.is_numeric_dtype(dtype):
        return "numeric", "Numbers."
    present = values.dropna()
    sample = present if len(present) <= _SAMPLE else present.sample(n=_SAMPLE, random_state=0)
    if len(sample) and isinstance(sample.iloc[0], list | np.ndarray | tuple):
        return "list", "Lists of values."
    return _text_role(sample.astype(str).str.strip(), share=present.nunique() / max(1, len(present)))


def _text_role(sample: pd.Series, *, share: float) -> tuple[Role, str]:
    distinct = sample.drop_duplicates()
    if not len(distinct):
        return "categorical", "No values."
    folded = {text.casefold() for text in distinct}
    if len(folded) <= 2 and folded <= (TRUE | FALSE) and folded & TRUE:
        return "boolean", "Yes and no in words."
    if not distinct.map(lambda text: bool(_PADDED.fullmatch(text))).any():
        if np.isfinite(read_numbers(distinct)).mean() >= _MOST:
            return "numeric", "Numbers written as text."
        if _dates(distinct):
            return "datetime", "Dates written as text."
    words, length = distinct.map(lambda text: len(text.split())).mean(), distinct.str.len().mean()
    if share >= _TEXT_UNIQUE and (words >= _TEXT_WORDS or length >= _TEXT_LENGTH) and words > 1:
        return "text", f"Free text, {words:.1f} words on average."
    return "categorical", "Words or codes."


def _dates(distinct: pd.Series) -> bool:
    if distinct.str.len().min() < _SHORTEST_DATE or not distinct.str.contains(r"\d").mean() >= _MOST:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float((~np.isnat(DateFormat.plan(distinct).read(distinct))).mean()) >= _MOST


def _special(settings: Settings) -> dict[str, tuple[Role, str]]:
    special: dict[str, tuple[Role, str]] = dict.fromkeys(
        settings.columns_to_drop, ("dropped", "Left out by the user.")
    )
    roles: tuple[tuple[str, Role, str], ...] = (
        (settings.weight_column, "weight", "Weights of the rows."),
        (settings.group_column, "group", "Groups that stay together."),
        (settings.time_column, "time", "Orders the rows in time."),
        (settings.target, "target", "To be predicted."),
    )
    return special | {name: (role, reason) for name, role, reason in roles if name}


def distinct_texts(values: pd.Series) -> list[str]:
    """Return the distinct values of a column of any type, as text."""
    return plain_texts(values)[1]
