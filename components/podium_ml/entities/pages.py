"""The HTML page that shows how texts are read."""

from collections.abc import Sequence
from html import escape

from podium_ml.contracts import Problem
from podium_ml.entities.texts.tokens import Level, tokenize

_SHOWN, _LONGEST = 10, 400
_LEVELS = {
    "words": "runs of letters or of digits with their marks, and single other characters",
    "blanks": "whatever stands between blanks",
    "characters": "single characters, because spans begin or end inside of words",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Texts</title><style>
:root {{ color-scheme: light dark; }} body {{ font: 15px/1.7 system-ui, sans-serif; margin: 2rem auto; max-width: 54rem;
padding: 0 1rem; }} h1 {{ font-size: 1.3rem; }} p {{ overflow-wrap: anywhere; }}
span {{ border-bottom: 2px solid #8886; }}
</style></head><body><h1>How texts are read</h1>
<p>Tokens are {level}. Models read at most {longest} of them at once.</p>{texts}</body></html>
"""


def features_page(problem: Problem, texts: Sequence[str]) -> str:
    """Return a self-contained page with the tokens of some texts; without any if the run keeps no examples."""
    assert problem.texts is not None
    level: Level = problem.texts.level  # type: ignore[assignment]
    shown = [text[:_LONGEST] for text in texts[:_SHOWN]] if problem.examples else []
    return _PAGE.format(
        level=_LEVELS[level],
        longest=problem.texts.longest,
        texts="".join(_marked(text, level) for text in shown),
    )


def _marked(text: str, level: Level) -> str:
    parts, at = [], 0
    for start, end in tokenize(text, level):
        parts.append(f"{escape(text[at:start])}<span>{escape(text[start:end])}</span>")
        at = end
    return f"<p dir='auto'>{''.join(parts)}{escape(text[at:])}</p>"
