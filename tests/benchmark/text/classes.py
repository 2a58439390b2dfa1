"""Score models of texts out of fold beside a tuned TF-IDF with logistic regression, on the same folds.

Run as ``python -m tests.benchmark.text.classes FILE TARGET [--rows N] [--encoder package:wordllama] [--models ...]``.

The reference is that of ``reference.py``. Podium's models take their first configuration; nothing is searched, and
``mean`` averages the probabilities of all of them.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from podium_ml.ingestion import read_frame
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import TabularProblem
from podium_ml.splits.folds import make_folds
from podium_ml.stages import fetch_weights
from podium_ml.targets import target_of
from podium_ml.weights import giving
from tests.benchmark.text.reference import Reference

_MODELS = ("text_logistic_regression", "text_svm", "text_naive_bayes_svm")
_CHARACTERS = 20_000


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("target")
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--drop", default="")
    parser.add_argument("--encoder", default="")
    parser.add_argument("--models", nargs="+", default=_MODELS)
    arguments = parser.parse_args()
    rows = read_frame(arguments.file)
    if arguments.rows:
        rows = rows.sample(min(arguments.rows, len(rows)), random_state=0).reset_index(drop=True)
    settings = TabularProblem(
        target=arguments.target, test_fraction="0", folds="3", drop=arguments.drop, encoder=arguments.encoder
    )
    name = Path(arguments.file).name.partition(".")[0]
    print("| set | rows | model | log loss | AUC | accuracy | seconds |\n|---|---|---|---|---|---|---|")
    for model, scores, seconds in _scored(rows, settings, arguments.models):
        shown = " | ".join(f"{one:.4f}" for one in scores)
        print(f"| {name} | {len(rows):,} | {model} | {shown} | {seconds:.0f} |", flush=True)


def _scored(rows, settings, models):
    """Yield name, scores and seconds of the reference, of each model, and of the mean of all."""
    kind = KINDS["tabular"]
    inferred = kind.infer_problem(rows, settings)
    problem = replace(inferred.problem, weights=settings.weights)
    with tempfile.TemporaryDirectory() as weights:
        if settings.encoder:
            fetch_weights.run(kind="tabular", settings=settings.model_dump(mode="json"), weights=weights)
        with giving(weights):
            table = build_feature_table(kind.plan_features(problem, inferred.train), inferred.train, problem)
    folds = make_folds(problem, y=table.y, group=table.group)
    texts = [
        "\n".join(map(str, row))[:_CHARACTERS] for row in table.X[table.schema.of_kind("text")].to_numpy()
    ]
    yield _timed("tuned TF-IDF", problem, table.y, lambda: _reference(texts, table.y, folds, problem))[:3]
    found = []
    for model in models:
        *row, raw = _timed(model, problem, table.y, lambda one=model: _podium(one, table, folds, problem))
        found.append(raw)
        yield tuple(row)
    if len(found) > 1:
        yield _timed("mean", problem, table.y, lambda: np.mean(found, axis=0))[:3]


def _timed(name, problem, y, predict):
    began = time.perf_counter()
    raw = predict()
    return name, _scores(problem, y, raw), time.perf_counter() - began, raw


def _reference(texts, y, folds, problem):
    raw = np.zeros((len(y), len(problem.classes)))
    for train, valid in folds:
        model = Reference.fit([texts[at] for at in train], y[train].tolist())
        raw[np.ix_(valid, [int(one) for one in model.classes])] = model.predict_raw(
            [texts[at] for at in valid]
        )
    return raw


def _podium(name, table, folds, problem):
    kind, target = KINDS["tabular"], target_of(problem)
    spec, raw = kind.algorithms[name], np.zeros((len(table.y), len(problem.classes)))
    for train, valid in folds:
        encoder = kind.make_encoder(spec.needs, schema=table.schema, problem=problem, seed=0)
        X = encoder.fit_transform(table.X.iloc[train], table.y[train])
        estimator = spec.build(problem, seed=0, n_jobs=1, **dict(spec.portfolio[0]))
        model = spec.fit_estimator(estimator, X, table.y[train])
        raw[valid] = target.predict(
            model, encoder.transform(table.X.iloc[valid]), n_outputs=len(problem.classes)
        )
    return raw


def _scores(problem, y, raw):
    from sklearn.metrics import roc_auc_score

    loss = -np.log(np.clip(raw[np.arange(len(y)), y], 1e-15, 1)).mean()
    sure = raw[:, 1] if problem.task == "binary" else raw / raw.sum(axis=1, keepdims=True)
    return loss, roc_auc_score(y, sure, multi_class="ovr"), (raw.argmax(axis=1) == y).mean()


if __name__ == "__main__":
    main()
