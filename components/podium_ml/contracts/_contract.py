"""The base of all contracts: reading and writing checked, versioned JSON."""

import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json, to_jsonable_python

from podium_ml.errors import PodiumError


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _plain(value: Any) -> Any:
    """Replace a NumPy scalar by a Python one."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form.")


# NaN and infinities, which JSON cannot represent, become null.
_AS_JSON: dict[str, Any] = {"inf_nan_mode": "null", "fallback": _plain}


class Contract:
    """Mixin for frozen dataclasses that travel between stages as JSON.

    Each file records its contract and version. A newer or foreign file is refused with a clear message, not misread.
    """

    VERSION: ClassVar[int] = 1

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON-able form, with the contract's name and version."""
        return cast(dict[str, Any], to_jsonable_python(self._labelled(), **_AS_JSON))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Validate the data and build a contract.

        Raises:
            PodiumError: ``data`` belongs to another contract or version, or a field is missing or of the wrong type.
        """
        given = dict(data)
        name, version = given.pop("contract", cls.__name__), given.pop("version", cls.VERSION)
        if name != cls.__name__ or int(version) != cls.VERSION:
            raise PodiumError(
                f"Expected a {cls.__name__} of version {cls.VERSION}, got a {name} of version {version}.",
                "It was written by another version of Podium: run the pipeline again.",
            )
        try:
            return _adapter(cls).validate_python(given)  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise PodiumError(f"Not a valid {cls.__name__}: {where}: {first['msg']}.") from error

    def save(self, path: str | Path) -> None:
        """Write the contract to a JSON file, and create its folder if necessary."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(to_json(self._labelled(), indent=1, **_AS_JSON) + b"\n")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a contract from a JSON file. Raises ``PodiumError`` like ``from_dict``."""
        return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))

    def _labelled(self) -> dict[str, Any]:
        own = {one.name: getattr(self, one.name) for one in fields(self)}  # type: ignore[arg-type]
        return {"contract": type(self).__name__, "version": self.VERSION, **own}
