"""The results of a finished run, read from its delivered files."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from podium.run_folder import FETCHED, RunFolder
from podium.studio.workplace import NotFoundError
from podium_ml.errors import RunError
from podium_ml.kinds import Input
from podium_ml.reporting.charts import Chart
from podium_ml.reporting.charts.model_charts import model_charts
from podium_ml.run.only_shown import only_shown

MODELS = "models.json"
_SHOWN = 30
_NOT_READ = ("dropped", "target", "weight", "group")


@dataclass(frozen=True)
class ModelRow:
    """A model of the leaderboard.

    Attributes:
        name: Its name.
        title: Its name in words.
        status: ``ok`` or ``failed``.
        chosen: Whether it was chosen.
        tied: Whether it is among the best.
        oof: Out-of-fold score, or ``None``.
        test: Test score, or ``None``; likewise the ends of its interval.
        low: See ``test``.
        high: See ``test``.
        milliseconds: Time to predict a row.
        size: Bytes.
        trials: Number of trials.
        reason: Why it failed or was not scored.
    """

    name: str
    title: str
    status: str
    chosen: bool
    tied: bool
    oof: float | None
    test: float | None
    low: float | None
    high: float | None
    milliseconds: float | None
    size: float | None
    trials: int
    reason: str


@dataclass(frozen=True)
class Results:
    """What the page of a finished run shows.

    Attributes:
        metric: Title of the metric that models were compared by.
        models: The leaderboard.
        drivers: Columns and their importance, relative to the most important one.
        guardrails: Findings that need attention, or were handled.
        files: Files to download, with their sizes.
        problem: The problem.
        thresholds: What each threshold of the chosen model leads to; empty unless there are two classes.
    """

    metric: str
    models: tuple[ModelRow, ...]
    drivers: tuple[tuple[str, float], ...]
    guardrails: tuple[dict[str, Any], ...]
    files: tuple[tuple[str, int], ...]
    problem: dict[str, Any] = field(default_factory=dict)
    thresholds: tuple[dict[str, Any], ...] = ()

    @property
    def chosen(self) -> ModelRow | None:
        """The chosen model."""
        return next((model for model in self.models if model.chosen), None)


def results_of(folder: RunFolder) -> Results:
    """Read the results of a run."""
    path = folder.path
    problem, metrics = problem_of(folder), _json(path / "metrics.json")
    metric = str(metrics.get("metric") or problem.get("metric", ""))
    found = _json(path / "guardrails.json") or []
    facts = _json(path / MODELS)
    titles = {one["name"]: one["title"] for one in facts.get("models", ())}
    return Results(
        metric=_metric_title(facts, metric),
        models=tuple(_model(row, metric, titles) for row in _rows(path / "leaderboard.csv")),
        drivers=_drivers(_rows(path / "importance.csv")),
        guardrails=tuple(one for one in found if one.get("outcome") != "passed"),
        files=tuple((name, (path / name).stat().st_size) for name in FETCHED if (path / name).is_file()),
        problem=problem,
        thresholds=tuple(facts.get("thresholds", ())),
    )


@dataclass(frozen=True)
class ModelPage:
    """What is shown of one model.

    Attributes:
        row: Its row of the leaderboard.
        title: Its name in words.
        trial: How it was found.
        parameters: ``name``, ``value`` and ``changed`` of each hyperparameter.
        members: ``title``, ``weight`` and ``parameters`` of the members of an ensemble.
        columns: Which columns it uses, in sentences.
        scores: Titles of metrics and scores on the test rows, with intervals.
        charts: Its charts.
        drivers: Columns, and their importance relative to the most important one.
    """

    row: ModelRow
    title: str
    trial: str
    parameters: tuple[dict[str, Any], ...]
    members: tuple[dict[str, Any], ...]
    columns: tuple[str, ...]
    scores: tuple[tuple[str, dict[str, Any]], ...]
    charts: tuple[Chart, ...]
    drivers: tuple[tuple[str, float], ...]


def model_page(folder: RunFolder, name: str) -> ModelPage:
    """Return what is shown of a model of the leaderboard.

    Raises:
        NotFoundError: There is no such model.
    """
    rows = {row.name: row for row in results_of(folder).models}
    if name not in rows:
        raise NotFoundError(f"The run has no model '{name}'.", "See its leaderboard.")
    # Runs of earlier versions have no such file.
    known: dict[str, Any] = _json(folder.path / MODELS)
    facts: dict[str, Any] = next((one for one in known.get("models", ()) if one["name"] == name), {})
    return ModelPage(
        row=rows[name],
        title=rows[name].title,
        trial=facts.get("trial", ""),
        parameters=tuple(facts.get("parameters", ())),
        members=tuple(facts.get("members", ())),
        columns=tuple(facts.get("columns", ())),
        scores=tuple((_metric_title(known, one), score) for one, score in facts.get("scores", {}).items()),
        charts=tuple(only_shown(lambda: model_charts(facts.get("charts", {})), otherwise=list)),
        drivers=_relative(facts.get("drivers", {}).get("columns", {}).items()),
    )


def title_of(folder: RunFolder, name: str) -> str:
    """Return the title of a model of the leaderboard; its name if there is no such model."""
    facts: dict[str, Any] = _json(folder.path / MODELS)
    return next((str(one["title"]) for one in facts.get("models", ()) if one["name"] == name), name)


def problem_of(folder: RunFolder) -> dict[str, Any]:
    """Return the problem of a run; empty until it is known."""
    return _json(folder.path / "problem.json") or {}


def inputs_of(folder: RunFolder) -> list[Input]:
    """Return the columns that the model of a run reads, with values that the form of one row begins with."""
    columns = problem_of(folder).get("columns", ())
    profiles = {one["name"]: one for one in _profile(folder).get("columns", ())}
    return [
        _input(str(column["name"]), str(column["role"]), profiles.get(column["name"], {}))
        for column in columns
        if column.get("is_feature") and column["role"] not in _NOT_READ
    ]


def _input(name: str, role: str, profile: dict[str, Any]) -> Input:
    top, deciles = tuple(map(str, profile.get("top", ()))), profile.get("deciles", ())
    examples = tuple(map(str, profile.get("examples", ())))
    if deciles:
        return Input(name, role, f"{deciles[len(deciles) // 2]:g}")
    return Input(name, role, next(iter((*top, *examples)), ""), top)


def _profile(folder: RunFolder) -> dict[str, Any]:
    """Return the statistics of the training rows, if the run was made on this machine."""
    found = sorted(folder.artifacts.glob("*/validate-data/validation/profile.json"))
    return _json(found[-1]) if found else {}


def _metric_title(facts: Mapping[str, Any], name: str) -> str:
    """Return the title of a metric, which runs of earlier versions do not know."""
    return str(facts.get("metrics", {}).get(name, name))


def _model(row: dict[str, str], metric: str, titles: Mapping[str, str]) -> ModelRow:
    return ModelRow(
        name=row["model"],
        title=titles.get(row["model"], row["model"]),
        status=row["status"],
        chosen=row.get("chosen") == "True",
        tied=row.get("tied") == "True",
        oof=_number(row.get(f"{metric}_oof")),
        test=_number(row.get(f"{metric}_test")),
        low=_number(row.get(f"{metric}_test_low")),
        high=_number(row.get(f"{metric}_test_high")),
        milliseconds=_number(row.get("predict_ms")),
        size=_number(row.get("size_bytes")),
        trials=int(_number(row.get("n_trials")) or 0),
        reason=row.get("reason", ""),
    )


def _drivers(rows: list[dict[str, str]]) -> tuple[tuple[str, float], ...]:
    return _relative((row["column"], _number(row.get("importance")) or 0.0) for row in rows)


def _relative(columns: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Return the first columns with their importance as a share of the greatest."""
    pairs = [(name, max(0.0, value)) for name, value in islice(columns, _SHOWN)]
    most = max((value for _, value in pairs), default=0.0)
    return tuple((name, value / most if most else 0.0) for name, value in pairs)


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _json(path: Path) -> Any:
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunError(f"{path.name} of this run is damaged.", "Clone the run and start it again.") from error
