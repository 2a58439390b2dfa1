"""SSDlite of torchvision."""

from podium_ml.objects.algorithms._detector import detector_spec

SPEC = detector_spec(
    "ssdlite",
    "SSDlite",
    "A small detector of torchvision with boxes of fixed proportions (SSDlite on MobileNetV3), trained from scratch.",
    seconds=16.0,
    usefulness=6,
    depths=(),
)
