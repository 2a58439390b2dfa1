"""Texts in several scripts."""

from collections import Counter

import regex

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail

_NAMES = (
    "Latin",
    "Cyrillic",
    "Greek",
    "Arabic",
    "Hebrew",
    "Devanagari",
    "Han",
    "Hiragana",
    "Katakana",
    "Hangul",
    "Thai",
)
_PATTERNS = {name: regex.compile(rf"\p{{{name}}}") for name in _NAMES}
_SOME = 0.02
_LOOKED_AT = 2_000


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Say which scripts texts are written in."""
    counts: Counter[str] = Counter()
    for text in context.train.texts[:_LOOKED_AT]:
        own = {name: len(pattern.findall(text)) for name, pattern in _PATTERNS.items()}
        if any(own.values()):
            counts[_joined(max(own, key=lambda name: own[name]))] += 1
    total = sum(counts.values())
    found = [
        f"{name} ({count / total:.0%})" for name, count in counts.most_common() if count >= _SOME * total
    ]
    if len(found) < 2:
        return guardrail.passed(
            f"Texts are written in one script: {found[0] if found else 'none that is known'}."
        )
    return guardrail.alert(
        f"Texts are written in several scripts: {', '.join(found)}.",
        "A model for each language may find more.",
    )


def _joined(name: str) -> str:
    return "Japanese and Chinese" if name in ("Han", "Hiragana", "Katakana") else name


SPEC = Guardrail("scripts", "Scripts", "texts", 50, check)
