"""Helpers that ingest small files written by tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from podium_ml.errors import PodiumError
from podium_ml.ingestion import ColumnHints, IngestedTable
from podium_ml.ingestion.read import read_source
from podium_ml.settings import ReaderOptions

Write = Callable[[str, str | bytes], str]


class Ingest:
    """Ingests sources into one folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ingested" / "data.parquet"

    def __call__(
        self, source: str | list[str], *, hints: ColumnHints | None = None, **options: Any
    ) -> IngestedTable:
        return read_source(source, ReaderOptions(**options), into=self.path, hints=hints)

    def frame(self, source: str | list[str], **options: Any) -> pd.DataFrame:
        self(source, **options)
        return pd.read_parquet(self.path)

    def types(self, source: str, **options: Any) -> dict[str, str]:
        return {column.name: column.type for column in self(source, **options).columns}

    def refusal(self, source: str | list[str], **options: Any) -> PodiumError:
        """Return the error, after checking that it has a message and a hint and that no files are left."""
        self.path.unlink(missing_ok=True)
        with pytest.raises(PodiumError) as caught:
            self(source, **options)
        assert caught.value.message
        assert caught.value.hint
        assert not self.path.exists()
        assert not list(self.path.parent.glob(".work*")) if self.path.parent.exists() else True
        return caught.value
