"""Score models of entities out of fold on public sets of texts with spans, each with its first configuration.

Run as ``python -m tests.benchmark.text.entities SET FILE``. The sets come with packages of the Python index:

- ``usaddress``: ``training/labeled.xml`` of the source distribution of usaddress 0.5.16 (MIT), 1,513 addresses;
- ``hironsan``: ``hironsan/corpus/iob_sents.txt`` of hironsancorpus 0.1.2 (MIT), 500 Japanese sentences.

Nothing is searched or selected: all folds of a run predict all texts, and ``mean`` averages the probabilities of all
models but the baseline. With ``--keep FOLDER`` predictions of folds are kept, so that a stopped run goes
on.
"""

import argparse
import json
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np

from podium_ml.ingestion import read_frame
from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.metrics import METRICS
from podium_ml.run.budget import Deadline
from podium_ml.settings import EntitiesProblem
from podium_ml.splits.folds import make_folds

_MODELS = ("baseline", "conditional_random_field", "token_network")
_SHOWN = ("span_f1", "span_f1_macro", "span_f1_partial")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=["usaddress", "hironsan"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--models", nargs="+", default=_MODELS)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = arguments.file if arguments.set == "hironsan" else _addresses(arguments.file, Path(folder))
        rows = read_frame(str(file), hints=ColumnHints(kind="entities"))
    print("| set | model | F1 | macro | partial | seconds |\n|---|---|---|---|---|---|")
    for name, scores, seconds in _scored(rows, arguments.models, arguments.keep):
        shown = " | ".join(f"{scores[one]:.4f}" for one in _SHOWN)
        print(f"| {arguments.set} | {name} | {shown} | {seconds:.0f} |", flush=True)


def _addresses(source: Path, folder: Path) -> Path:
    """Write addresses as JSON lines. Neighbours of the same type are one span, as users of the package see them."""
    path = folder / "addresses.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for address in ET.parse(source).getroot():
            text, spans = "", []
            for part in address:
                text += " " if text else ""
                start = len(text)
                text += part.text or ""
                if spans and spans[-1][2] == part.tag:
                    spans[-1][1] = len(text)
                else:
                    spans.append([start, len(text), part.tag])
            lines.write(json.dumps({"text": text, "spans": spans}) + "\n")
    return path


def _scored(rows, models, keep):
    """Yield name, scores and seconds of each model, and of the mean of all but the baseline."""
    kind = KINDS["entities"]
    inferred = kind.infer_problem(rows, EntitiesProblem(test_fraction="0"))
    problem = inferred.problem
    table = build_feature_table(kind.plan_features(problem, inferred.train), inferred.train, problem)
    X = kind.make_encoder("", schema=table.schema, problem=problem, seed=0).transform(table.X)
    folds = make_folds(problem, y=table.y, group=table.group)
    total, whole = 0.0, 0.0
    for name in models:
        seconds = 0.0
        raw = np.zeros((len(table.y), problem.texts.longest, 1 + 2 * len(problem.classes)), dtype=np.float32)
        for number, (train, valid) in enumerate(folds):
            raw[valid], taken = _kept(
                keep and keep / f"{name}-{number}.npz",
                lambda one=name, some=train, new=valid: _predicted(
                    kind.algorithms[one], problem, X[some], table.y[some], X[new]
                ),
            )
            seconds += taken
        yield name, _scores(table.y, raw), seconds
        if name != "baseline":
            total, whole = total + raw, whole + seconds
    if len(models) > 2:
        yield "mean", _scores(table.y, total / (len(models) - 1)), whole


def _kept(file, predict):
    """Return predictions and the seconds that they took; from a file if it exists."""
    if file and file.exists():
        found = np.load(file)
        return found["raw"], float(found["seconds"])
    began = time.perf_counter()
    raw = predict()
    seconds = time.perf_counter() - began
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(file, raw=raw.astype(np.float16), seconds=seconds)
    return raw, seconds


def _predicted(spec, problem, X, y, new):
    estimator = spec.build(problem, seed=0, n_jobs=1, **dict(spec.portfolio[0]))
    return spec.fit_estimator(estimator, X, y, deadline=Deadline()).predict(new)


def _scores(y, raw):
    return {name: METRICS[name].score(y, raw) for name in _SHOWN}


if __name__ == "__main__":
    main()
