"""A tuned TF-IDF with logistic regression, in scikit-learn alone: what Podium must not fall below.

Words and pairs of words, and two to five letters at a time within words, with sublinear counts; ``C`` is chosen among
1, 3, 10, 30 and 100 by three inner folds.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.pipeline import make_union

_STRENGTHS = (1, 3, 10, 30, 100)
_CHARACTERS, _FOLDS = 20_000, 3
_TUNED_ON = 4_000  # rows that C is chosen on for sets of labels


@dataclass
class Reference:
    """The fitted reference.

    Attributes:
        terms: Turns texts into weighted terms.
        models: One model, or one for each label.
        classes: Classes or labels.
        thresholds: Threshold of each label out of fold; empty for classes.
    """

    terms: Any
    models: list[Any]
    classes: list[str]
    thresholds: np.ndarray

    @classmethod
    def fit(cls, texts: list[str], targets: list[Any]) -> Self:
        """Fit on texts, and on classes or sets of labels."""
        terms = make_terms()
        X = terms.fit_transform([one[:_CHARACTERS] for one in texts]).tocsr()
        if not isinstance(targets[0], list | np.ndarray):
            choice = {"Cs": _STRENGTHS, "cv": _FOLDS, "scoring": "neg_log_loss", "l1_ratios": (0,)}
            model = LogisticRegressionCV(**choice, max_iter=200, use_legacy_attributes=False)
            model.fit(X, [str(one) for one in targets])
            return cls(terms, [model], [str(one) for one in model.classes_], np.zeros(0))
        labels = sorted({str(one) for own in targets for one in own})
        y = np.array([[label in set(map(str, own)) for label in labels] for own in targets])
        strength, thresholds = _tuned(X, y)
        models = [_one(X, y[:, at], strength) for at in range(len(labels))]
        return cls(terms, models, labels, thresholds)

    def predict_raw(self, texts: list[str]) -> np.ndarray:
        """Return probabilities, shape ``(n, K)``."""
        X = self.terms.transform([one[:_CHARACTERS] for one in texts])
        if not len(self.thresholds):
            return self.models[0].predict_proba(X)
        return np.column_stack([model.predict_proba(X)[:, 1] for model in self.models])

    def answers(self, raw: np.ndarray) -> dict[str, list[Any]]:
        """Return answers by what follows the name of the reference."""
        if not len(self.thresholds):
            return {"": [self.classes[at] for at in raw.argmax(axis=1)]}
        return {
            name: [[self.classes[at] for at in np.flatnonzero(row)] for row in raw >= limit]
            for name, limit in ((" at .5", 0.5), (" with thresholds", self.thresholds))
        }


def make_terms() -> Any:
    """Return what turns texts into weighted words, pairs of words and pieces of words."""
    shared = {"sublinear_tf": True, "min_df": 2, "dtype": np.float32}
    words = TfidfVectorizer(ngram_range=(1, 2), **shared)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), max_features=100_000, **shared)
    return make_union(words, letters)


def _one(X: Any, y: np.ndarray, strength: float) -> Any:
    return LogisticRegression(C=strength, solver="liblinear").fit(X, y)


def _tuned(X: Any, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return ``C`` for all labels together by log loss, and the threshold of each label that its F1 is best with."""
    rows = np.random.default_rng(0).permutation(len(y))[:_TUNED_ON]
    found = {strength: _out_of_fold(X[rows], y[rows], strength) for strength in _STRENGTHS}
    loss = {one: -np.log(np.clip(np.where(y[rows], p, 1 - p), 1e-9, 1)).mean() for one, p in found.items()}
    best = min(loss, key=lambda one: loss[one])
    grid = np.linspace(0.05, 0.8, 31)
    thresholds = []
    for at in range(y.shape[1]):
        given = found[best][:, at][:, None] >= grid
        right = (given & y[rows, at][:, None]).sum(axis=0)
        thresholds.append(grid[(2 * right / (given.sum(axis=0) + y[rows, at].sum() + 1e-9)).argmax()])
    return best, np.array(thresholds)


def _out_of_fold(X: Any, y: np.ndarray, strength: float) -> np.ndarray:
    found = np.zeros(y.shape)
    for fold in range(_FOLDS):
        valid = np.arange(len(y)) % _FOLDS == fold
        for at in range(y.shape[1]):
            if y[~valid, at].any():
                found[valid, at] = _one(X[~valid], y[~valid, at], strength).predict_proba(X[valid])[:, 1]
    return found
