"""RetinaNet of torchvision."""

from podium_ml.objects.algorithms._detector import detector_spec

SPEC = detector_spec(
    "retinanet",
    "RetinaNet",
    "The detector of torchvision with anchors on a pyramid and focal loss, trained from scratch.",
    seconds=24.0,
    usefulness=7,
)
