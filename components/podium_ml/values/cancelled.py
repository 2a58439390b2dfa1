"""Annotations that their annotators cancelled, as Prodigy marks them: they are no truth."""

import pandas as pd

ANSWER = "answer"
_ACCEPTED, _CANCELLED = "accept", ("reject", "ignore")
# Prodigy writes some of these beside each answer; in other tables, answers are data.
_BESIDE = frozenset(("_input_hash", "_task_hash", "_session_id", "_view_id", "_annotator_id"))


def is_cancelled(answer: object) -> bool:
    """Whether an annotator's answer says that the annotation is no truth.

    >>> is_cancelled("reject"), is_cancelled("accept"), is_cancelled(None)
    (True, False, False)
    """
    return isinstance(answer, str) and answer in _CANCELLED


def cancelled_rows(table: pd.DataFrame) -> pd.Series:
    """Return which rows of a table were cancelled; none if its answers are not those of annotators."""
    if ANSWER in table and _BESIDE & set(map(str, table.columns)):
        answers = table[ANSWER]
        present = answers.dropna()
        if present.map(lambda one: one == _ACCEPTED or is_cancelled(one)).all():
            return answers.map(is_cancelled).astype(bool)
    return pd.Series(False, index=table.index)
