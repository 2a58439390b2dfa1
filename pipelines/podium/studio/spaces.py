"""What the ranges of hyperparameters ask, one field for each hyperparameter of each algorithm."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from podium.studio.catalogue import Row
from podium_ml.errors import SettingsError
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


def spaces_of(rows: Iterable[Row], values: Mapping[str, Any]) -> dict[str, list[SpaceField]]:
    """Return the hyperparameters of each algorithm.

    Args:
        rows: What algorithms search, as ``podium algorithms --spaces`` lists it.
        values: Settings so far.
    """
    wishes: dict[str, dict[str, str]] = {}
    with suppress(ValueError, SettingsError):
        wishes = parse_search_space(str(values.get("search_space", "")))
    return {
        algorithm: [_field(row, wishes.get(algorithm, {})) for row in group]
        for algorithm, group in groupby(rows, key=lambda row: str(row["algorithm"]))
    }


def _field(row: Row, wishes: dict[str, str]) -> SpaceField:
    name = str(row["parameter"])
    return SpaceField(f"{_FIELD}{row['algorithm']}.{name}", name, str(row["values"]), wishes.get(name, ""))


def entered_spaces(form: dict[str, Any]) -> dict[str, str]:
    """Take the ranges out of a form, and return the setting that they mean."""
    names = [name for name in form if name.startswith(_FIELD)]
    entered = {name.removeprefix(_FIELD): str(form.pop(name)).strip() for name in names}
    if not names:
        return {}
    return {"search_space": join_names([f"{name}={value}" for name, value in entered.items() if value])}
