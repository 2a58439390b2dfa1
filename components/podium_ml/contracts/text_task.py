"""What entities add to a problem."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TextTask:
    """How texts are split.

    Attributes:
        level: What tokens are: ``words``, ``blanks`` or ``characters``; see ``podium_ml.entities.texts.tokens``.
        longest: Greatest number of tokens of a text, or of a part of a longer one.
    """

    level: str
    longest: int
