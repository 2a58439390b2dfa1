"""Forms made of the settings, so that a new setting appears by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic.fields import FieldInfo

from podium_ml.kinds import Kind, kind_of_parsed
from podium_ml.settings import Panel, ReaderOptions, Settings, panel_of, takes_names

READER = "reader."
_ADDRESSES = ("source", "test", "future")
# The panel of a kind's own settings that name none.
_OWN = "Problem"
# What each group of settings is about.
ABOUT = {
    "Problem": "What to predict, and how it is scored.",
    "Data": "How the data are read and what each column is.",
    "Evaluation": "How rows are split to choose and to score models.",
    "Limits": "When to stop.",
    "Models": "Which algorithms take part.",
    "Champion": "What happens to the model afterwards.",
    "Cluster": "How it runs on Kubeflow.",
}


@dataclass(frozen=True)
class Field:
    """A field of a form.

    Attributes:
        name: Name of the setting; of the reader's, with a prefix.
        label: What the user sees.
        help: What it does.
        kind: ``text``, ``number``, ``choice`` or ``address``.
        choices: Values and labels of a choice.
        value: What is entered, as text; empty for the default.
        default: The default, as text.
        error: Why the value is wrong, or empty.
    """

    name: str
    label: str
    help: str
    kind: str
    choices: tuple[tuple[str, str], ...]
    value: str
    default: str
    error: str = ""


def fields_of(
    kind: Kind, values: Mapping[str, Any], *, errors: Mapping[str, str] | None = None
) -> dict[str, list[Field]]:
    """Return the fields of all settings of a kind of problem, by panel.

    Args:
        kind: The kind of problem.
        values: Settings that were entered.
        errors: Why settings are wrong, by name.
    """
    wrong = errors or {}
    made: dict[str, list[Field]] = {panel: [] for panel in get_args(Panel)}
    reader = values.get("reader", {})
    for name, field, value in [
        *(
            (name, field, values.get(name))
            for name, field in kind.settings.model_fields.items()
            if name != "reader"
        ),
        *((READER + name, field, reader.get(name)) for name, field in ReaderOptions.model_fields.items()),
    ]:
        made[panel_of(field) or _OWN].append(_field(name, field, value, wrong.get(name, "")))
    return {panel: found for panel, found in made.items() if found}


def named(fields: Mapping[str, list[Field]], names: Iterable[str]) -> list[Field]:
    """Return some fields by name, in the order of the names; unknown ones are left out."""
    known = {field.name: field for group in fields.values() for field in group}
    return [known[name] for name in names if name in known]


def merged(values: Mapping[str, Any], form: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """Return settings with what a form holds; an empty field takes its default, a field that is not there stays.

    Args:
        values: Settings so far.
        form: Fields of the form, as text.
        kind: The kind of problem, whose settings count.
    """
    settings = {**values, "reader": dict(values.get("reader", {}))}
    for name, entered in form.items():
        target, key = (
            (settings["reader"], name.removeprefix(READER)) if name.startswith(READER) else (settings, name)
        )
        known = ReaderOptions.model_fields if name.startswith(READER) else kind.settings.model_fields
        if key not in known or key == "reader":
            continue
        text = str(entered).strip() if key != "delimiter" else str(entered)
        if text == "":
            target.pop(key, None)
        else:
            target[key] = text
    if not settings["reader"]:
        del settings["reader"]
    return settings


def settings_in_words(settings: Settings) -> dict[str, str]:
    """Return the settings of a run that are not the default, as a form would show them, by label."""
    values = settings.model_dump(mode="json", exclude_defaults=True)
    fields = fields_of(kind_of_parsed(settings), values)
    return {one.label: _shown(one) for group in fields.values() for one in group if one.value}


def mistakes_by_name(lines: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Return the mistakes of single settings by name, and the other ones.

    >>> mistakes_by_name(["folds: must be a number.", "No data."])
    ({'folds': 'must be a number.'}, ['No data.'])
    """
    found, rest = {}, []
    for line in lines:
        name, colon, text = line.partition(": ")
        if colon and name.replace(".", "").replace("_", "").isalnum():
            found[name] = text
        else:
            rest.append(line)
    return found, rest


def _field(name: str, field: FieldInfo, value: Any, error: str) -> Field:
    choices = _choices(field)
    numeric = field.annotation in (int, float)
    return Field(
        name=name,
        label=_label(name),
        help=str(field.description),
        kind="choice" if choices else "number" if numeric else "address" if name in _ADDRESSES else "text",
        choices=choices,
        value=_text(value, names=takes_names(field)),
        default=_text(field.default, names=False),
        error=error,
    )


def _shown(field: Field) -> str:
    return dict(field.choices).get(field.value, field.value)


def _choices(field: FieldInfo) -> tuple[tuple[str, str], ...]:
    if field.annotation is bool:
        return (("true", "yes"), ("false", "no"))
    return tuple(
        (str(value), str(value).replace("_", " ")) for value in get_args(field.annotation) if value != ""
    )


def _label(name: str) -> str:
    return name.removeprefix(READER).replace("_", " ").capitalize()


def _text(value: Any, *, names: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if names and isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
