"""The block that turns free text into a few numbers."""

from typing import Any

import numpy as np

from podium_ml.encoders._block import Block, Output
from podium_ml.encoders._inputs import Inputs

MOST_TERMS = 5_000
MOST_TOPICS = 50
# Topics of all text features together, so that many text features stay affordable.
TOPICS_IN_ALL = 150
# Longer texts are cut: what they are about shows before.
MOST_CHARACTERS = 5_000
# Up to this mean length a text is a phrase, told by its letters; above, by its words.
PHRASE_LENGTH = 30


class TextTopics(Block):
    """Each text feature as TF-IDF reduced by a truncated singular value decomposition (latent semantic analysis).

    Args:
        names: The text features.
        seed: Seed of the decomposition.
    """

    def __init__(self, names: list[str], *, seed: int) -> None:
        self.names, self.seed = names, seed
        self.models: list[_TopicModel] = []

    def fit(self, inputs: Inputs, y: np.ndarray) -> None:
        """Learn vocabularies and topics."""
        self.fit_transform(inputs, y)

    def fit_transform(self, inputs: Inputs, y: np.ndarray) -> np.ndarray:
        """Learn vocabularies and topics, and return the training rows'."""
        most = max(4, min(MOST_TOPICS, TOPICS_IN_ALL // max(1, len(self.names))))
        self.models = [_TopicModel(most=most, seed=self.seed) for _ in self.names]
        parts = [model.fit_transform(texts) for model, texts in zip(self.models, inputs.texts, strict=True)]
        self.outputs = tuple(
            Output(f"{name}_topic_{k + 1}", name)
            for name, part in zip(self.names, parts, strict=True)
            for k in range(part.shape[1])
        )
        return _join(parts, len(inputs))

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return the weights of the topics in each text."""
        parts = [model.transform(texts) for model, texts in zip(self.models, inputs.texts, strict=True)]
        return _join(parts, len(inputs))


class _TopicModel:
    """TF-IDF and its decomposition for one text feature; without any term it gives no column."""

    def __init__(self, *, most: int, seed: int) -> None:
        self.most, self.seed = most, seed
        self.vectorizer: Any = None
        self.components = np.empty((0, 0), dtype=np.float32)

    def fit_transform(self, texts: np.ndarray) -> np.ndarray:
        """Learn, and return the topics of the texts, shape ``(n, k)``."""
        from sklearn.decomposition import TruncatedSVD

        cut = _cut(texts)
        self.vectorizer = _make_vectorizer(cut)
        try:
            terms = self.vectorizer.fit_transform(cut)
        except ValueError:  # no text has a term
            self.vectorizer = None
            return self.transform(texts)
        size = min(self.most, *terms.shape)
        if size < min(terms.shape):
            svd = TruncatedSVD(size, n_iter=3, random_state=self.seed).fit(terms)
            self.components = svd.components_.T.astype(np.float32)
        else:
            self.components = np.eye(terms.shape[1], dtype=np.float32)
        scale = (terms @ self.components).std(axis=0).max()
        self.components /= scale if scale > 0 else 1
        return self.transform(texts)

    def transform(self, texts: np.ndarray) -> np.ndarray:
        """Return the topics of texts."""
        if self.vectorizer is None or not len(texts):
            return np.zeros((len(texts), self.components.shape[1]), dtype=np.float32)
        return np.asarray(self.vectorizer.transform(_cut(texts)) @ self.components)


def _make_vectorizer(texts: list[str]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    filled = [len(text) for text in texts if text]
    phrases = not filled or sum(filled) / len(filled) <= PHRASE_LENGTH
    how: dict[str, Any] = (
        {"analyzer": "char_wb", "ngram_range": (2, 4)} if phrases else {"ngram_range": (1, 2)}
    )
    fewest = 3 if len(filled) >= 100 else 1
    return TfidfVectorizer(sublinear_tf=True, min_df=fewest, max_features=MOST_TERMS, dtype=np.float32, **how)


def _cut(texts: np.ndarray) -> list[str]:
    return [text[:MOST_CHARACTERS] for text in texts]


def _join(parts: list[np.ndarray], rows: int) -> np.ndarray:
    return np.concatenate(parts, axis=1) if parts else np.empty((rows, 0), dtype=np.float32)
