"""The first stage: one look at the outside world, so that all that follows depends on its parameters alone."""

from datetime import UTC, datetime
from typing import Any

from podium_ml.champions.registry import FINGERPRINT, PREVIOUS, SETTINGS, Registry, Version, has_registry
from podium_ml.champions.unchanged import hash_settings
from podium_ml.errors import PodiumError, SettingsError
from podium_ml.ingestion.content_version import content_version
from podium_ml.settings.checks import check_names
from podium_ml.settings.tabular import Settings

_DATE = "{date}"


def run(*, settings: dict[str, Any], fingerprint: str, tracking: dict[str, str]) -> dict[str, Any]:
    """Check the settings, settle what the source is today, and look up the champion.

    Nothing heavy is imported unless there is a registry to look into.

    Args:
        settings: All settings of the run: fields of ``Settings``.
        fingerprint: Content hash or version of the data; empty finds out.
        tracking: MLflow folder; optional.

    Returns:
        ``source`` and ``test`` with the date in them, the data's ``fingerprint``, ``settings_hash``, the ``champion``
        (like ``"churn/7"``, or empty), the ``teacher`` (see ``_teacher``) and whether all is ``unchanged``.

    Raises:
        SettingsError: One line for each mistake in the settings.
    """
    checked = Settings.parse(settings)
    if not checked.source:
        raise SettingsError("source: name the data, a file or URL.")
    check_names(checked)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    source, test = (text.replace(_DATE, today) for text in (checked.source, checked.test))
    version = fingerprint or content_version(source, test)
    wanted = hash_settings(checked.model_dump(mode="json", exclude_defaults=True))
    champion, teacher = _champions(checked.name or checked.target, tracking.get("folder") or ".", version)
    return {
        "source": source,
        "test": test,
        "fingerprint": version,
        "settings_hash": wanted,
        "champion": champion.reference if champion else "",
        "teacher": teacher.reference if teacher else "",
        "unchanged": checked.skip_unchanged and champion is not None and _same(champion, version, wanted),
    }


def _champions(project: str, folder: str, fingerprint: str) -> tuple[Version | None, Version | None]:
    """Return champion and teacher; where the registry cannot be reached, none: then none can be dethroned either."""
    if not has_registry(folder):
        return None, None
    from podium_ml.tracking.store import registered_name

    try:
        registry = Registry(folder)
        champion = registry.champion(registered_name(project))
        return champion, _teacher(registry, champion, fingerprint)
    except PodiumError as error:
        print(f"The champion is not known: {error}")
        return None, None


def _teacher(registry: Registry, champion: Version | None, fingerprint: str) -> Version | None:
    """Return the newest of the champion and its predecessors that was trained on other data than these.

    On the same data there is no drift, and the search finds the same configurations by itself. Runs on the same data so
    have the same teacher, and all that they have in common comes from the cache.
    """
    version, passed = champion, set()
    while version is not None and version.tags.get(FINGERPRINT) == fingerprint:
        passed.add(version.number)
        before = version.tags.get(PREVIOUS)
        version = registry.version(version.name, before) if before and before not in passed else None
    return version


def _same(champion: Version, fingerprint: str, settings: str) -> bool:
    return champion.tags.get(FINGERPRINT) == fingerprint and champion.tags.get(SETTINGS) == settings
