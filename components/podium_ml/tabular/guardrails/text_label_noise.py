"""Texts whose label contradicts what similar texts say."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.guardrails._texts import texts_by_column
from podium_ml.tabular.validation.context import Context
from podium_ml.targets import encode_target
from podium_ml.values.samples import sampled

_ROWS, _FEWEST_ROWS, _MOST_CLASSES, _CHARACTERS = 2_000, 200, 30, 1_500
_UNLIKELY, _CERTAIN, _MANY = 0.15, 0.85, 0.01
_SECONDS = 6.0


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """List texts whose label is very unlikely according to an out-of-fold model (Northcutt et al., 2021)."""
    problem = context.problem
    assert problem is not None
    texts = texts_by_column(context, rows=_ROWS)
    few = len(context.table) < _FEWEST_ROWS or len(problem.classes) > _MOST_CLASSES
    if not texts or context.target_type != "labels" or few:
        return guardrail.passed(
            "Not checked: there are no texts with classes, too few rows, or many classes."
        )
    if context.deadline.remaining() < _SECONDS:
        return guardrail.passed("Not checked: too little time.")
    table = sampled(context.table, _ROWS, seed=context.settings.seed)
    y = encode_target(table[problem.target], problem)
    joined = ["\n".join(text[:_CHARACTERS] for text in row) for row in zip(*texts.values(), strict=True)]
    raw = _out_of_fold(joined, y, len(problem.classes), seed=problem.seed)
    own = raw[np.arange(len(y)), y]
    suspects = np.flatnonzero((own < _UNLIKELY) & (raw.max(axis=1) > _CERTAIN))
    if not len(suspects):
        return guardrail.passed("No label contradicts similar texts.")
    details = [
        {
            "training row": int(table.index[at]) + 1,
            "label": str(problem.classes[y[at]]),
            "expected": str(problem.classes[int(raw[at].argmax())]),
            "text": joined[at][:120],
        }
        for at in suspects[np.argsort(own[suspects])]
    ]
    seen = f"{len(suspects)} of {len(table)} examined texts have a label that is very unlikely for similar texts."
    if len(suspects) <= _MANY * len(table):
        return guardrail.passed(
            f"{seen} This share is not unusual.", details=details if problem.examples else ()
        )
    return guardrail.alert(
        seen,
        "They were kept; label_errors.csv of the run lists the most doubtful ones.",
        columns=[problem.target],
        details=details if problem.examples else (),
    )


def _out_of_fold(texts: list[str], y: np.ndarray, n_classes: int, *, seed: int) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold

    from podium_ml.tabular.encoders._terms import TermColumns

    raw = np.zeros((len(y), n_classes))
    terms = TermColumns("text").fit_transform(texts)
    for train, valid in KFold(3, shuffle=True, random_state=seed).split(texts):
        model = LogisticRegression(C=10.0, max_iter=60, tol=1e-2).fit(terms[train], y[train])
        raw[np.ix_(valid, model.classes_)] = model.predict_proba(terms[valid])
    return raw


SPEC = Guardrail("text_label_noise", "Doubtful labels of texts", "split", 31, check)
