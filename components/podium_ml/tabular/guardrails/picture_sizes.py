"""Sizes and channels of pictures."""

from collections import Counter

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.media.packing import facts_of
from podium_ml.tabular.validation.context import Context

# Sides below this show little, and a ratio beyond this is hardly a picture.
_SMALL, _WIDE = 8, 10.0
_MODES = {
    "1": "black and white",
    "L": "grey",
    "I;16": "16-bit grey",
    "RGB": "colour",
    "RGBA": "colour and alpha",
}


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Say how large the pictures are, and find tiny and very long ones."""
    columns = [column.name for column in context.features if column.role == "image"]
    if not columns:
        return guardrail.passed("Not checked: there are no pictures.")
    known = [facts_of(value) for value in context.table[columns[0]] if isinstance(value, bytes)]
    facts = [one for one in known if one is not None]
    if not facts:
        return guardrail.passed("Not checked: there are no pictures.")
    width, height = (np.array([getattr(one, side) for one in facts]) for side in ("width", "height"))
    modes = Counter(_MODES.get(one.mode, one.mode) for one in facts)
    seen = (
        f"{len(facts)} pictures of {width.min()} x {height.min()} to {width.max()} x {height.max()} pixels: "
        f"{', '.join(f'{count} {name}' for name, count in modes.most_common())}."
    )
    odd = (np.minimum(width, height) < _SMALL) | (np.maximum(width / height, height / width) > _WIDE)
    if odd.mean() > 0.5 or not odd.any():
        return guardrail.passed(seen)
    return guardrail.alert(
        f"{seen} {int(odd.sum())} of them are tiny or very long.", "Check these files.", columns=columns
    )


SPEC = Guardrail("picture_sizes", "Sizes of pictures", "table", 116, check)
