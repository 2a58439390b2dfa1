"""TF-IDF as scikit-learn computes it, several times faster on many texts."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from podium_ml.kinds.fold_memory import Memory, fold_memory
from podium_ml.tabular.encoders._term_memory import Counts, TermMemory

# Below so many texts, as when a model predicts a few, scikit-learn's own way is as quick.
_FEW_TEXTS = 50


class QuickVectorizer(TfidfVectorizer):  # type: ignore[misc]
    """Counts words and pairs of words by their codes, and the letters of each word once.

    The result is that of ``TfidfVectorizer``. Pieces of ``char_wb`` lie within words, so their counts are a product of
    two sparse matrices: how often each text has a word, and how often each word has a piece. Texts that another fold
    has counted are not counted again.
    """

    def _count_vocab(self, raw_documents: Iterable[str], fixed_vocab: bool) -> Counts:
        """Count terms for ``CountVectorizer``, which calls this; new terms that it would drop as rare are left out."""
        texts = list(raw_documents)
        memory = fold_memory()
        if self.analyzer == "char" or (memory is None and len(texts) < _FEW_TEXTS):
            return super()._count_vocab(texts, fixed_vocab)
        columns, counts = self._count(texts) if memory is None else self._remembered(memory).count(texts)
        if fixed_vocab:
            return self.vocabulary_, _of_known(columns, counts, self.vocabulary_)
        if not counts.nnz:
            raise ValueError("The texts contain no term.")
        terms, rows = list(columns), np.bincount(counts.indices, minlength=len(columns))
        frequent = np.flatnonzero(rows >= max(1, self.min_df))
        vocabulary = {terms[at]: column for column, at in enumerate(frequent.tolist())}
        return vocabulary, counts[:, frequent].astype(self.dtype)

    def _remembered(self, memory: Memory) -> TermMemory:
        how = "terms", self.analyzer, self.token_pattern, self.ngram_range
        if how not in memory:
            memory[how] = TermMemory(self._count)
        return memory[how]

    def _count(self, texts: Sequence[str]) -> Counts:
        texts = [text.lower() for text in texts]
        if self.analyzer == "char_wb":
            return count_pieces(texts, *self.ngram_range)
        return count_words(texts, self.token_pattern, pairs=self.ngram_range[1] > 1)


def count_words(texts: Sequence[str], pattern: str, *, pairs: bool) -> Counts:
    """Count the words of texts and, if asked, pairs of neighbours.

    Args:
        texts: The texts.
        pattern: Matches a word.
        pairs: Whether to count pairs.
    """
    columns, codes, ends = _coded(texts, re.compile(pattern).findall)
    words, counts = list(columns), _matrix(codes, ends, len(columns))
    if not pairs or len(codes) < 2:
        return columns, counts
    within = np.ones(len(codes), dtype=bool)
    within[ends[ends < len(codes)]] = False  # the first word of a text has none before it
    keys = (codes[:-1] * len(words) + codes[1:])[within[1:]]
    distinct, places = np.unique(keys, return_inverse=True)
    lengths = np.diff(ends, prepend=0)
    both = _matrix(places, np.cumsum(np.maximum(lengths - 1, 0)), len(distinct))
    names = [f"{words[at // len(words)]} {words[at % len(words)]}" for at in distinct.tolist()]
    return columns | dict(zip(names, range(len(words), len(words) + len(names)), strict=True)), _beside(
        counts, both
    )


def count_pieces(texts: Sequence[str], shortest: int, longest: int) -> Counts:
    """Count pieces of words, each word between blanks, which belong to it.

    Args:
        texts: The texts.
        shortest: Characters of the shortest pieces; a word that is shorter than a length counts once as a whole.
        longest: Characters of the longest ones.
    """
    words, codes, ends = _coded(texts, str.split)
    pieces, codes_of_pieces, ends_of_words = _coded(
        list(words), lambda word: _pieces(word, shortest, longest)
    )
    counts = _matrix(codes, ends, len(words)) @ _matrix(codes_of_pieces, ends_of_words, len(pieces))
    counts.sort_indices()
    return pieces, counts


def _pieces(word: str, shortest: int, longest: int) -> list[str]:
    padded = f" {word} "
    size = len(padded)
    found = []
    for length in range(shortest, longest + 1):
        found += [padded[at : at + length] for at in range(max(1, size - length + 1))]
        if length >= size:
            break
    return found


def _coded(
    texts: Sequence[str], split: Callable[[str], list[str]]
) -> tuple[dict[str, int], np.ndarray, np.ndarray]:
    """Return codes of parts, the codes of the parts of all texts in their order, and where each text ends."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    codes = [np.fromiter(map(numbers.__getitem__, split(text)), dtype=np.int64) for text in texts]
    ends = np.cumsum([len(own) for own in codes], dtype=np.int64)
    joined = np.concatenate(codes) if codes else np.empty(0, dtype=np.int64)
    return dict(numbers), joined, ends


def _matrix(codes: np.ndarray, ends: np.ndarray, width: int) -> Any:
    """Return how often each row has each code, as a CSR matrix."""
    from scipy.sparse import csr_matrix

    made = csr_matrix(
        (np.ones(len(codes), dtype=np.float32), codes, np.concatenate([[0], ends])), shape=(len(ends), width)
    )
    made.sum_duplicates()
    return made


def _beside(left: Any, right: Any) -> Any:
    from scipy.sparse import hstack

    return hstack([left, right], format="csr")


def _of_known(columns: dict[str, int], counts: Any, known: dict[str, int]) -> Any:
    """Return the counts of known terms in their columns."""
    from scipy.sparse import csr_matrix

    pairs = [(at, columns[term]) for term, at in known.items() if term in columns]
    places, sources = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    some = counts[:, sources].tocoo()
    return csr_matrix((some.data, (some.row, places[some.col])), shape=(counts.shape[0], len(known)))
