"""Pictures with drawn boxes and masks in the web studio."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podium_ml.kinds import Question, View

_SHOWN = 12
_DRAWN = "drawn"
# Bytes of all pictures on a page; those after them are shown as tables alone.
_LARGEST = 24 * 1024**2
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
    """

    label: str
    score: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """A picture with what was found in it.

    Attributes:
        name: Its name.
        width: Width in pixels.
        height: Height.
        content: The picture with the objects, as a data URL; empty if it is too large.
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
        draw = [] if question.form.get("as") == "file" else ["--draw", str(question.work / _DRAWN)]
        return [["predict", *draw, "--out", str(question.work / self.result), "--", question.model, path]]

    def answer(self, question: Question) -> tuple[Picture, ...]:
        """See ``View``."""
        found = json.loads((question.work / self.result).read_text(encoding="utf-8"))
        names = {one["id"]: str(one["name"]) for one in found["categories"]}
        contents = _contents(sorted((question.work / _DRAWN).iterdir()))
        return tuple(
            _picture(one, found, names, content)
            for one, content in zip(found["images"][:_SHOWN], contents, strict=False)
        )


def _picture(
    image: Mapping[str, Any], found: Mapping[str, Any], names: Mapping[Any, str], content: str
) -> Picture:
    own = [one for one in found["annotations"] if one["image_id"] == image["id"]]
    boxes = [box for one in own if (box := _box(one, names)).score >= _LOWEST]
    boxes.sort(key=lambda one: -one.score)
    return Picture(str(image["file_name"]), image["width"], image["height"], content, tuple(boxes))


def _box(found: Mapping[str, Any], names: Mapping[Any, str]) -> Box:
    x, y, width, height = found["bbox"]
    return Box(names[found["category_id"]], float(found.get("score", 1.0)), x, y, width, height)


def _contents(files: Sequence[Path]) -> Iterator[str]:
    """Yield pictures as data URLs; empty ones when those before are large."""
    left = _LARGEST
    for file in files:
        left -= file.stat().st_size
        yield f"data:image/png;base64,{base64.b64encode(file.read_bytes()).decode()}" if left > 0 else ""


VIEW = ObjectView()
