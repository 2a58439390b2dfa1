"""The settings of a draft: as commands take them, checked, and as a file."""

from pathlib import Path
from typing import Any

import yaml

from podium.studio.drafts import Draft
from podium.studio.shared import Studio
from podium_ml.kinds import KINDS, Kind, kind_of_settings
from podium_ml.kinds.checks import check_settings
from podium_ml.settings import Settings


def kind_of_draft(draft: Draft) -> Kind:
    """Return the kind of problem of a draft."""
    return KINDS[draft.kind]


def values_of(draft: Draft) -> dict[str, Any]:
    """Return the settings of a draft, with the task that makes it one of its kind."""
    values, kind = dict(draft.values), kind_of_draft(draft)
    if kind_of_settings(values) is not kind and kind.tasks:
        values["task"] = kind.tasks[0]
    return values


def checked_settings(studio: Studio, draft: Draft) -> Settings:
    """Return the settings of a draft.

    Raises:
        SettingsError: Some are wrong; one line for each.
        DataError: The data lie where the studio may not read.
    """
    settings = check_settings(
        values_of(draft), kind=kind_of_draft(draft), needed={"source": "name the data, or upload a file."}
    )
    for address in (settings.source, settings.test, getattr(settings, "future", "")):
        if address:
            studio.workplace.check_source(address)
    return settings


def config_of(studio: Studio, draft: Draft) -> Path:
    """Write the settings of a draft for a command, and return the file."""
    path = studio.workplace.own / "drafts" / f"{draft.id}.yaml"
    text = yaml.safe_dump(values_of(draft), sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    return path
