"""Found objects as COCO writes them, in pixels of the upright picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from podium_ml.objects.grid import Detections
from podium_ml.objects.run_lengths import encode_mask


@dataclass(frozen=True)
class FoundPicture:
    """What was found in one picture.

    Attributes:
        name: Its name.
        width: Width of the upright picture in pixels.
        height: Its height.
        found: The objects.
    """

    name: str
    width: int
    height: int
    found: Detections

    def objects(self, names: list[str]) -> Iterator[dict[str, Any]]:
        """Yield the objects: ``label``, ``score``, ``box`` in pixels, and ``segmentation`` if there are masks.

        Args:
            names: Names of the classes.
        """
        for at, (box, code, score) in enumerate(
            zip(self.found.boxes, self.found.classes, self.found.scores, strict=True)
        ):
            pixels = box * [self.width, self.height, self.width, self.height]
            one = {
                "label": names[code],
                "score": round(float(score), 4),
                "box": [round(float(value), 2) for value in pixels],
            }
            if self.found.masks is not None:
                one["segmentation"] = encode_mask(self.mask(at))
            yield one

    def mask(self, at: int) -> np.ndarray:
        """Return the pixels of an object in the size of the picture, booleans."""
        assert self.found.masks is not None
        small = Image.fromarray(self.found.masks[at].astype(np.uint8) * 255)
        return np.asarray(small.resize((self.width, self.height), Image.Resampling.BILINEAR)) >= 128


def to_coco(pictures: list[FoundPicture], names: list[str], ids: list[int]) -> dict[str, Any]:
    """Return pictures as a COCO file with scores.

    Args:
        pictures: The pictures.
        names: Names of the classes.
        ids: Their ids in the user's data.
    """
    code = {name: ids[at] for at, name in enumerate(names)}
    annotations: list[dict[str, Any]] = []
    for number, picture in enumerate(pictures):
        for one in picture.objects(names):
            box = one["box"]
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": code[one["label"]],
                    "bbox": box,
                    "area": round(box[2] * box[3], 2),
                    "iscrowd": 0,
                    "score": one["score"],
                    **({"segmentation": one["segmentation"]} if "segmentation" in one else {}),
                }
            )
    images = [
        {"id": number, "file_name": one.name, "width": one.width, "height": one.height}
        for number, one in enumerate(pictures)
    ]
    categories = [{"id": code[name], "name": name} for name in names]
    return {"images": images, "categories": categories, "annotations": annotations}
