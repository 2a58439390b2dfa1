"""What is wrong with settings that can be known before the data are read."""

from typing import TYPE_CHECKING

from podium_ml.errors import PodiumError, RegistryError, SettingsError
from podium_ml.settings.shared import Settings

if TYPE_CHECKING:
    from podium_ml.kinds import Kind


def check_names(settings: Settings, kind: "Kind") -> None:
    """Refuse what can be known to be wrong before anything runs: missing values, unknown algorithms and metrics.

    Args:
        settings: All settings of a run.
        kind: The kind of problem.

    Raises:
        SettingsError: One line for each mistake.
    """
    mistakes = []
    if not settings.target:
        mistakes.append("target: name the column to predict.")
    mistakes += _unknown_algorithms(settings, kind)
    if settings.metric != "auto" and ":" not in settings.metric:
        mistakes += _unknown_metric(settings.metric)
    if mistakes:
        raise SettingsError("\n".join(mistakes))


def check_header(settings: Settings, kind: "Kind") -> None:
    """Refuse settings that name columns that the data lack, if the columns can be read without reading the data.

    Args:
        settings: All settings of a run.
        kind: The kind of problem.

    Raises:
        SettingsError: One line for each mistake.
    """
    from podium_ml.ingestion.header import read_header

    if columns := read_header(settings.source, settings.reader):
        kind.check_columns(columns, kind.problem_settings.read(settings.cut(kind.problem_settings)))


def _unknown_algorithms(settings: Settings, kind: "Kind") -> list[str]:
    mistakes = []
    for setting, names in (("algorithms", settings.algorithm_names), ("exclude", settings.excluded_names)):
        for name in names:
            try:
                kind.algorithms[name]
            except RegistryError as error:
                mistakes.append(f"{setting}: {error}")
    return mistakes


def _unknown_metric(name: str) -> list[str]:
    from podium_ml.metrics import METRICS, resolve_metric

    tasks = sorted({task for metric in METRICS.values() for task in metric.tasks})
    mistakes = []
    for task in tasks:
        try:
            resolve_metric(name, task)
        except PodiumError as error:
            mistakes.append(f"metric: {error}")
        else:
            return []
    return mistakes[:1]
