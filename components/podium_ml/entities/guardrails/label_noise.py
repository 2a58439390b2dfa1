"""The same words with different labels."""

from collections import Counter, defaultdict

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail

_FEWEST, _CLEAR = 4, 0.8
_MOST = 20


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Find texts of spans that usually have one type, and sometimes another one."""
    known: dict[str, Counter[str]] = defaultdict(Counter)
    for text, own in zip(context.train.texts, context.train.spans, strict=True):
        for start, end, label in own:
            known[text[start:end].casefold()][label] += 1
    doubtful = []
    for words, labels in known.items():
        total, (usual, count) = sum(labels.values()), labels.most_common(1)[0]
        if total >= _FEWEST and _CLEAR * total <= count < total:
            others = ", ".join(f"{name} ({times})" for name, times in labels.most_common()[1:])
            doubtful.append({"span": words[:60], "usually": f"{usual} ({count})", "also": others})
    if not doubtful:
        return guardrail.passed("Spans of the same words have the same type, or no type is usual.")
    return guardrail.alert(
        f"{len(doubtful):,} words of spans usually have one type, and sometimes another one, which may be a mistake.",
        "Check them.",
        details=doubtful[:_MOST],
    )


SPEC = Guardrail("label_noise", "Doubtful labels", "spans", 30, check)
