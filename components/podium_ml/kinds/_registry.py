"""The kinds that there are, and which of them some settings mean."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from podium_ml.errors import RegistryError, SettingsError
from podium_ml.kinds._kind import Kind
from podium_ml.registries import KINDS_VARIABLE, kind_packages
from podium_ml.settings import Settings

_DEFAULT = "tabular"


class _Kinds(Mapping[str, Kind]):
    """The kinds by name, the default one first; read on first use."""

    def __init__(self) -> None:
        self._found: dict[str, Kind] = {}

    def __getitem__(self, name: str) -> Kind:
        if name not in self._load():
            raise RegistryError(
                f"Unknown kind of problem '{name}'.", f"Available: {', '.join(self._load())}."
            )
        return self._load()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())

    def __contains__(self, name: object) -> bool:
        return name in self._load()

    def _load(self) -> dict[str, Kind]:
        if not self._found:
            kinds = [importlib.import_module(f"{package}.kind").KIND for package in kind_packages()]
            named = {
                kind.name: kind for kind in sorted(kinds, key=lambda kind: (kind.name != _DEFAULT, kind.name))
            }
            if len(named) < len(kinds):
                raise RegistryError("Two kinds of problems have the same name.", f"See {KINDS_VARIABLE}.")
            self._found = named
        return self._found


KINDS: Mapping[str, Kind] = _Kinds()


def kind_of_settings(values: Mapping[str, Any]) -> Kind:
    """Return the kind that a user means: by the task, or by a setting that only one kind knows; tables in doubt.

    Args:
        values: Settings as the user gave them, not checked yet.
    """
    task = str(values.get("task") or "auto")
    by_task = [kind for kind in KINDS.values() if task in kind.tasks]
    if task != "auto" and by_task:
        return by_task[0]
    default = KINDS[_DEFAULT]
    special = [name for name in values if name not in default.settings.model_fields]
    by_setting = [
        kind for kind in KINDS.values() if any(name in kind.settings.model_fields for name in special)
    ]
    return by_setting[0] if by_setting else default


def kind_of_parsed(settings: Settings) -> Kind:
    """Return the kind whose settings these are."""
    return next(kind for kind in KINDS.values() if kind.settings is type(settings))


def parse_settings(values: dict[str, Any]) -> Settings:
    """Check settings as those of the kind that they mean.

    Raises:
        SettingsError: One message that has a line for each mistake.
    """
    if mistakes := settings_mistakes(values):
        raise SettingsError("\n".join(mistakes))
    return kind_of_settings(values).settings.parse(values)


def settings_mistakes(values: dict[str, Any]) -> list[str]:
    """Return a line for each mistake in settings of the kind that they mean."""
    task, mistakes = str(values.get("task") or "auto"), []
    tasks = ["auto", *dict.fromkeys(one for kind in KINDS.values() for one in kind.tasks)]
    if task not in tasks:
        mistakes.append(f"task: '{task}' is not one of {', '.join(tasks)}.")
        values = {name: value for name, value in values.items() if name != "task"}
    return mistakes + kind_of_settings(values).settings.mistakes(values)
