"""Compare ways to choose thresholds of labels, on linear models of words that learned from the same rows.

    python -m tests.benchmark.text.thresholds tags.parquet tags [--rows 8000]

Thresholds are chosen on out-of-fold probabilities of three quarters of the rows; micro-F1 is that of the last quarter.
"""

import argparse

import numpy as np

from podium_ml.contracts.targets import Targets
from podium_ml.ingestion import read_frame
from podium_ml.metrics import resolve_metric
from podium_ml.tabular.algorithms._text_estimators import NaiveBayesLogistic
from podium_ml.targets._set_thresholds import _common, _each, _together
from podium_ml.values.label_sets import read_label_sets
from tests.benchmark.text.reference import make_terms

_FOLDS, _SHARE = 3, 0.75


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("target")
    parser.add_argument("--rows", type=int, default=8_000)
    arguments = parser.parse_args()
    rows = read_frame(arguments.file)
    rows = rows.sample(min(arguments.rows, len(rows)), random_state=0, ignore_index=True)
    texts = rows.drop(columns=arguments.target).astype(str).agg("\n".join, axis=1).tolist()
    sets = [set(one or ()) for one in read_label_sets(rows[arguments.target])]
    labels = sorted(set.union(*sets))
    y = np.array([[label in own for label in labels] for own in sets], dtype=np.int64)
    print("| model | log loss | at .5 | one for all | each by its F1 | together |\n|---|---|---|---|---|---|")
    found = {name: _predicted(make, texts, y) for name, make in _models().items()}
    found["mean of all"] = tuple(np.mean(parts, axis=0) for parts in zip(*found.values(), strict=True))
    for name, (oof, new) in found.items():
        print(f"| {name} | " + " | ".join(f"{one:.4f}" for one in _scores(oof, new, y)) + " |", flush=True)


def _models():
    from sklearn.linear_model import LogisticRegression

    return {
        "logistic regression, C=3": lambda: LogisticRegression(C=3, solver="liblinear"),
        "logistic regression, C=10": lambda: LogisticRegression(C=10, solver="liblinear"),
        "NB-SVM, C=1": lambda: NaiveBayesLogistic(C=1.0),
        "NB-SVM, C=4": lambda: NaiveBayesLogistic(C=4.0),
    }


def _predicted(make, texts, y):
    """Return out-of-fold probabilities of the first rows, and probabilities of the last ones."""
    known = np.arange(int(_SHARE * len(y)))
    fold = np.random.default_rng(0).integers(0, _FOLDS, len(known))
    oof = np.zeros((len(known), y.shape[1]))
    for one in range(_FOLDS):
        oof[fold == one] = _fitted(make, texts, y, known[fold != one], known[fold == one])
    return oof, _fitted(make, texts, y, known, np.arange(len(known), len(y)))


def _fitted(make, texts, y, train, valid):
    terms = make_terms()
    X, V = (
        terms.fit_transform([texts[at] for at in train]).tocsr(),
        terms.transform([texts[at] for at in valid]),
    )
    return np.column_stack([make().fit(X, y[train, at]).predict_proba(V)[:, 1] for at in range(y.shape[1])])


def _scores(oof, new, y):
    known, truth = Targets(y=y[: len(oof)]), y[len(oof) :]
    metric = resolve_metric("f1_micro", "multilabel")
    sure = np.clip(np.where(truth > 0, new, 1 - new), 1e-6, 1)
    chosen = (np.full(y.shape[1], 0.5), _common(oof, known, metric), _each(oof, known), _together(oof, known))
    return [-np.log(sure).mean(), *(metric.score(truth, new, threshold=tuple(one)) for one in chosen)]


if __name__ == "__main__":
    main()
