"""The stage that reads the data from its source into one typed Parquet table."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from podium_ml.ingestion.disk import writing
from podium_ml.ingestion.ingested_table import IngestedTable
from podium_ml.ingestion.labelled_rows import hints_of, reader_of
from podium_ml.ingestion.read import read_source
from podium_ml.settings import ReaderOptions


def run(
    *,
    source: str,
    test: str,
    reader: dict[str, Any],
    table: str,
    settings: dict[str, Any] | None = None,
    kind: str = "",
) -> dict[str, Any]:
    """Read the source, and the separate test data if there is any.

    Args:
        source: Labelled data: a file, folder, pattern, list, or URL.
        test: Separate test data in the same forms, or empty; its columns are read like those of the source.
        reader: Fields of ``ReaderOptions``.
        table: Folder to write: ``data.parquet``, ``test.parquet`` if there is test data, ``ingestion.json``.
        settings: The kind's ``problem_settings``, which say how some columns are read.
        kind: Kind of problem, which may have formats of its own.

    Returns:
        ``rows``, ``columns``, ``fingerprint``, ``format`` and ``test_rows``.

    Raises:
        DataError: The data cannot be read.
    """
    folder, options = Path(table), ReaderOptions.model_validate(reader)
    hints = hints_of(settings or {}, kind=kind)
    data = read_source(source, options, into=folder / "data.parquet", hints=hints)
    facts: dict[str, Any] = data.to_dict()
    facts["reader"] = reader_of(data, options)
    rows = None
    if test:
        known = replace(hints, readings={column.name: column.reading for column in data.columns})
        rows = read_source(test, options, into=folder / "test.parquet", hints=known)
        facts["test"] = rows.to_dict()
    facts["fingerprint"] = _fingerprint(data, rows)
    path = folder / "ingestion.json"
    with writing(path):
        path.write_text(json.dumps(facts, indent=1, ensure_ascii=False), encoding="utf-8")
    return {
        "rows": data.rows,
        "columns": len(data.columns),
        "fingerprint": facts["fingerprint"],
        "format": data.format,
        "test_rows": rows.rows if rows else 0,
    }


def _fingerprint(data: IngestedTable, test: IngestedTable | None) -> str:
    if test is None:
        return data.fingerprint
    return hashlib.sha256(f"{data.fingerprint}{test.fingerprint}".encode()).hexdigest()
