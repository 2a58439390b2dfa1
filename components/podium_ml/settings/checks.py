"""What is wrong with settings that can be known before any data are read."""

from podium_ml.errors import PodiumError, SettingsError
from podium_ml.settings.tabular import Settings


def check_names(settings: Settings) -> None:
    """Refuse what can be known to be wrong before anything runs: missing values, unknown algorithms and metrics.

    Raises:
        SettingsError: One line for each mistake.
    """
    mistakes = []
    if not settings.target:
        mistakes.append("target: name the column to predict.")
    mistakes += _unknown_algorithms(settings)
    if settings.metric != "auto" and ":" not in settings.metric:
        mistakes += _unknown_metric(settings.metric)
    if mistakes:
        raise SettingsError("\n".join(mistakes))


def _unknown_algorithms(settings: Settings) -> list[str]:
    names = {"algorithms": settings.algorithm_names, "exclude": settings.excluded_names}
    if not any(names.values()):
        return []
    from podium_ml.errors import RegistryError
    from podium_ml.tabular.algorithms import ALGORITHMS

    mistakes = []
    for setting, asked in names.items():
        for name in asked:
            try:
                ALGORITHMS[name]
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
