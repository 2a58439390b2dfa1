"""Mask R-CNN of torchvision."""

from podium_ml.objects.algorithms._detector import detector_spec

SPEC = detector_spec(
    "mask_rcnn",
    "Mask R-CNN",
    "Faster R-CNN of torchvision with a mask for each object, trained from scratch.",
    seconds=30.0,
    usefulness=8,
    tasks=("segmentation",),
)
