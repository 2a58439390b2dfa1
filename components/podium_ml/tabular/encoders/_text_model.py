"""The model of one text feature."""

from typing import Any

import numpy as np

from podium_ml.contracts.problem import Task
from podium_ml.tabular.encoders._target_matrix import relative_weight, target_matrix
from podium_ml.values.text_words import WORD

MOST_TERMS = 10_000
# Words of a single character say little.
_WORD = WORD.removesuffix("+") + "{2,}"
# Longer texts are cut, because their beginning shows what they are about.
MOST_CHARACTERS = 5_000
# Texts up to this mean length are phrases, described by their letters; longer ones are described by their words.
PHRASE_LENGTH = 30
PHRASE_TOPICS = 10
CROSS_FIT_FOLDS = 5
# With fewer rows than this, a linear model of thousands of words learns nothing.
FEWEST_ROWS = 30
_PENALTY = 2.0
_NO_VARIATION = 1e-3
# Scripts without spaces, and lists of codes, have fewer spaces per character than this.
_FEWEST_SPACES = 0.04


class TextModel:
    """TF-IDF, reduced to topics by a truncated singular value decomposition and to scores by ridge regression.

    Topics say what a text is about (latent semantic analysis). Scores, one for the target or for each class, say what
    its words reveal about the target. Trees cannot add up thousands of words, so scores help them most. Scores of
    training rows are cross-fitted. A text feature without any terms gives no columns.

    Args:
        task: Kind of problem.
        topics: Maximum number of topics.
        seed: Random seed.

    Attributes:
        outputs: Names of the columns: ``topic_1``, ..., ``score``.
    """

    def __init__(self, *, task: Task, topics: int, seed: int) -> None:
        self.task, self.topics, self.seed = task, topics, seed
        self.vectorizer: Any = None
        self.weights = np.empty((0, 0), dtype=np.float16)
        self.offsets = np.empty(0, dtype=np.float32)
        self.outputs: tuple[str, ...] = ()

    def fit_transform(
        self,
        texts: np.ndarray,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> np.ndarray:
        """Fit, and return the training rows' topics and cross-fitted scores, float32, shape ``(n, k)``."""
        cut = _cut(texts)
        self.vectorizer = _make_vectorizer(cut)
        try:
            terms = self.vectorizer.fit_transform(cut)
        except ValueError:  # no text contains a term
            self.vectorizer = None
            return self.transform(texts)
        most = min(self.topics, PHRASE_TOPICS) if self.vectorizer.analyzer == "char_wb" else self.topics
        topics = _find_topics(terms, most=most, seed=self.seed)
        weight = relative_weight(weight)
        target = target_matrix(y, task=self.task, weight=weight)
        slopes, offsets, scores = _score(terms, target, weight, group, seed=self.seed)
        # Half precision halves the weights, which are by far the largest part of a text model.
        self.weights = np.concatenate([topics, slopes], axis=1).astype(np.float16)
        self.offsets = np.concatenate([np.zeros(topics.shape[1]), offsets]).astype(np.float32)
        self.outputs = (*_numbered("topic", topics.shape[1]), *_numbered("score", slopes.shape[1]))
        made = self._weigh(terms)
        made[:, topics.shape[1] :] = scores
        return made

    def transform(self, texts: np.ndarray) -> np.ndarray:
        """Return topics and scores of texts, float32, shape ``(n, k)``."""
        if self.vectorizer is None or not len(texts):
            return np.zeros((len(texts), self.weights.shape[1]), dtype=np.float32)
        return self._weigh(self.vectorizer.transform(_cut(texts)))

    def _weigh(self, terms: Any) -> np.ndarray:
        return np.asarray(terms @ self.weights.astype(np.float32)) + self.offsets


def _cut(texts: np.ndarray) -> list[str]:
    return [text[:MOST_CHARACTERS] for text in texts]


def _make_vectorizer(texts: list[str]) -> Any:
    from podium_ml.tabular.encoders._quick_vectorizer import QuickVectorizer

    filled = [text for text in texts if text]
    characters, spaces = sum(map(len, filled)), sum(text.count(" ") for text in filled)
    phrases = characters <= PHRASE_LENGTH * len(filled) or spaces < _FEWEST_SPACES * characters
    how: dict[str, Any] = (
        {"analyzer": "char_wb", "ngram_range": (2, 4)}
        if phrases
        else {"ngram_range": (1, 2), "token_pattern": _WORD}
    )
    fewest = 3 if len(filled) >= 100 else 1
    return QuickVectorizer(sublinear_tf=True, min_df=fewest, max_features=MOST_TERMS, dtype=np.float32, **how)


def _find_topics(terms: Any, *, most: int, seed: int) -> np.ndarray:
    """Return the weight of each term in each topic; the strongest topic is scaled to a standard deviation of 1."""
    from sklearn.utils.extmath import randomized_svd

    rows, distinct = terms.shape
    if distinct <= most:
        weights = np.eye(distinct)
    else:
        weights = randomized_svd(terms, min(most, rows), n_iter=3, random_state=seed)[2].T
    scale = (terms @ weights).std(axis=0).max()
    return weights / (scale if scale > _NO_VARIATION else 1.0)


def _score(
    terms: Any, target: np.ndarray, weight: np.ndarray | None, group: np.ndarray | None, *, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return slopes, offsets and cross-fitted scores with a standard deviation of about 1; empty if rows are few."""
    rows, outputs = target.shape
    if rows < FEWEST_ROWS or not target.any():
        return np.empty((terms.shape[1], 0)), np.empty(0), np.empty((rows, 0))
    from sklearn.model_selection import GroupKFold, KFold, cross_val_predict

    groups = 0 if group is None else len(np.unique(group))
    kind, number = (GroupKFold, min(groups, CROSS_FIT_FOLDS)) if groups > 1 else (KFold, CROSS_FIT_FOLDS)
    folds, weights = kind(number, shuffle=True, random_state=seed), {"sample_weight": weight}
    found = cross_val_predict(_make_ridge(), terms, target, cv=folds, groups=group, params=weights)
    scores = found.reshape(rows, outputs)
    fitted = _make_ridge().fit(terms, target, **weights)
    spread = scores.std(axis=0)
    scale = np.where(spread > _NO_VARIATION, spread, 1.0)
    return np.atleast_2d(fitted.coef_).T / scale, np.atleast_1d(fitted.intercept_) / scale, scores / scale


def _make_ridge() -> Any:
    from sklearn.linear_model import Ridge

    return Ridge(alpha=_PENALTY, solver="sparse_cg", tol=1e-3)


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}_{number + 1}" for number in range(count)]
