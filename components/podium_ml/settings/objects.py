"""What a user can ask of a problem whose answers are objects in pictures."""

from typing import Literal

from podium_ml.settings._slice import setting
from podium_ml.settings.picture_weights import PictureWeights
from podium_ml.settings.shared import Settings


class ObjectsProblem(PictureWeights):
    """What a problem of objects depends on."""

    target: str = setting(
        "Problem", "objects", description="Column of the objects; readers of pictures call it objects."
    )
    task: Literal[
        "auto", "detection", "segmentation", "image-object-detection", "image-instance-segmentation"
    ] = setting("Problem", "auto", description="Kind of problem: detection (boxes) or segmentation (masks).")

    @property
    def wants_masks(self) -> bool:
        """Whether masks are wanted, not only boxes."""
        return "segmentation" in self.task


class ObjectsSettings(ObjectsProblem, Settings):
    """Everything that a run on pictures with objects can be asked to do."""
