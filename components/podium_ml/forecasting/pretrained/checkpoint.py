"""The files of a pretrained model: its configuration and its weights, which are numbers alone."""

import json
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from podium_ml.errors import SettingsError

_CONFIG, _WEIGHTS = "config.json", "model.safetensors"
# Configurations of Chronos-Bolt and Chronos-2 name one of these; their first one samples, which takes too long.
_PIPELINES = ("ChronosBoltPipeline", "Chronos2Pipeline")
_MOST_BYTES, _MOST_CONFIG_BYTES = 4 << 30, 1 << 20
_MODEL_TYPE = "t5"
# What a configuration may say. Other words make the library fetch code or read files that they name
# (attn_implementation, auto_map, quantization_config, transformers_weights).
_KNOWN = frozenset(
    (
        *("architectures", "model_type", "dtype", "torch_dtype", "chronos_pipeline_class", "chronos_config"),
        *(
            "vocab_size",
            "d_model",
            "d_kv",
            "d_ff",
            "num_layers",
            "num_decoder_layers",
            "num_heads",
            "dropout_rate",
        ),
        *(
            "relative_attention_num_buckets",
            "relative_attention_max_distance",
            "layer_norm_epsilon",
            "rope_theta",
        ),
        *(
            "initializer_factor",
            "feed_forward_proj",
            "dense_act_fn",
            "is_gated_act",
            "is_encoder_decoder",
            "use_cache",
        ),
        *("pad_token_id", "eos_token_id", "decoder_start_token_id", "reg_token_id", "tie_word_embeddings"),
    )
)


@dataclass(frozen=True)
class Checkpoint:
    """A pretrained model.

    Attributes:
        config: Content of ``config.json``.
        weights: Content of ``model.safetensors``.
    """

    config: str
    weights: bytes

    @classmethod
    def read(cls, folder: str | Path) -> Self:
        """Read a folder. Only safetensors are read, which cannot hold code.

        Raises:
            SettingsError: It holds no model that can be used.
        """
        path = Path(folder)
        files = path / _CONFIG, path / _WEIGHTS
        if missing := [one.name for one in files if not one.is_file()]:
            raise SettingsError(
                f"pretrained: {folder} has no {' and no '.join(missing)}.",
                "Give the folder of a Chronos-Bolt or Chronos-2 model with weights as safetensors.",
            )
        if files[1].stat().st_size > _MOST_BYTES:
            raise SettingsError(f"pretrained: the weights in {folder} are larger than 4 GiB.")
        if files[0].stat().st_size > _MOST_CONFIG_BYTES:
            raise SettingsError(f"pretrained: {_CONFIG} in {folder} is larger than 1 MB.")
        text = files[0].read_text(encoding="utf-8", errors="replace")
        _check_config(text, folder)
        return cls(text, files[1].read_bytes())

    def quantiles(self, contexts: list[Any], horizon: int, levels: list[float]) -> Any:
        """Return quantiles of the next values of some series, shape ``(s, horizon, len(levels))``.

        Args:
            contexts: The past of each series, shape ``(t,)`` each.
            horizon: Number of steps.
            levels: Levels of the quantiles.
        """
        import numpy as np
        import torch

        inputs = [torch.as_tensor(one, dtype=torch.float32) for one in contexts]
        with torch.inference_mode():
            found, _ = _pipeline(self).predict_quantiles(
                inputs, prediction_length=horizon, quantile_levels=levels
            )
        several = [np.asarray(one, dtype=np.float64).reshape(horizon, len(levels)) for one in found]
        return np.stack(several)


@lru_cache(maxsize=1)
def _pipeline(checkpoint: Checkpoint) -> Any:
    """Return the model, ready to forecast."""
    from chronos import BaseChronosPipeline

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / _CONFIG).write_text(_plain_config(checkpoint.config), encoding="utf-8")
        (Path(folder) / _WEIGHTS).write_bytes(checkpoint.weights)
        return BaseChronosPipeline.from_pretrained(
            folder, device_map="cpu", use_safetensors=True, local_files_only=True, trust_remote_code=False
        )


def _plain_config(text: str) -> str:
    """Return a configuration, which may come from a model file of somebody else, with the words that are known."""
    return json.dumps({name: value for name, value in json.loads(text).items() if name in _KNOWN})


def _check_config(text: str, folder: str | Path) -> None:
    try:
        config = json.loads(text)
        pipeline, kind = config.get("chronos_pipeline_class"), config.get("model_type", _MODEL_TYPE)
    except (ValueError, AttributeError, RecursionError):
        raise SettingsError(f"pretrained: {_CONFIG} in {folder} cannot be read.") from None
    is_known = pipeline in _PIPELINES and kind == _MODEL_TYPE
    if not is_known or not isinstance(config.get("chronos_config"), dict):
        raise SettingsError(
            f"pretrained: {folder} holds no Chronos-Bolt or Chronos-2 model.",
            f"Its {_CONFIG} must name one of {', '.join(_PIPELINES)} as chronos_pipeline_class.",
        )
