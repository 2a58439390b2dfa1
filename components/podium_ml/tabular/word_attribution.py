"""Which words matter: what they add to a linear model, or predictions without each (Zeiler and Fergus, ECCV 2014)."""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.run.budget import Deadline
from podium_ml.tabular.features._texts import read_texts
from podium_ml.tabular.linear_attribution import character_weights
from podium_ml.targets import target_of
from podium_ml.values.text_words import word_places

# Rows that are shown, and characters and words of each that are looked at.
_ROWS, _CHARACTERS, _WORDS = 8, 1_500, 80
# Rows whose words are counted, words of a class that are shown, and texts that must have a word.
_COUNTED, _SHOWN, _FEWEST = 1_000, 12, 3
_SMOOTHING = 0.5


def word_attributions(
    predictor: Any, rows: pd.DataFrame, *, deadline: Deadline
) -> tuple[dict[str, Any], ...]:
    """Return texts in pieces with weights, as ``Explanation.texts`` describes them.

    If the model is one linear model of terms, the weight of a word is what it adds to the margin of the prediction,
    exactly. Else the whole model predicts, an ensemble with all of its members, and the weight of a word is by how much
    the probability of the prediction falls without it; of a value, by how much the value does.

    Args:
        predictor: The model.
        rows: Some rows, of which the first with texts are shown.
        deadline: When to stop.
    """
    column = text_column(predictor)
    texts = read_texts(rows[column]) if column in rows else np.empty(0, dtype=object)
    made = []
    for row in [at for at, text in enumerate(texts) if text.strip()][:_ROWS]:
        if deadline.passed():
            break
        made.append(_of_row(predictor, rows.iloc[[row]], column, texts[row][:_CHARACTERS]))
    return tuple(made)


def words_of_classes(predictor: Any, rows: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    """Return the words that tell the predictions of each class from the others, as ``Explanation.words`` says.

    Words are ranked by the logarithm of the ratio of their odds, divided by its standard error (Monroe et al. 2008).

    Args:
        predictor: A model of classes.
        rows: Rows to predict.
    """
    problem, target = predictor.problem, target_of(predictor.problem)
    if target.name != "labels":
        return ()
    some = rows.head(_COUNTED)
    answers = target.decode(target.decide(predictor.predict_raw(some), predictor.threshold), problem)
    words = [_words(text) for text in read_texts(some[text_column(predictor)])]
    every = Counter(word for own in words for word in own)
    made = []
    for label in problem.classes:
        inside = [own for own, answer in zip(words, answers, strict=True) if answer == label]
        own = Counter(word for one in inside for word in one)
        ranked = sorted(own, key=lambda word: -_score(own, every, word, len(inside), len(words)))
        shown = [word for word in ranked if own[word] >= _FEWEST][:_SHOWN]
        if shown:
            made.append({"label": target.text(label), "words": shown})
    return tuple(made)


def text_column(predictor: Any) -> str:
    """Return the first column of texts."""
    return next(column.name for column in predictor.problem.features if column.role == "text")


def _of_row(predictor: Any, row: pd.DataFrame, column: str, text: str) -> dict[str, Any]:
    target, raw = target_of(predictor.problem), np.asarray(predictor.predict_raw(row), dtype=np.float64)
    answer = target.text(target.decode(target.decide(raw, predictor.threshold), predictor.problem)[0])
    output = int(target.main_output(raw, predictor.threshold)[0]) if raw.ndim > 1 else 0
    places, weights = _added(predictor, row, column, text, output) or _missed(
        predictor, row, column, text, output
    )
    strongest = max(float(np.abs(weights).max(initial=0.0)), 1e-12)
    return {"note": f"predicted {answer}", "pieces": _pieces(text, places, weights / strongest)}


def _added(
    predictor: Any, row: pd.DataFrame, column: str, text: str, output: int
) -> tuple[list[tuple[int, int]], np.ndarray] | None:
    """Return the places of words and what each adds to a linear model; ``None`` if the model is none."""
    if target_of(predictor.problem).name != "labels":
        return None
    exact = character_weights(predictor, row, column, text, output)
    places = word_places(text)
    return None if exact is None else (places, np.array([exact[start:end].sum() for start, end in places]))


def _missed(
    predictor: Any, row: pd.DataFrame, column: str, text: str, output: int
) -> tuple[list[tuple[int, int]], np.ndarray]:
    """Return the places of words and by how much an output falls without each."""
    places = word_places(text)[:_WORDS]
    copies = [text, *(text[:start] + text[end:] for start, end in places)]
    repeated = row.iloc[[0] * len(copies)].reset_index(drop=True).assign(**{column: copies})
    raw = np.asarray(predictor.predict_raw(repeated), dtype=np.float64)
    shown = raw if raw.ndim == 1 else raw[:, output]
    return places, shown[0] - shown[1:]


def _pieces(text: str, places: list[tuple[int, int]], weights: np.ndarray) -> list[dict[str, Any]]:
    pieces, last = [], 0
    for (start, end), weight in zip(places, weights, strict=True):
        if start > last:
            pieces.append({"text": text[last:start], "weight": 0.0})
        pieces.append({"text": text[start:end], "weight": round(float(weight), 3)})
        last = end
    return [*pieces, {"text": text[last:], "weight": 0.0}] if last < len(text) else pieces


def _words(text: str) -> set[str]:
    cut = text[:_CHARACTERS].lower()
    return {cut[start:end] for start, end in word_places(cut)}


def _score(own: Counter[str], every: Counter[str], word: str, inside: int, rows: int) -> float:
    here, there = own[word], every[word] - own[word]
    gone, elsewhere = inside - here, rows - inside - there
    here, there, gone, elsewhere = (one + _SMOOTHING for one in (here, there, gone, elsewhere))  # type: ignore[assignment]
    error = np.sqrt(1 / here + 1 / there + 1 / gone + 1 / elsewhere)
    return float(np.log(here * elsewhere / (there * gone)) / error)
