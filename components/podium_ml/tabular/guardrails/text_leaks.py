"""Words, such as headers, ids and file names, that give the label away."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.guardrails._texts import texts_by_column
from podium_ml.tabular.validation.context import Context
from podium_ml.values.labels import canonical_labels
from podium_ml.values.text_words import WORD

# A word gives a class away if it is in so large a share of its texts, and in so small a share of the others.
_OF_CLASS, _OF_OTHERS = 0.6, 0.005
_FEWEST_ROWS, _MOST_CLASSES, _CHARACTERS, _SECONDS = 60, 50, 3_000, 4.0


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Find words that nearly all texts of a class have, and hardly any other."""
    texts = texts_by_column(context)
    if not texts or context.target_type != "labels" or len(context.table) < _FEWEST_ROWS:
        return guardrail.passed("Not checked: there are no texts with classes, or too few rows.")
    if context.deadline.remaining() < _SECONDS:
        return guardrail.passed("Not checked: too little time.")
    sample = context.sample(len(next(iter(texts.values()))))
    codes, labels = canonical_labels(sample[context.settings.target])
    if len(labels) > _MOST_CLASSES:
        return guardrail.passed("Not checked: there are too many classes.")
    details = [
        {"column": name, "word": word, "label": str(labels[code]), "in its texts": f"{share:.0%}"}
        for name, own in texts.items()
        for word, code, share in _telling(own, np.asarray(codes), len(labels))
    ]
    if not details:
        return guardrail.passed("No single word gives a label away.")
    first = details[0]
    return guardrail.alert(
        f"'{first['word']}' is in {first['in its texts']} of the texts of '{first['column']}' with the label "
        f"'{first['label']}', and in hardly any other.",
        "Check that it is known when the model predicts; headers, ids and signatures of the labelling are not.",
        columns=sorted({one["column"] for one in details}),
        details=details,
    )


def _telling(texts: list[str], codes: np.ndarray, n_classes: int) -> list[tuple[str, int, float]]:
    """Return words, the codes of their classes, and the shares of these classes' texts that have them."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(
        binary=True, token_pattern=WORD, min_df=10, max_features=20_000, dtype=np.float32
    )
    try:
        there = vectorizer.fit_transform([text[:_CHARACTERS] for text in texts])
    except ValueError:  # no word is frequent enough
        return []
    words, found = vectorizer.get_feature_names_out(), []
    for code in range(n_classes):
        own = codes == code
        if not 10 <= own.sum() <= len(codes) - 10:
            continue
        inside = np.asarray(there[own].mean(axis=0)).ravel()
        outside = np.asarray(there[~own].mean(axis=0)).ravel()
        telling = np.flatnonzero((inside >= _OF_CLASS) & (outside <= _OF_OTHERS))
        found += [(str(words[at]), code, float(inside[at])) for at in telling[np.argsort(-inside[telling])]]
    return found


SPEC = Guardrail("text_leaks", "Words that give the label away", "table", 123, check)
