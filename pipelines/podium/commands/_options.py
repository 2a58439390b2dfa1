"""Command-line options made from the settings, so that names, defaults and help have one source."""

import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
import yaml
from pydantic.fields import FieldInfo

from podium_ml.errors import SettingsError
from podium_ml.files.plain_yaml import read_yaml
from podium_ml.kinds import KINDS
from podium_ml.kinds.checks import check_settings
from podium_ml.settings import Panel, ReaderOptions, Settings, Slice, panel_of, takes_names

# Settings that are no option: one is an argument, the other a group whose fields are options.
_SPECIAL = {"source", "reader"}
# Settings without a panel come first, among the command's own options.
_PANELS = (None, *get_args(Panel))
# What to say if these settings are missing.
NEEDED = {"source": "name the data, e.g. `podium run data.csv --target churn`."}
# Options of the commands that read new rows for a model.
READER = frozenset(ReaderOptions.model_fields)
_TYPES: dict[type, Any] = {bool: bool | None, int: int | None, float: float | None}


def with_settings(command: Callable[..., None], *, only: Collection[str] = ()) -> Callable[..., None]:
    """Add an option for every setting; the command gets the given ones as the dictionary ``given``.

    Args:
        command: The command; its own parameters come first, and it takes ``given``.
        only: Names of the settings to offer; all by default.
    """
    own = [p for p in inspect.signature(command).parameters.values() if p.name != "given"]
    models: list[type[Slice]] = [*(kind.settings for kind in KINDS.values()), ReaderOptions]
    fields = [(name, field) for model in models for name, field in model.model_fields.items()]
    offered = {name: field for name, field in fields if name not in _SPECIAL and (not only or name in only)}
    ordered = sorted(offered.items(), key=lambda one: _PANELS.index(panel_of(one[1])))
    options = [_option(name, field, choices=_choices(name, fields)) for name, field in ordered]
    names = {option.name for option in options}

    @functools.wraps(command)
    def wrapper(**values: Any) -> None:
        given = {name: _one(values.pop(name)) for name in names if values.get(name) not in (None, [])}
        for name in names & set(values):
            del values[name]
        command(**values, given=_nest(given))

    wrapper.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
    wrapper.__annotations__ = {p.name: p.annotation for p in [*own, *options]}
    return wrapper


def gather(
    given: dict[str, Any],
    config: Path | None,
    *,
    source: str | None,
    needed: Mapping[str, str] | None = None,
) -> Settings:
    """Return the settings of a configuration file, overridden by those given on the command line.

    Args:
        given: Settings given on the command line.
        config: Configuration file, or ``None``.
        source: The data given on the command line, or ``None``.
        needed: What to say if a setting is missing, by setting; a target is always needed.

    Raises:
        SettingsError: The file cannot be read, or settings are invalid or missing: one line for each.
    """
    values = {**read_config(config), **given}
    if source is not None:
        values["source"] = source
    return check_settings(values, needed=needed)


def _option(name: str, field: FieldInfo, *, choices: list[str]) -> inspect.Parameter:
    # A list of names may come in one option or in several.
    kind = list[str] | None if takes_names(field) else _TYPES.get(field.annotation, str | None)  # type: ignore[arg-type]
    default = field.default
    shown = False if default in ("", 0, False) else "on" if default is True else str(default)
    flag = f"--{name.replace('_', '-')}"
    flags = [f"{flag}/--no-{name.replace('_', '-')}"] if field.annotation is bool else [flag]
    text = str(field.description)
    if not all(choice in text for choice in choices):
        text += f" One of: {', '.join(choices)}."
    option = typer.Option(*flags, help=text, show_default=shown, rich_help_panel=panel_of(field))
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, option]
    )


def _one(value: Any) -> Any:
    """Return the values of an option that was given several times as one text."""
    return ",".join(value) if isinstance(value, list) else value


def _choices(name: str, fields: list[tuple[str, FieldInfo]]) -> list[str]:
    """Return the values that a setting may have, those of all kinds of problems together, or none if any will do."""
    literals = [get_args(field.annotation) for one, field in fields if one == name]
    return list(
        dict.fromkeys(value for values in literals for value in values if isinstance(value, str) and value)
    )


def _nest(given: dict[str, Any]) -> dict[str, Any]:
    reader = {name: given.pop(name) for name in ReaderOptions.model_fields if name in given}
    return {**given, "reader": reader} if reader else given


def read_config(config: Path | None) -> dict[str, Any]:
    """Return the settings of a configuration file, or none.

    Raises:
        SettingsError: The file cannot be read.
    """
    if config is None:
        return {}
    try:
        values = read_yaml(config.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"Cannot read {config}: {' '.join(str(error).split())}.") from error
    if not isinstance(values, dict):
        raise SettingsError(f"{config} is not a mapping of settings.", "Write one `name: value` per line.")
    return values
