"""What is wrong with settings that can be known before the data are read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from podium_ml.errors import PodiumError, RegistryError, SettingsError
from podium_ml.kinds._registry import kind_of_settings, settings_mistakes
from podium_ml.settings.shared import Settings

if TYPE_CHECKING:
    from podium_ml.kinds import Kind

_NO_TARGET = "target: name the column to predict."


def check_settings(
    values: dict[str, Any], *, kind: "Kind | None" = None, needed: Mapping[str, str] | None = None
) -> Settings:
    """Check settings from any source as far as this is possible before any data are read.

    Args:
        values: Settings as the user gave them.
        kind: The kind of problem; by default the one that the settings mean.
        needed: What to say if a setting is missing, by setting; a target is always needed.

    Returns:
        The settings.

    Raises:
        SettingsError: All mistakes at once, one line for each.
    """
    values = (kind or kind_of_settings(values)).completed(values)
    mistakes = kind.settings.mistakes(values) if kind else settings_mistakes(values)
    kind = kind or kind_of_settings(values)
    settings, wrong = kind.settings.lenient(values)
    lacking = [name for name in needed or {} if name not in wrong and not getattr(settings, name)]
    mistakes += [f"{name}: {needed[name]}" for name in lacking] if needed else []
    names = _mistakes_in_names(settings, kind)
    mistakes += [line for line in names if line.partition(":")[0] not in wrong]
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return settings


def check_names(settings: Settings, kind: "Kind") -> None:
    """Refuse what can be known to be wrong before anything runs: missing values, unknown algorithms and metrics.

    Args:
        settings: All settings of a run.
        kind: The kind of problem.

    Raises:
        SettingsError: One line for each mistake.
    """
    if mistakes := _mistakes_in_names(settings, kind):
        raise SettingsError("\n".join(mistakes))


def _mistakes_in_names(settings: Settings, kind: "Kind") -> list[str]:
    mistakes = [] if settings.target else [_NO_TARGET]
    mistakes += _unknown_algorithms(settings, kind) + _wrong_spaces(settings, kind)
    if settings.metric != "auto" and ":" not in settings.metric:
        mistakes += _unknown_metric(settings)
    return mistakes


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


def _wrong_spaces(settings: Settings, kind: "Kind") -> list[str]:
    """Return what cannot be searched."""
    if not settings.search_space:
        return []
    from podium_ml.algorithms import narrowed  # with pandas, for which light commands would pay

    mistakes = []
    for name, wishes in settings.search_spaces.items():
        try:
            narrowed(kind.algorithms[name], wishes)
        except RegistryError as error:
            mistakes.append(f"search_space: {error}")
        except SettingsError as error:
            mistakes.append(str(error))
    return mistakes


def _unknown_metric(settings: Settings) -> list[str]:
    """Return why no task that the user may mean has the metric."""
    from podium_ml.metrics import METRICS, resolve_metric

    tasks = sorted({task for metric in METRICS.values() for task in metric.tasks})
    mistakes = []
    for task in [settings.task] if settings.task in tasks else tasks:
        try:
            resolve_metric(settings.metric, task)
        except PodiumError as error:
            mistakes.append(f"metric: {error}")
        else:
            return []
    return mistakes[:1]
