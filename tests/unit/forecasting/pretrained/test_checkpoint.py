"""Tests of pretrained models, with a tiny one that the test makes."""

import json
import pickle

import numpy as np
import pytest

from podium_ml.contracts import BranchSpec
from podium_ml.errors import SettingsError
from podium_ml.forecasting.kind import KIND
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.pretrained.checkpoint import Checkpoint
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import ForecastingPlan
from podium_ml.training.choice import choose_algorithms
from tests.unit.forecasting.fitted import fitted, inferred, weekly

pytest.importorskip("chronos")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Return the folder of a Chronos-Bolt model with random weights."""
    import torch
    from chronos.chronos_bolt import ChronosBoltModelForForecasting
    from transformers import T5Config

    torch.manual_seed(0)
    config = T5Config(
        vocab_size=2, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_decoder_layers=1, num_heads=2,
        feed_forward_proj="relu", decoder_start_token_id=0, pad_token_id=0,
        chronos_config={
            "context_length": 64, "prediction_length": 16, "input_patch_size": 8, "input_patch_stride": 8,
            "quantiles": list(LEVELS), "use_reg_token": True,
        },
        chronos_pipeline_class="ChronosBoltPipeline",
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("model")
    ChronosBoltModelForForecasting(config).save_pretrained(folder)
    return folder


def changed(folder, tmp_path, **values):
    """Return a folder whose configuration has other values."""
    config = json.loads((folder / "config.json").read_text()) | values
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    return tmp_path


def test_model_of_a_folder_forecasts_all_series(tiny):
    model = fitted(weekly(), algorithms=("chronos",), pretrained=str(tiny))
    found = model.predict(horizon=20)
    assert len(found) == 40
    quantiles = found[[f"q{level:g}" for level in LEVELS]].to_numpy()
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert set(found["note"][:7]) == {""}


def test_model_file_needs_no_folder(tiny, tmp_path):
    folder = changed(tiny, tmp_path)
    model = fitted(weekly(), algorithms=("chronos",), pretrained=str(folder))
    text = pickle.dumps(model)
    for file in folder.iterdir():
        file.unlink()
    loaded = pickle.loads(text)
    later = weekly(days=77).query("day >= '2024-03-11'")
    assert loaded.predict(later)["day"].min() > model.predict()["day"].min()


def test_only_problems_with_a_folder_use_it(tiny):
    spec = KIND.algorithms["chronos"]
    for pretrained, takes_part in (("", False), (str(tiny), True)):
        problem = inferred(weekly(), pretrained=pretrained).problem
        chosen, skipped = choose_algorithms(problem, ForecastingPlan())
        assert (spec in chosen) == takes_part
        assert takes_part or any("--pretrained" in one["reason"] for one in skipped)


def test_folders_that_hold_no_model_are_refused(tiny, tmp_path):
    with pytest.raises(SettingsError, match=r"has no config\.json and no model\.safetensors"):
        inferred(weekly(), pretrained=str(tmp_path))
    folder = changed(tiny, tmp_path, chronos_pipeline_class="ChronosPipeline")
    with pytest.raises(SettingsError, match="holds no Chronos-Bolt or Chronos-2 model"):
        Checkpoint.read(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(SettingsError, match="cannot be read"):
        Checkpoint.read(folder)


def test_weights_as_pickles_are_not_read(tiny, tmp_path):
    folder = changed(tiny, tmp_path)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(SettingsError, match=r"no model\.safetensors"):
        Checkpoint.read(folder)


@pytest.mark.parametrize(
    "words",
    [
        {"attn_implementation": "stranger/code", "_attn_implementation": "stranger/code"},
        {"auto_map": {"AutoConfig": "stranger/code--configuration.Config"}},
        {"quantization_config": {"quant_method": "bitsandbytes", "load_in_8bit": True}},
        {"transformers_weights": "../../weights.bin"},
    ],
)
def test_words_that_fetch_code_or_files_are_dropped(words, tiny, tmp_path):
    context = [np.arange(40.0)]
    honest = Checkpoint.read(tiny).quantiles(context, 4, [0.1, 0.5])
    found = Checkpoint.read(changed(tiny, tmp_path, **words)).quantiles(context, 4, [0.1, 0.5])
    np.testing.assert_allclose(found, honest)


@pytest.mark.parametrize(
    "words", [{"model_type": "stranger"}, {"chronos_config": []}, {"x": "a" * 2_000_000}]
)
def test_other_configurations_are_refused(words, tiny, tmp_path):
    with pytest.raises(SettingsError):
        Checkpoint.read(changed(tiny, tmp_path, **words))


def test_branch_trains_like_others(tiny, tmp_path):
    found = inferred(weekly(), pretrained=str(tiny))
    found.problem.save(tmp_path / "problem.json")
    featurizer = KIND.plan_features(found.problem, found.train)
    build_feature_table(featurizer, found.train, found.problem).save(tmp_path / "features")
    from podium_ml.stages import train_candidate

    facts = train_candidate.run(
        features=str(tmp_path / "features"),
        problem=str(tmp_path / "problem.json"),
        branch=BranchSpec("chronos").to_dict(),
        candidate=str(tmp_path / "candidate"),
    )
    assert facts["status"] == "ok", facts["reason"]
