"""The first stage, which reads everything from outside, so that all later stages depend only on their parameters."""

import os
from pathlib import Path
from typing import Any

from podium_ml.champions.names import check_names
from podium_ml.champions.registry import FINGERPRINT, SETTINGS, ModelRegistry, Version, has_registry
from podium_ml.champions.unchanged import hash_settings
from podium_ml.errors import PodiumError
from podium_ml.ingestion.content_version import content_version
from podium_ml.kinds import KINDS
from podium_ml.kinds.checks import check_header, check_settings
from podium_ml.run.budget import STARTED_VARIABLE
from podium_ml.settings import ModelLimits, PromotionSettings, Settings
from podium_ml.values.addresses import names_file, place_of, with_today
from podium_ml.values.names import registered_name


def run(
    *, kind: str, settings: dict[str, Any], fingerprint: str = "", tracking: dict[str, str] | None = None
) -> dict[str, Any]:
    """Check the settings once for all stages, determine the version of the data, and look up the champion.

    MLflow is imported only if there is a registry to query.

    Args:
        kind: Kind of problem.
        settings: All settings of the run: fields of the kind's ``settings``.
        fingerprint: Content hash or version of the data; empty to determine it.
        tracking: MLflow folder; optional.

    Returns:
        The inputs of the other tasks: ``source`` and ``test`` with the date filled in, and the ``fingerprint`` of the
        data; the groups ``problem``, ``plan``, ``limits``, ``promotion`` and ``publication`` of the settings; and the
        ``reference`` model, whose configurations are tried first. ``champion`` is like ``"churn/7"``, or empty.
        ``unchanged`` is true if the champion has the same data and settings and the user skips unchanged runs.

    Raises:
        SettingsError: One line for each mistake in the settings; or the cluster's owner does not allow the name.
    """
    declared, tracking = KINDS[kind], tracking or {}
    folder = tracking.get("folder", "")
    checked = check_settings(settings, kind=declared, needed={"source": "name the data, a file or URL."})
    check_names(checked.name or checked.target, tracking)
    source, test = with_today(checked.source), with_today(checked.test)
    version = fingerprint or content_version(source, test, *_further_files(checked))
    if (
        STARTED_VARIABLE not in os.environ
    ):  # on a cluster, where the stage that reads the data starts much later
        check_header(checked, declared)
    wanted = hash_settings(checked.model_dump(mode="json", exclude_defaults=True))
    champion, reference = _champions(checked.name or checked.target, folder or ".", version)
    champion_name = champion.reference if champion else ""
    return {
        "source": source,
        "test": test,
        "fingerprint": version,
        "problem": {**checked.cut(declared.problem_settings), **_pinned(checked)},
        "plan": checked.cut(declared.plan_settings),
        "limits": checked.cut(ModelLimits),
        "promotion": {**checked.cut(PromotionSettings), "champion": champion_name, "registry": folder},
        "publication": _publication(checked, source=source, test=test, fingerprint=version, wanted=wanted),
        "reference": {"reference": reference.reference if reference else "", "registry": folder},
        "champion": champion_name,
        "unchanged": checked.skip_unchanged and champion is not None and _same(champion, version, wanted),
    }


def _pinned(settings: Settings) -> dict[str, str]:
    """Return the settings that name weights, with the revisions that these have today."""
    if not settings.weights:
        return {}
    from podium_ml.weights import pin

    return {name: pin(source) for name, source in settings.weights.items()}


def _further_files(settings: Settings) -> list[str]:
    """Return the files that settings name beside the data; a name of a column may look like one."""
    named = [one for several in settings.further_files.values() for one in several if names_file(one)]
    return [one for one in named if place_of(one) != "local" or Path(one).exists()]


def _publication(
    settings: Settings, *, source: str, test: str, fingerprint: str, wanted: str
) -> dict[str, Any]:
    """Return the settings for the report, and the versions that later runs compare against."""
    asked = {**settings.model_dump(mode="json", exclude={"reader"}), "source": source, "test": test}
    return {"settings": asked, "versions": {"fingerprint": fingerprint, "settings": wanted}}


def _champions(project: str, folder: str, fingerprint: str) -> tuple[Version | None, Version | None]:
    """Return the champion and the reference model, or ``None`` for both if the registry cannot be reached.

    In that case the run replaces no champion.
    """
    if not has_registry(folder):
        return None, None
    try:
        registry = ModelRegistry(folder)
        champion = registry.champion(registered_name(project))
        return champion, _reference(registry, champion, fingerprint)
    except PodiumError as error:
        print(f"The champion is unknown: {error}")
        return None, None


def _reference(registry: ModelRegistry, champion: Version | None, fingerprint: str) -> Version | None:
    """Return the newest of the champion and its predecessors that was trained on other data.

    A champion trained on the same data would be useless here: there is no drift, and the search finds the same
    configurations by itself. This also gives runs on the same data the same reference model, so that they share cached
    results.
    """
    if champion is None or champion.tags.get(FINGERPRINT) != fingerprint:
        return champion
    for number in reversed(registry.champions(champion.name)[:-1]):
        version = registry.version(champion.name, number)
        if version is not None and version.tags.get(FINGERPRINT) != fingerprint:
            return version
    return None


def _same(champion: Version, fingerprint: str, settings: str) -> bool:
    return champion.tags.get(FINGERPRINT) == fingerprint and champion.tags.get(SETTINGS) == settings
