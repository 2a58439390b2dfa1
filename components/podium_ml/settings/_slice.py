"""The base of all settings, and of the slices of them that stages get."""

import difflib
import re
from collections.abc import Collection
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator
from pydantic.fields import FieldInfo

from podium_ml.errors import PodiumError, SettingsError

# Panels of `podium run --help`, in their order.
Panel = Literal["Problem", "Data", "Evaluation", "Limits", "Models", "Champion", "Cluster"]

# A name in a list of names: in double quotes, or without commas.
_NAME = re.compile(r'\s*(?P<quoted>"(?:[^"]|"")*")\s*(?=,|$)|(?P<plain>[^,]+)')


def setting(panel: Panel, default: Any, *, description: str, names: bool = False, **rules: Any) -> Any:
    """Return the declaration of a setting.

    Args:
        panel: The panel of ``podium run --help`` that shows it.
        default: Its default.
        description: What it does, for users.
        names: Whether it is a text of names that are separated by commas. It may be given as a list too.
        **rules: Further arguments of pydantic's ``Field``.
    """
    extra: dict[str, JsonValue] = {"panel": panel, "names": names}
    return Field(default, description=description, json_schema_extra=extra, **rules)


def panel_of(field: FieldInfo) -> str | None:
    """Return the panel of a setting, or ``None`` if it was declared without one."""
    extra = field.json_schema_extra
    return str(extra["panel"]) if isinstance(extra, dict) and "panel" in extra else None


def takes_names(field: FieldInfo) -> bool:
    """Whether a setting is a text of names that are separated by commas."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and extra.get("names") is True


class Slice(BaseModel):
    """Some settings that belong together. A field of several slices is declared once, in a base class of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _join_names(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        named = {name for name, field in cls.model_fields.items() if takes_names(field)}
        return {name: join_names(value) if name in named else value for name, value in values.items()}

    @classmethod
    def parse(cls, values: dict[str, Any]) -> Self:
        """Check settings from any source; missing ones take their defaults.

        Raises:
            SettingsError: One message that has a line for each mistake.
        """
        try:
            return cls.model_validate(values)
        except ValidationError:
            raise SettingsError("\n".join(cls.mistakes(values))) from None

    @classmethod
    def mistakes(cls, values: dict[str, Any]) -> list[str]:
        """Return a line for each field that is wrong, and for each contradiction between the other fields."""
        wrong = cls._errors(values)
        names = {mistake["loc"][0] for mistake in wrong if mistake["loc"]}
        others = cls._errors({name: value for name, value in values.items() if name not in names})
        lines = [_describe(mistake, known=cls.model_fields) for mistake in [*wrong, *others]]
        return list(dict.fromkeys(lines))

    @classmethod
    def lenient(cls, values: dict[str, Any]) -> tuple[Self, dict[str, Any]]:
        """Read settings that somebody stored, so that what is wrong with them does not hide the rest.

        Returns:
            The settings, and the fields that were left out because they are wrong or contradict those before them.
        """
        order = [name for name in cls.model_fields if name in values]
        right: dict[str, Any] = {}
        for name in order:
            if not cls._errors({**right, name: values[name]}):
                right[name] = values[name]
        return cls.model_validate(right), {name: values[name] for name in values if name not in right}

    @classmethod
    def _errors(cls, values: dict[str, Any]) -> list[Any]:
        try:
            cls.model_validate(values)
        except ValidationError as error:
            return list(error.errors())
        return []

    @classmethod
    def read(cls, values: dict[str, Any]) -> Self:
        """Read a slice that ``cut`` made. Every field must be there: a missing one must not become its default.

        Raises:
            PodiumError: Fields are missing.
        """
        if missing := sorted(set(cls.model_fields) - set(values)):
            raise PodiumError(f"{cls.__name__} is incomplete: {', '.join(missing)} missing.")
        return cls.parse(values)

    def cut(self, part: "type[SliceT]") -> dict[str, Any]:
        """Return the fields of a slice, JSON-able.

        Args:
            part: A base class of these settings.
        """
        return self.model_dump(mode="json", include=set(part.model_fields))


SliceT = TypeVar("SliceT", bound=Slice)


def split_names(text: str) -> tuple[str, ...]:
    """Return names that are separated by commas; a name with a comma stands in double quotes.

    >>> split_names('ridge, lightgbm,')
    ('ridge', 'lightgbm')
    >>> split_names('"Income, USD",age')
    ('Income, USD', 'age')
    """
    return tuple(name for name, _, _ in _pieces(text))


def join_names(names: Any) -> Any:
    """Return a list of names as one text that ``split_names`` splits; other values unchanged.

    >>> join_names(["Income, USD", "age"])
    '"Income, USD",age'
    """
    if not isinstance(names, list | tuple):
        return names
    return ",".join(_quoted(str(name)) for name in names)


def match_names(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return names that are separated by commas, knowing which there are: ``Income, USD`` may be one.

    >>> match_names("age, Income, USD", ["age", "Income, USD"])
    ('age', 'Income, USD')
    """
    if text in known:
        return (text,)
    pieces, found, at = _pieces(text), [], 0
    while at < len(pieces):
        start = pieces[at][1]
        ends = [
            end for end in range(len(pieces), at + 1, -1) if text[start : pieces[end - 1][2]].strip() in known
        ]
        found.append(text[start : pieces[ends[0] - 1][2]].strip() if ends else pieces[at][0])
        at = ends[0] if ends else at + 1
    return tuple(found)


def _pieces(text: str) -> list[tuple[str, int, int]]:
    """Return the names in a text, each with the place where it begins and ends."""
    found = []
    for match in _NAME.finditer(text):
        quoted, plain = match["quoted"], match["plain"]
        name = quoted[1:-1].replace('""', '"') if quoted is not None else plain.strip()
        if name:
            found.append((name, match.start(), match.end()))
    return found


def _quoted(name: str) -> str:
    is_plain = name == name.strip() and "," not in name and not name.startswith('"')
    return name if is_plain else '"' + name.replace('"', '""') + '"'


def _describe(mistake: Any, *, known: Any) -> str:
    where = ".".join(str(part) for part in mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        near = difflib.get_close_matches(where, known, n=1)
        return f"{where}: there is no such setting." + (f" Did you mean {near[0]}?" if near else "")
    text = mistake["msg"].removeprefix("Value error, ")
    return f"{where}: {text}." if where else f"{text}."
