"""Objects in pictures as users give them, in pixels of the upright picture, and how a column holds them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# Characters of a name in a sentence.
_LONGEST = 100

Box = tuple[float, float, float, float]
"""Left, top, width and height."""


@dataclass(frozen=True)
class Annotation:
    """One object.

    Attributes:
        label: Its class.
        box: Its box, or ``None`` if it is that of the mask.
        polygons: Its mask as polygons ``[x, y, x, y, ...]``, all parts of one object.
        runs: Its mask as COCO's run lengths: ``size`` and ``counts``.
        crowd: Whether it stands for many objects that are not told apart.
        id: Id of the class in the user's data; -1 if there is none.
        ratios: Whether coordinates are shares of the picture's width and height, not pixels.
        corners: Whether the box was written as left, top, right and bottom, against the format.
        told: Width and height that the annotations say of the picture, where it has others; ``None`` otherwise.
    """

    label: str
    box: Box | None = None
    polygons: tuple[tuple[float, ...], ...] = ()
    runs: dict[str, Any] | None = None
    crowd: bool = False
    id: int = -1
    ratios: bool = False
    corners: bool = False
    told: tuple[int, int] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what differs from the defaults."""
        found: dict[str, Any] = {"label": self.label}
        if self.box is not None:
            found["box"] = list(self.box)
        if self.polygons:
            found["polygons"] = [list(one) for one in self.polygons]
        if self.runs:
            found["runs"] = self.runs
        if self.crowd:
            found["crowd"] = True
        if self.id >= 0:
            found["id"] = self.id
        if self.ratios:
            found["ratios"] = True
        if self.corners:
            found["corners"] = True
        if self.told:
            found["told"] = list(self.told)
        return found

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Annotation":
        """Return what ``to_dict`` stored."""
        box, polygons, told = stored.get("box"), stored.get("polygons") or (), stored.get("told")
        return cls(
            label=str(stored.get("label", "")),
            box=None if box is None else (float(box[0]), float(box[1]), float(box[2]), float(box[3])),
            polygons=tuple(tuple(map(float, one)) for one in polygons),
            runs=stored.get("runs"),
            crowd=bool(stored.get("crowd")),
            id=int(stored.get("id", -1)),
            ratios=bool(stored.get("ratios")),
            corners=bool(stored.get("corners")),
            told=None if told is None else (int(told[0]), int(told[1])),
        )


def to_json(annotations: list[Annotation]) -> str:
    """Return the objects of a picture as the column holds them."""
    return json.dumps([one.to_dict() for one in annotations])


def from_json(text: str) -> list[Annotation]:
    """Return the objects that a cell holds.

    Raises:
        ValueError: It holds something else.
    """
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError("not a list of objects")
    return [Annotation.of(one) for one in found]


def told_size(width: object, height: object) -> tuple[int, int] | None:
    """Return the size that annotations tell of a picture, if they tell one.

    >>> told_size("640", 480.0), told_size("", None)
    ((640, 480), None)
    """
    try:
        size = int(float(str(width).removesuffix("px"))), int(float(str(height).removesuffix("px")))
    except (ValueError, OverflowError):
        return None
    return size if min(size) > 0 else None


@dataclass(frozen=True)
class AnnotatedPicture:
    """A picture with its objects.

    Attributes:
        name: Name of the file, as the user reads it.
        read: Returns its bytes; raises ``PictureError``.
        objects: The objects; ``None`` if nobody looked for any.
        size: Width and height of the picture as the annotations have them; ``None`` if they do not say.
    """

    name: str
    read: Callable[[], bytes]
    objects: list[Annotation] | None
    size: tuple[int, int] | None = None


@dataclass
class Notes:
    """What the user should know about a source.

    Attributes:
        texts: Sentences.
    """

    texts: list[str] = field(default_factory=list)

    def add(self, text: str, names: list[str]) -> None:
        """Add a sentence with the names of what it is about, if there is anything."""
        if names:
            more = f" and {len(names) - 10} more" if len(names) > 10 else ""
            shown = ", ".join(
                name if len(name) <= _LONGEST else f"…{name[-_LONGEST:]}" for name in names[:10]
            )
            self.texts.append(f"{text}: {shown}{more}.")
