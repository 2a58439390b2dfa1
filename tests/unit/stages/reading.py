"""A helper that reads and validates a file as a run does, and plans its features."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Problem, Reading
from podium_ml.kinds import KINDS
from podium_ml.settings import TabularProblem, TabularSettings
from podium_ml.stages import ingest_data, validate_data

_OUTPUTS = ("train", "test", "problem", "validation", "guardrails")


@dataclass(frozen=True)
class Read:
    """A file as a run reads it."""

    problem: Problem
    train: pd.DataFrame
    test: pd.DataFrame
    featurizer: Any
    facts: dict[str, Any]

    def reading(self, column: str) -> Reading:
        return self.problem.readings[column]

    def rows(self) -> pd.DataFrame:
        return pd.concat([self.train, self.test], ignore_index=True)


def read_run(
    source: str | Path, folder: Path, *, test: str = "", reader: dict[str, str] | None = None, **settings: Any
) -> Read:
    """Ingest and validate a source, with the target ``y`` unless the settings say otherwise."""
    asked = TabularSettings(**{"target": "y", **settings}).cut(TabularProblem)
    table = folder / "table"
    ingest_data.run(source=str(source), test=test, reader=reader or {}, table=str(table), settings=asked)
    outputs = {name: str(folder / name) for name in _OUTPUTS}
    facts = validate_data.run(kind="tabular", table=str(table), settings=asked, **outputs)
    problem = Problem.load(outputs["problem"])
    train, aside = (pd.read_parquet(outputs[name]) for name in ("train", "test"))
    return Read(problem, train, aside, KINDS["tabular"].plan_features(problem, train), facts)
