"""What the ranges of hyperparameters ask, one field for each hyperparameter of each algorithm."""

from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from podium.studio.drafts import Draft
from podium.studio.shared import Studio
from podium_ml.errors import PodiumError, SettingsError
from podium_ml.settings import join_names
from podium_ml.settings.search_spaces import parse_search_space

_FIELD = "space."


@dataclass(frozen=True)
class SpaceField:
    """A hyperparameter.

    Attributes:
        field: Name of its field.
        parameter: Its name.
        usual: The values that are searched by default.
        value: The values that the user wants; empty for the usual ones.
    """

    field: str
    parameter: str
    usual: str
    value: str


async def spaces_of(studio: Studio, draft: Draft) -> dict[str, list[SpaceField]]:
    """Return the hyperparameters of each algorithm of a draft's kind; none if they cannot be listed."""
    if not studio.spaces:
        with suppress(PodiumError):
            studio.spaces.extend(await studio.children.json("algorithms", "--spaces", "--json"))
    wishes: dict[str, dict[str, str]] = {}
    with suppress(ValueError, SettingsError):
        wishes = parse_search_space(str(draft.values.get("search_space", "")))
    rows = [row for row in studio.spaces if row["kind"] == draft.kind]
    return {
        algorithm: [_field(row, wishes.get(algorithm, {})) for row in group]
        for algorithm, group in groupby(rows, key=lambda row: str(row["algorithm"]))
    }


def _field(row: dict[str, Any], wishes: dict[str, str]) -> SpaceField:
    name = str(row["parameter"])
    return SpaceField(f"{_FIELD}{row['algorithm']}.{name}", name, str(row["values"]), wishes.get(name, ""))


def entered_spaces(form: dict[str, Any]) -> dict[str, str]:
    """Take the ranges out of a form, and return the setting that they mean."""
    names = [name for name in form if name.startswith(_FIELD)]
    entered = {name.removeprefix(_FIELD): str(form.pop(name)).strip() for name in names}
    if not names:
        return {}
    return {"search_space": join_names([f"{name}={value}" for name, value in entered.items() if value])}
