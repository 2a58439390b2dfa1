"""Faster R-CNN of torchvision."""

from podium_ml.objects.algorithms._detector import detector_spec

SPEC = detector_spec(
    "faster_rcnn",
    "Faster R-CNN",
    "The detector of torchvision that proposes boxes and then refines them, trained from scratch.",
    seconds=24.0,
    usefulness=8,
)
