"""Tests of the algorithms that find spans, and of what they leave behind."""

import json
import pickle
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from podium_ml.entities.algorithms import ALGORITHMS
from podium_ml.entities.kind import KIND
from podium_ml.entities.texts.spans import to_json
from podium_ml.kinds.features import build_feature_table
from podium_ml.metrics import METRICS
from podium_ml.run.budget import Deadline
from podium_ml.settings import EntitiesProblem
from podium_ml.weights import giving
from tests.unit.embeddings.tiny import write_static, write_transformer

TOWNS = ["Brno", "Faro", "Aarau", "Chania", "Hallein", "Gdynia", "東京", "大阪"]
DISHES = ["pea soup", "leek tart", "beet salad", "rye cake"]
QUICK = {
    "token_network": {"epochs": 25, "width": 32},
    "fine_tuned_transformer": {"epochs": 30, "rate": 5e-3, "cells": 512, "dropout": 0.0},
}
# What a tiny pretrained network knows, in lower case.
KNOWN = sorted({part for name in (*TOWNS, *DISHES) for part in name.lower().split()} | {"in", "no", "nobody"})


def texts(count=160, seed=0):
    random, rows = np.random.default_rng(seed), []
    for at in range(count):
        town, dish = random.choice(TOWNS), random.choice(DISHES)
        text = (
            f"No {at}: {dish} in {town} was fine 👩‍🍳"
            if at % 3
            else f"Nobody sells {dish} today, {at} times."
        )
        found = [(text.index(dish), text.index(dish) + len(dish), "DISH")]
        if at % 3:
            found.append((text.index(town), text.index(town) + len(town), "TOWN"))
        rows.append({"text": text, "spans": to_json(found)})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def learned():
    inferred = KIND.infer_problem(texts(), EntitiesProblem(test_fraction="0.25"))
    featurizer = KIND.plan_features(inferred.problem, inferred.train)
    train, test = (
        build_feature_table(featurizer, part, inferred.problem) for part in (inferred.train, inferred.test)
    )
    encoder = KIND.make_encoder("", schema=train.schema, problem=inferred.problem, seed=0)
    return (
        inferred.problem,
        featurizer,
        (encoder.transform(train.X), train.y),
        (encoder.transform(test.X), test.y),
    )


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """Return a folder with the weights of a tiny network."""
    folder = tmp_path_factory.mktemp("weights")
    if ALGORITHMS["fine_tuned_transformer"].is_available():
        write_transformer(folder / "encoder", KNOWN)
    return folder


def fit(learned, name, weights="", **parameters):
    problem, _, train, _ = learned
    spec = ALGORITHMS[name]
    estimator = spec.build(problem, seed=0, n_jobs=1, **QUICK.get(name, {}), **parameters)
    with giving(str(weights)) if weights else nullcontext():
        return spec.fit_estimator(estimator, *train, deadline=Deadline())


@pytest.mark.parametrize("name", [name for name, spec in ALGORITHMS.items() if spec.is_available()])
def test_algorithm_learns_and_predicts_probabilities(learned, encoder, name):
    problem, _, _, (X, y) = learned
    model = pickle.loads(pickle.dumps(fit(learned, name, encoder)))
    raw = model.predict(X)
    assert raw.shape == (len(y), problem.texts.longest, 1 + 2 * len(problem.classes))
    assert raw.dtype == np.float32
    np.testing.assert_allclose(raw.sum(axis=2), y >= 0, atol=1e-5)
    assert METRICS["span_f1"].score(y, raw) > 0.9
    one = np.concatenate([model.predict(X[at : at + 1]) for at in range(5)])
    np.testing.assert_allclose(one, raw[:5], atol=1e-5)


@pytest.mark.parametrize("width", [0, 8])
def test_arrays_of_the_network_equal_pytorch(learned, width, tmp_path):
    """With pretrained vectors of words, and without."""
    torch = pytest.importorskip("torch")
    from podium_ml.entities.algorithms._token_network_layers import TokenNetwork

    problem, featurizer, train, (X, y) = learned
    if width:
        write_static(tmp_path / "encoder")
        problem = replace(problem, weights={"encoder": "static"})
    with giving(str(tmp_path)):
        model = fit((problem, featurizer, train, (X, y)), "token_network")
    model = pickle.loads(pickle.dumps(model))
    assert METRICS["span_f1"].score(y, model.predict(X)) > 0.9
    codes = model.vocabulary.encode(list(X[:, 0]))
    sizes = tuple(len(model.weights[f"{part}.weight"]) for part in ("words", "looks", "letters", "known"))
    network = TokenNetwork(
        sizes,
        model.weights["output.bias"].shape[0],
        word=48,
        width=32,
        dilations=model.dilations,
        dropout=0.4,
        vector=width,
    )
    network.load_state_dict({name: torch.from_numpy(value) for name, value in model.weights.items()})
    network.eval()
    with torch.no_grad():
        expected = network(*map(torch.from_numpy, codes.arrays)).numpy()
    there = codes.there
    np.testing.assert_allclose(model.scores(codes)[there], expected[there], atol=1e-4)


def test_tags_of_last_tokens_are_summed_up(learned):
    """With tags of their own for the last tokens of spans, as in BIOES."""
    _, _, _, (X, y) = learned
    model = fit(learned, "conditional_random_field", ends=True, fewest=2)
    assert len(model.transitions) > model.tags
    raw = model.predict(X)
    np.testing.assert_allclose(raw.sum(axis=2), y >= 0, atol=1e-5)
    assert METRICS["span_f1"].score(y, raw) > 0.9


def test_onnx_of_a_transformer_equals_pytorch(encoder):
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from podium_ml.embeddings.conversion import example_inputs, load_transformer, to_onnx
    from podium_ml.entities.algorithms._transformer_training import INPUTS, TaggingNetwork
    from podium_ml.models.onnx_network import OnnxNetwork

    network = TaggingNetwork(load_transformer(encoder / "encoder"), 5, dropout=0.1).eval()
    exported = OnnxNetwork(to_onnx(network, example_inputs(2), INPUTS))
    ids = np.random.default_rng(0).integers(4, 16, (3, 9))
    mask = np.ones_like(ids)
    mask[1, 5:] = 0
    with torch.no_grad():
        expected = network(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    found = exported.outputs(dict(zip(INPUTS, (ids, mask), strict=True)))[0]
    np.testing.assert_allclose(found[mask > 0], expected[mask > 0], atol=1e-4)


def test_network_stops_in_time(learned):
    problem, _, train, _ = learned
    spec = ALGORITHMS["token_network"]
    if not spec.is_available():
        pytest.skip("needs PyTorch")
    estimator = spec.build(problem, seed=0, n_jobs=1, epochs=100_000)
    deadline = Deadline.after(3.0)
    spec.fit_estimator(estimator, *train, deadline=deadline)
    assert deadline.remaining() > -10


def test_predictor_loads_where_pytorch_cannot_be_imported(learned, tmp_path):
    problem, featurizer, _, _ = learned
    name = "token_network" if ALGORITHMS["token_network"].is_available() else "conditional_random_field"

    from podium_ml.models.bagged_model import BaggedModel
    from podium_ml.models.fold_model import FoldModel

    encoder = KIND.make_encoder("", schema=featurizer.schema, problem=problem, seed=0)
    fold = FoldModel(encoder, fit(learned, name), len(problem.classes), target_type="spans")
    predictor = KIND.make_predictor(problem, featurizer, BaggedModel(name, {}, (fold,)), name=name)
    predictor.save(tmp_path / "model.pkl")
    code = (
        "import sys, json\n"
        "class Blocked:\n"
        "    def find_spec(self, name, *more):\n"
        "        if name.partition('.')[0] in ('torch', 'pycrfsuite'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "from podium_ml.kinds import load_predictor\n"
        f"model = load_predictor({str(tmp_path / 'model.pkl')!r})\n"
        "print(json.dumps(list(model.predict(['👩‍🍳 beet salad in 東京', '', '  '])), ensure_ascii=True))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [(one["start"], one["end"], one["label"], one["text"]) for one in found[0]] == [
        (4, 14, "DISH", "beet salad"),
        (18, 20, "TOWN", "東京"),
    ]
    assert found[1:] == [[], []]


def test_long_texts_are_read_in_parts(learned):
    problem, featurizer, _, _ = learned
    from podium_ml.models.bagged_model import BaggedModel
    from podium_ml.models.fold_model import FoldModel

    encoder = KIND.make_encoder("", schema=featurizer.schema, problem=problem, seed=0)
    fold = FoldModel(
        encoder, fit(learned, "conditional_random_field"), len(problem.classes), target_type="spans"
    )
    predictor = KIND.make_predictor(problem, featurizer, BaggedModel("crf", {}, (fold,)), name="crf")
    from podium_ml.kinds import score

    scores = score(predictor, texts(40, seed=9))
    assert scores["span_f1"] > 0.9
    text = "\n".join(f"No {at}: beet salad in Brno was fine" for at in range(300))
    (found,) = predictor.predict([text])
    assert len([one for one in found if one["text"] == "Brno" and one["label"] == "TOWN"]) > 290
    assert all(text[one["start"] : one["end"]] == one["text"] for one in found)
