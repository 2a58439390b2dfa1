"""Pictures with drawn boxes in the web studio."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podium_ml.kinds import Question, View

_SHOWN = 12
_COLOURS = 6
# What browsers draw; a larger picture is shown as boxes alone.
_TYPES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".gif": "gif"}
_LARGEST = 12 * 1024**2
# Weaker objects are in the file alone.
_LOWEST = 0.3


@dataclass(frozen=True)
class Box:
    """An object.

    Attributes:
        label: Its class.
        score: How sure the model is.
        x: Left edge in pixels; likewise the others.
        y: Upper edge.
        width: Width.
        height: Height.
        colour: Number of its colour.
    """

    label: str
    score: float
    x: float
    y: float
    width: float
    height: float
    colour: int


@dataclass(frozen=True)
class Picture:
    """A picture with what was found in it.

    Attributes:
        name: Its name.
        width: Width in pixels.
        height: Height.
        content: The picture as a data URL; empty if it cannot be shown.
        boxes: The objects, the surest first.
    """

    name: str
    width: float
    height: float
    content: str
    boxes: tuple[Box, ...]


class ObjectView(View):
    """Asks ``podium predict`` what is in an uploaded picture, or in an archive of pictures."""

    result = "objects.json"

    def commands(self, question: Question) -> Sequence[Sequence[str]]:
        """See ``View``."""
        path = str(question.files.get("upload", question.work / "no-picture"))
        return [["predict", "--out", str(question.work / self.result), "--", question.model, path]]

    def answer(self, question: Question) -> tuple[Picture, ...]:
        """See ``View``."""
        found = json.loads((question.work / self.result).read_text(encoding="utf-8"))
        names = {one["id"]: (str(one["name"]), at % _COLOURS) for at, one in enumerate(found["categories"])}
        content = _content(question.files["upload"]) if len(found["images"]) == 1 else ""
        return tuple(_picture(one, found, names, content) for one in found["images"][:_SHOWN])


def _picture(
    image: Mapping[str, Any],
    found: Mapping[str, Any],
    names: Mapping[Any, tuple[str, int]],
    content: str,
) -> Picture:
    own = [one for one in found["annotations"] if one["image_id"] == image["id"]]
    boxes = [box for one in own if (box := _box(one, names)).score >= _LOWEST]
    boxes.sort(key=lambda one: -one.score)
    return Picture(str(image["file_name"]), image["width"], image["height"], content, tuple(boxes))


def _box(found: Mapping[str, Any], names: Mapping[Any, tuple[str, int]]) -> Box:
    label, colour = names[found["category_id"]]
    x, y, width, height = found["bbox"]
    return Box(label, float(found.get("score", 1.0)), x, y, width, height, colour)


def _content(path: Path) -> str:
    """Return a picture as a data URL; empty if browsers do not draw it, or if it is large."""
    kind = _TYPES.get(path.suffix.lower())
    if kind is None or path.stat().st_size > _LARGEST:
        return ""
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


VIEW = ObjectView()
