"""FCOS of torchvision."""

from podium_ml.objects.algorithms._detector import detector_spec

SPEC = detector_spec(
    "fcos",
    "FCOS",
    "The detector of torchvision that finds centres and edges on a pyramid, trained from scratch.",
    seconds=24.0,
    usefulness=7,
)
