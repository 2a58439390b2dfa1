"""Names of series that are missing, or hardly differ."""

import unicodedata
from collections import defaultdict

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail, name_list


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report rows without a name, which are a series of their own, and names that hardly differ."""
    ids = context.panel.ids
    if not ids.columns:
        return guardrail.passed("There is one series.")
    nameless = [code for code, label in enumerate(ids.labels) if "" in label]
    if nameless:
        rows = int(context.panel.lengths[nameless].sum())
        names = " or ".join(f"'{name}'" for name in ids.columns)
        which = "a series of their own" if len(nameless) == 1 else f"{len(nameless):,} series of their own"
        return guardrail.alert(
            f"{rows:,} rows have no value of {names}.", f"They are {which}.", columns=ids.columns
        )
    if context.panel.spellings:
        return guardrail.alert(
            f"Some names are written in several ways: {name_list(context.panel.spellings[0])}.",
            "Such numbers are one series. Rename one of them if they are two.",
            columns=ids.columns,
        )
    alike = _alike(ids.labels)
    if alike:
        examples = name_list([", ".join(label) for label in alike[0]])
        return guardrail.alert(
            f"Names of {len(alike):,} series are written in several ways, such as {examples}.",
            "They were kept apart. Write them alike if they mean the same.",
            columns=ids.columns,
        )
    return guardrail.passed("Every row names its series.")


def _alike(labels: tuple[tuple[str, ...], ...]) -> list[list[tuple[str, ...]]]:
    """Return groups of names that differ in case, blanks and encoding alone."""
    groups: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for label in labels:
        groups[tuple(_plain(text) for text in label)].append(label)
    return [group for group in groups.values() if len(group) > 1]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


SPEC = Guardrail("series_names", "Names of series", "series", 20, check)
