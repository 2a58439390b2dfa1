"""What the guardrails of texts look at."""

from dataclasses import dataclass

from podium_ml.entities.texts.tokens import Level
from podium_ml.entities.validation.texts import Cut, Texts
from podium_ml.settings import EntitiesProblem


@dataclass(frozen=True)
class Context:
    """Texts and what is to be found in them.

    Attributes:
        train: Texts to learn from.
        test: Texts set aside.
        cut: The rows of the training texts.
        level: What tokens are.
        settings: What the user asked for.
        separate: Whether the user gave the test texts.
        straddling: Number of given test texts that are nearly equal to training texts.
        longest_cut: Number of texts that were cut into parts, of training and test.
    """

    train: Texts
    test: Texts
    cut: Cut
    level: Level
    settings: EntitiesProblem
    separate: bool
    straddling: int = 0
