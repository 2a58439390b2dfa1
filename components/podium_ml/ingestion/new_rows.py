"""Reading new rows as a model needs them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from podium_ml.contracts import Problem
from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.ingestion.read import read_frame
from podium_ml.settings import ReaderOptions

if TYPE_CHECKING:
    import pandas as pd

_EXCHANGED = str.maketrans(".,", ",.")


def read_new_rows(
    source: str | Sequence[str], problem: Problem, options: ReaderOptions | None = None
) -> "pd.DataFrame":
    """Read rows to predict in any format. The columns are read like those of the labelled rows.

    Nothing is inferred from the values. Texts that the reading of their column does not fit remain texts, so that the
    predictor can name them.

    Args:
        source: A file, folder, pattern, URL, or several of them.
        problem: The problem of the model.
        options: How to read the source, where that differs from the labelled rows.

    Raises:
        DataError: The source cannot be read.
    """
    options = _with_picture_size(options or ReaderOptions(), problem)
    rows = read_frame(
        source,
        options,
        hints=ColumnHints(readings=problem.readings, reader=problem.reader or {}, kind=problem.kind),
    )
    return _with_marks_of(problem, rows, options.decimal) if options.decimal else rows


def _with_picture_size(options: ReaderOptions, problem: Problem) -> ReaderOptions:
    """Return options that keep pictures as large as in training, whatever their format."""
    known = int((problem.reader or {}).get("picture_size", 0))
    return (
        options if options.picture_size or not known else options.model_copy(update={"picture_size": known})
    )


def _with_marks_of(problem: Problem, rows: "pd.DataFrame", decimal: str) -> "pd.DataFrame":
    """Return rows whose numbers in text, such as prices, have the decimal mark of the labelled rows."""
    changed = {
        column.name: rows[column.name].str.translate(_EXCHANGED)
        for column in problem.columns
        if column.name in rows
        and column.role == "numeric"
        and column.reading is not None
        and (column.reading.decimal or ".") != decimal
        and rows[column.name].dtype.kind not in "iufb"
    }
    return rows.assign(**changed) if changed else rows
