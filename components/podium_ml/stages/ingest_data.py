"""The stage that reads the data from its source into one typed Parquet table."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from podium_ml.ingestion.disk import writing
from podium_ml.ingestion.ingested_table import IngestedTable
from podium_ml.ingestion.read import read_source
from podium_ml.settings import ReaderOptions


def run(*, source: str, test: str, reader: dict[str, Any], table: str) -> dict[str, Any]:
    """Read the source, and the separate test data if there is any.

    Args:
        source: Labelled data: a file, folder, pattern, list, or URL.
        test: Separate test data in the same forms, or empty; its columns get the types of the source.
        reader: Fields of ``ReaderOptions``.
        table: Folder to write: ``data.parquet``, ``test.parquet`` if there is test data, ``ingestion.json``.

    Returns:
        ``rows``, ``columns``, ``fingerprint``, ``format`` and ``test_rows``.

    Raises:
        DataError: The data cannot be read.
    """
    folder, options = Path(table), ReaderOptions.model_validate(reader)
    data = read_source(source, options, into=folder / "data.parquet")
    facts: dict[str, Any] = data.to_dict()
    rows = None
    if test:
        rows = _read_test(test, options, folder)
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


def _read_test(test: str, options: ReaderOptions, folder: Path) -> IngestedTable:
    """Read the test data with the types of the training data. Its format is inferred separately."""
    like = pq.read_schema(folder / "data.parquet")
    return read_source(test, options, into=folder / "test.parquet", like=like)


def _fingerprint(data: IngestedTable, test: IngestedTable | None) -> str:
    if test is None:
        return data.fingerprint
    return hashlib.sha256(f"{data.fingerprint}{test.fingerprint}".encode()).hexdigest()
