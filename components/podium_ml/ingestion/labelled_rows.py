"""How labelled rows are read, and what of it later rows need."""

from collections.abc import Mapping
from typing import Any

from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.ingestion.ingested_table import IngestedTable
from podium_ml.settings import ReaderOptions, split_names
from podium_ml.settings.column_types import parse_types

# What the files tell about themselves and new files are likely to share. The rest is kept only if the user set it.
_SHARED = ("delimiter", "encoding", "picture_size")


def hints_of(settings: Mapping[str, Any], *, kind: str = "") -> ColumnHints:
    """Return what a user's settings say about the columns.

    Names of series stay as they are written, and so do times, whose form forecasts take up.

    Args:
        settings: Fields of ``ProblemSettings``.
        kind: Kind of problem.
    """
    target, types = str(settings.get("target", "")), parse_types(str(settings.get("types", "")))
    series = split_names(str(settings.get("series_column", "")))
    times = (str(settings["time_column"]),) if "series_column" in settings else ()
    texts = (name for name, kind in types.items() if kind in ("category", "text"))
    return ColumnHints(
        labels=frozenset((target, *split_names(target), *series)),
        missing=split_names(str(settings.get("missing_markers", ""))),
        texts=frozenset(texts),
        written=frozenset((*series, *times)),
        kind=kind,
    )


def reader_of(table: IngestedTable, options: ReaderOptions) -> dict[str, str]:
    """Return how the files of a table were read, by name of the option, for new rows in the same format."""
    found = {name: table.details[name] for name in _SHARED if name in table.details}
    given = {name: str(value) for name, value in options.model_dump(exclude_defaults=True).items()}
    given.pop("decimal", None)  # in the readings of the columns
    return {**found, **given, "format": table.format}
