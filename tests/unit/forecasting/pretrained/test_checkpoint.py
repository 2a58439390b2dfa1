"""Tests of pretrained models, with a tiny one that the test makes."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest

from podium_ml.contracts import BranchSpec
from podium_ml.errors import SettingsError
from podium_ml.forecasting.kind import KIND
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.pretrained.checkpoint import Checkpoint
from podium_ml.settings import ForecastingPlan, ForecastingProblem
from podium_ml.stages import featurize_data, train_candidate
from podium_ml.training.choice import choose_algorithms
from podium_ml.weights import giving, pin
from tests.unit.forecasting.fitted import fitted, inferred, weekly

pytest.importorskip("chronos")


WORDS = {
    "vocab_size": 2, "d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2, "pad_token_id": 0,
    "feed_forward_proj": "relu",
}  # fmt: skip
CONTEXT = {"context_length": 64, "input_patch_size": 8, "input_patch_stride": 8, "quantiles": list(LEVELS)}


def bolt(folder):
    """Write a Chronos-Bolt model with random weights."""
    from chronos.chronos_bolt import ChronosBoltModelForForecasting
    from transformers import T5Config

    config = T5Config(
        **WORDS, num_decoder_layers=1, decoder_start_token_id=0, chronos_pipeline_class="ChronosBoltPipeline",
        chronos_config={**CONTEXT, "prediction_length": 16, "use_reg_token": True},
    )  # fmt: skip
    ChronosBoltModelForForecasting(config).save_pretrained(folder)


def second(folder):
    """Write a Chronos-2 model with random weights."""
    from chronos.chronos2.config import Chronos2CoreConfig
    from chronos.chronos2.model import Chronos2Model

    config = Chronos2CoreConfig(
        **WORDS, chronos_pipeline_class="Chronos2Pipeline",
        chronos_config={**CONTEXT, "output_patch_size": 8, "max_output_patches": 2, "use_reg_token": True},
    )  # fmt: skip
    Chronos2Model(config).save_pretrained(folder)


@pytest.fixture(scope="module", params=[bolt, second])
def tiny(request, tmp_path_factory):
    """Return the folder of a model with random weights, as a run hands it to its branches."""
    import torch

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights") / "pretrained"
    request.param(folder)
    return folder


def changed(folder, tmp_path, **values):
    """Return a folder whose configuration has other values."""
    config = json.loads((folder / "config.json").read_text()) | values
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    return tmp_path


def test_model_of_a_folder_forecasts_all_series(tiny):
    with giving(str(tiny.parent)):
        model = fitted(weekly(), algorithms=("chronos",))
    found = model.predict(horizon=20)
    assert len(found) == 40
    quantiles = found[[f"q{level:g}" for level in LEVELS]].to_numpy()
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert set(found["note"][:7]) == {""}


def test_model_file_needs_no_folder(tiny):
    with giving(str(tiny.parent)):
        model = fitted(weekly(), algorithms=("chronos",))
    loaded = pickle.loads(pickle.dumps(model))
    later = weekly(days=77).query("day >= '2024-03-11'")
    assert loaded.predict(later)["day"].min() > model.predict()["day"].min()


@pytest.mark.parametrize("weights", [{}, {"pretrained": "hub:amazon/chronos-bolt-tiny@1"}])
def test_only_problems_with_a_pretrained_model_use_it(weights):
    problem = replace(inferred(weekly()).problem, weights=weights)
    chosen, skipped = choose_algorithms(problem, ForecastingPlan())
    assert (KIND.algorithms["chronos"] in chosen) == bool(weights)
    assert weights or any("--pretrained" in one["reason"] for one in skipped)


def test_setting_names_weights_of_any_place(tiny):
    settings = ForecastingProblem.parse({"pretrained": str(tiny)})
    assert settings.weights == {"pretrained": str(tiny)}
    assert pin(str(tiny)).startswith(str(tiny))


def test_folders_that_hold_no_model_are_refused_before_training(tiny, tmp_path):
    found = inferred(weekly())
    problem = replace(found.problem, weights={"pretrained": str(tiny)})
    (tmp_path / "pretrained").mkdir()
    with (
        giving(str(tmp_path)),
        pytest.raises(SettingsError, match=r"no config\.json and no model\.safetensors"),
    ):
        KIND.plan_features(problem, found.train)
    folder = changed(tiny, tmp_path / "pretrained", chronos_pipeline_class="ChronosPipeline")
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


def test_branch_gets_the_model_beside_its_features(tiny, tmp_path):
    found = inferred(weekly())
    problem = replace(found.problem, weights={"pretrained": str(tiny)})
    paths = {name: str(tmp_path / name) for name in ("problem", "train", "features", "featurizer", "report")}
    problem.save(paths["problem"])
    found.train.to_parquet(paths["train"])
    featurize_data.run(**paths, weights=str(tiny.parent))
    facts = train_candidate.run(
        features=paths["features"],
        problem=paths["problem"],
        branch=BranchSpec("chronos").to_dict(),
        candidate=str(tmp_path / "candidate"),
    )
    assert facts["status"] == "ok", facts["reason"]
