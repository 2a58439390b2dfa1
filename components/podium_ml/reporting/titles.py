"""Titles of models and metrics in reports."""

import re
from collections.abc import Iterable

from podium_ml.contracts import Problem
from podium_ml.kinds import KINDS
from podium_ml.metrics import Metric, resolve_metric

_PROPER = frozenset({"Brier", "Cohen's", "Spearman"})
# Models that are things one can count, and so need an article, as "the random forest" does and "CatBoost" does not.
_COUNTABLE = frozenset({"ensemble", "baseline", "tree", "forest", "network", "machine", "SVM"})
_COMBINED = {
    "weighted_ensemble": "Weighted ensemble",
    "median_ensemble": "Median ensemble",
    "stacked_ensemble": "Stacked ensemble",
    "layered_ensemble": "Layered ensemble",
}


def model_title(name: str) -> str:
    """Return the title of a model on the leaderboard.

    >>> model_title("weighted_ensemble"), model_title("lightgbm"), model_title("my_own")
    ('Weighted ensemble', 'LightGBM', 'My own')
    """
    if name in _COMBINED:
        return _COMBINED[name]
    for kind in KINDS.values():
        if name in kind.algorithms:
            return kind.algorithms[name].title
    return name.replace("_", " ").capitalize()


def metric_of(problem: Problem, name: str = "") -> Metric:
    """Return a metric of the problem, the primary one by default."""
    return resolve_metric(name or problem.metric, problem.task)


def in_sentence(title: str) -> str:
    """Return a title as written within a sentence; proper names keep their capitals.

    >>> in_sentence("Weighted ensemble"), in_sentence("LightGBM"), in_sentence("F1, macro"), in_sentence("Brier score")
    ('weighted ensemble', 'LightGBM', 'F1, macro', 'Brier score')
    """
    first = title.split()[0]
    if first in _PROPER or any(letter.isupper() or letter.isdigit() for letter in first[1:]):
        return title
    return title[0].lower() + title[1:]


def called(title: str) -> str:
    """Return a model's title as a noun of a sentence, with the article that it needs.

    >>> called("Weighted ensemble"), called("CatBoost"), called("Naive Bayes"), called("Kernel SVM")
    ('the weighted ensemble', 'CatBoost', 'naive Bayes', 'the kernel SVM')
    """
    name = in_sentence(title)
    return f"the {name}" if name.split()[-1] in _COUNTABLE else name


def with_titles(text: str, names: Iterable[str]) -> str:
    """Return a sentence with the titles of models in place of their names, and a capital first letter.

    >>> with_titles("extra_trees took too long; the baseline did not.", ["baseline", "extra_trees"])
    'Extra trees took too long; the baseline did not.'
    """
    either = "|".join(map(re.escape, names))
    return capitalized(re.sub(rf"\b(?:the )?({either})\b", lambda name: called(model_title(name[1])), text))


def capitalized(sentence: str) -> str:
    """Return a sentence with a capital first letter.

    >>> capitalized("the baseline was chosen.")
    'The baseline was chosen.'
    """
    return sentence[:1].upper() + sentence[1:]
