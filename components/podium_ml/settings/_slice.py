"""The base of all settings, and of the slices of them that stages get."""

import difflib
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from podium_ml.errors import PodiumError, SettingsError

# Panels of `podium run --help`, in their order.
Panel = Literal["Problem", "Data", "Evaluation", "Limits", "Models", "Champion", "Cluster"]


def setting(panel: Panel, default: Any, *, description: str, **rules: Any) -> Any:
    """Return the declaration of a setting.

    Args:
        panel: The panel of ``podium run --help`` that shows it.
        default: Its default.
        description: What it does, for users.
        **rules: Further arguments of pydantic's ``Field``.
    """
    return Field(default, description=description, json_schema_extra={"panel": panel}, **rules)


def panel_of(field: FieldInfo) -> str | None:
    """Return the panel of a setting, or ``None`` if it was declared without one."""
    extra = field.json_schema_extra
    return str(extra["panel"]) if isinstance(extra, dict) and "panel" in extra else None


class Slice(BaseModel):
    """Some settings that belong together. A field of several slices is declared once, in a base class of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def parse(cls, values: dict[str, Any]) -> Self:
        """Check settings from any source; missing ones take their defaults.

        Raises:
            SettingsError: One message that has a line for each mistake.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            mistakes = (_describe(mistake, known=cls.model_fields) for mistake in error.errors())
            raise SettingsError("\n".join(mistakes)) from None

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
    """Return names that are separated by commas.

    >>> split_names("ridge, lightgbm,")
    ('ridge', 'lightgbm')
    """
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _describe(mistake: Any, *, known: Any) -> str:
    where = ".".join(str(part) for part in mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        near = difflib.get_close_matches(where, known, n=1)
        return f"{where}: there is no such setting." + (f" Did you mean {near[0]}?" if near else "")
    text = mistake["msg"].removeprefix("Value error, ")
    return f"{where}: {text}." if where else f"{text}."
