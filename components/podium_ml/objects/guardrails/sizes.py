"""Sizes of pictures and of objects."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.media.packing import facts_of
from podium_ml.objects.encoding import objects_of
from podium_ml.objects.readers.annotations import PICTURE
from podium_ml.objects.validation.context import Context

_SMALL = 1.0


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Say how large pictures and objects are; objects smaller than a cell of the grid are hard to find."""
    facts = [one for value in context.train[PICTURE] if (one := facts_of(value)) is not None]
    width, height = (np.array([getattr(one, side) for one in facts]) for side in ("width", "height"))
    sides = [min(one["b"][2:]) for cell in context.train[context.target] for one in objects_of(cell)]
    seen = (
        f"{len(facts)} training pictures of {width.min()} x {height.min()} to {width.max()} x {height.max()} pixels; "
        f"the shorter side of an object is {np.median(sides):.1%} of the picture."
        if sides
        else f"{len(facts)} training pictures."
    )
    small = float(np.mean(np.array(sides) * context.grid < _SMALL)) if sides else 0.0
    if small < 0.2:
        return guardrail.passed(seen)
    return guardrail.alert(
        seen,
        f"{small:.0%} of the objects are smaller than a {context.grid}th of the picture: cut pictures into tiles.",
    )


SPEC = Guardrail("sizes", "Sizes", "objects", 70, check)
