"""What ``podium doctor`` finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        check: What was checked.
        verdict: ``ok``, ``wrong``, or ``skipped`` if it cannot be checked from here.
        seen: What was found, in one sentence.
        remedy: What to do, in one sentence; empty if there is nothing to do.
    """

    check: str
    verdict: str
    seen: str
    remedy: str = ""
