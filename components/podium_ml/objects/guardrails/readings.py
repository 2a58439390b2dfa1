"""Boxes that are written otherwise than their format says."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.objects.validation.context import Context


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Tell if corners stood in place of width and height, or shares in place of pixels."""
    if context.pictures.corners:
        return guardrail.alert(
            "As width and height, boxes do not fit their pictures, areas or polygons; as right and bottom, they do.",
            "They are read as corners. If that is wrong, correct the file.",
            columns=[context.target],
        )
    if context.pictures.ratios:
        return guardrail.alert(
            "All boxes lie between 0 and 1, where pixels are due.",
            "They are read as shares of the picture's width and height.",
            columns=[context.target],
        )
    if context.pictures.resized:
        return guardrail.alert(
            "Annotations say other sizes than their pictures have, and boxes fit these.",
            "They are scaled to the pictures. If that is wrong, correct the sizes in the file.",
            columns=[context.target],
        )
    return guardrail.passed("The boxes are written as their format says.")


SPEC = Guardrail("readings", "How boxes are written", "objects", 20, check)
