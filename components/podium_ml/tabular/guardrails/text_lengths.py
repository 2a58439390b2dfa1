"""Texts that are empty or too long to be read whole."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.guardrails._texts import texts_by_column
from podium_ml.tabular.validation.context import Context

# More empty texts are worth an alert; longer texts are cut by the models of words.
_MANY_EMPTY, _LONGEST = 0.05, 20_000


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count empty and very long texts."""
    texts = texts_by_column(context)
    if not texts:
        return guardrail.passed("Not checked: there are no texts.")
    notes, names = [], []
    for name, own in texts.items():
        lengths = np.array([len(text.strip()) for text in own] or [0])
        empty, long = float((lengths == 0).mean()), int((lengths > _LONGEST).sum())
        if empty > _MANY_EMPTY:
            notes.append(f"{empty:.0%} of the texts of '{name}' are empty.")
        if long:
            notes.append(
                f"{long} of {len(own):,} texts of '{name}' are longer than {_LONGEST:,} characters, and are cut there."
            )
        if empty > _MANY_EMPTY or long:
            names.append(name)
    if notes:
        return guardrail.alert(" ".join(notes), "Check whether they are complete.", columns=names)
    middle = {name: int(np.median([len(text) for text in own])) for name, own in texts.items()}
    listed = ", ".join(f"{length:,} in '{name}'" for name, length in list(middle.items())[:3])
    return guardrail.passed(f"Median numbers of characters: {listed}. Few texts are empty, none is cut.")


SPEC = Guardrail("text_lengths", "Lengths of texts", "table", 122, check)
