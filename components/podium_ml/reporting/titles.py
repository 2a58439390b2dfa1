"""Titles of models and metrics in reports."""

from podium_ml.contracts import Problem
from podium_ml.kinds import KINDS
from podium_ml.metrics import Metric, resolve_metric

_PROPER = frozenset({"Brier", "Cohen's", "Spearman"})
_COMBINED = {"weighted_ensemble": "Weighted ensemble", "stacked_ensemble": "Stacked ensemble"}


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
