"""A form of one row with what each column contributed, and a file of many rows."""

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podium_ml.kinds import Question, View, read_table, write_row
from podium_ml.reporting.formats import number

_SHOWN = 15
_WHY = "why.csv"


@dataclass(frozen=True)
class RowAnswer:
    """The prediction of one row.

    Attributes:
        prediction: Names and values: the prediction, and probabilities.
        contributions: Columns, what they contributed, and its share of the largest contribution.
    """

    prediction: tuple[tuple[str, str], ...]
    contributions: tuple[tuple[str, float, float], ...]


class RowView(View):
    """Asks ``podium predict``, and ``podium explain`` for a single row."""

    def commands(self, question: Question) -> Sequence[Sequence[str]]:
        """See ``View``."""
        proba = ["--proba"] if question.problem.get("classes") else []
        predict = ["predict", *proba, "--out", str(question.work / self.result), "--", question.model]
        if "upload" in question.files:
            return [[*predict, str(question.files["upload"])]]
        row = str(write_row(entered_row(question), question.work / "row.csv"))
        return [
            ["explain", "--out", str(question.work / _WHY), "--", question.model, row],
            [*predict, row],
        ]

    def answer(self, question: Question) -> RowAnswer:
        """See ``View``."""
        table = read_table(question.work / self.result, most=1)
        return RowAnswer(
            tuple(
                (_title(name), _short(value)) for name, value in zip(table.header, table.rows[0], strict=True)
            ),
            _largest(question.work / _WHY, [one.name for one in question.inputs]),
        )


def entered_row(question: Question) -> dict[str, str]:
    """Return the values of the form's row by column."""
    return {one.name: question.form.get(f"value.{at}", "") for at, one in enumerate(question.inputs)}


def _title(name: str) -> str:
    """Return the name of a column of predictions in words.

    >>> _title("prediction"), _title("probability_very good")
    ('Prediction', 'Probability of very good')
    """
    _, probability, label = name.partition("probability_")
    return f"Probability of {label}" if probability else name.capitalize()


def _short(text: str) -> str:
    """Return a number with a few digits; other texts as they are."""
    with suppress(ValueError):
        return number(float(text))
    return text


def _largest(path: Path, inputs: Sequence[str]) -> tuple[tuple[str, float, float], ...]:
    """Return the columns with the largest contributions, and their shares of the largest."""
    with path.open(encoding="utf-8", newline="") as file:
        why: Mapping[str, Any] = next(csv.DictReader(file), {})
    pairs = sorted(
        ((name, float(why[name])) for name in inputs if why.get(name)), key=lambda one: -abs(one[1])
    )
    most = max((abs(value) for _, value in pairs), default=0.0) or 1.0
    return tuple((name, value, abs(value) / most) for name, value in pairs[:_SHOWN] if value)


VIEW = RowView()
