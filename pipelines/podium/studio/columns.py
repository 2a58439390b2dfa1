"""What the table of columns asks: the type of each column, how its gaps are filled, and whether it is left out."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from podium_ml.errors import SettingsError
from podium_ml.settings import join_names, split_names
from podium_ml.settings.column_types import parse_types
from podium_ml.settings.imputations import parse_imputations

IGNORE = "ignore"
# Columns on a page, so that a page of many columns is small.
SHOWN = 100
TYPES = ("", "numeric", "category", "text", "date", "id", IGNORE)


@dataclass(frozen=True)
class Wishes:
    """What a user wants of columns.

    Attributes:
        types: Types by column; ``ignore`` for those that are left out.
        fills: How missing values are filled, by column.
        choices: The types that there are.
    """

    types: dict[str, str]
    fills: dict[str, str]
    choices: tuple[str, ...] = TYPES


def wishes_of(values: Mapping[str, Any]) -> Wishes:
    """Return what some settings ask of columns; settings that are wrong ask nothing."""
    types: dict[str, str] = {}
    fills: dict[str, str] = {}
    with suppress(ValueError, SettingsError):
        types.update(parse_types(str(values.get("types", ""))))
    with suppress(ValueError, SettingsError):
        fills.update(parse_imputations(str(values.get("impute", ""))))
    types |= dict.fromkeys(split_names(str(values.get("drop", ""))), IGNORE)
    return Wishes(types, fills)


def entered_columns(form: dict[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    """Take the rows of the table out of a form, and return the settings that they mean.

    Args:
        form: Fields ``column.N``, ``type.N`` and ``fill.N``, of some columns; other fields stay.
        values: Settings so far, which go on for the other columns.
    """
    if "column.0" not in form:
        return {}
    wishes, asks_fill = wishes_of(values), "fill.0" in form
    number, types, fills = 0, dict(wishes.types), dict(wishes.fills)
    while f"column.{number}" in form:
        name = str(form.pop(f"column.{number}"))
        kind, fill = (str(form.pop(f"{field}.{number}", "")).strip() for field in ("type", "fill"))
        _wish(types, name, kind if kind in TYPES else "")
        _wish(fills, name, fill)
        number += 1
    kept = [f"{name}={kind}" for name, kind in types.items() if kind != IGNORE]
    dropped = [name for name, kind in types.items() if kind == IGNORE]
    settings = {"types": join_names(kept) or "", "drop": join_names(dropped) or ""}
    filled = [f"{name}={fill}" for name, fill in fills.items()]
    return settings | ({"impute": join_names(filled) or ""} if asks_fill else {})


def _wish(wishes: dict[str, str], name: str, wish: str) -> None:
    wishes.pop(name, None)
    if wish:
        wishes[name] = wish
