"""The base of all contracts: reading and writing checked, versioned JSON."""

import json
import math
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import TypeAdapter, ValidationError

from podium_ml.errors import PodiumError


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _finite(value: Any) -> Any:
    """Replace what JSON cannot represent (NaN, infinities) by null, and NumPy scalars by Python ones."""
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


class Contract:
    """Mixin for frozen dataclasses that travel between stages as JSON.

    Each file records its contract and version. A newer or foreign file is refused with a clear message, not misread.
    """

    VERSION: ClassVar[int] = 1

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON-able form, with the contract's name and version."""
        return {"contract": type(self).__name__, "version": self.VERSION, **_finite(asdict(self))}  # type: ignore[call-overload]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Validate the data and build a contract.

        Raises:
            PodiumError: ``data`` belongs to another contract or version, or a field is missing or of the wrong type.
        """
        fields = dict(data)
        name, version = fields.pop("contract", cls.__name__), fields.pop("version", cls.VERSION)
        if name != cls.__name__ or int(version) != cls.VERSION:
            raise PodiumError(
                f"Expected a {cls.__name__} of version {cls.VERSION}, got a {name} of version {version}.",
                "It was written by another version of Podium: run the pipeline again.",
            )
        try:
            return _adapter(cls).validate_python(fields)  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise PodiumError(f"Not a valid {cls.__name__}: {where}: {first['msg']}.") from error

    def save(self, path: str | Path) -> None:
        """Write the contract to a JSON file, and create its folder if necessary."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(self.to_dict(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a contract from a JSON file. Raises ``PodiumError`` like ``from_dict``."""
        return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
