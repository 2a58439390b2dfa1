"""The files of a pretrained model: its configuration and its weights, which are numbers alone."""

import json
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from podium_ml.confinement.places import check_file
from podium_ml.errors import SettingsError

_CONFIG, _WEIGHTS = "config.json", "model.safetensors"
# Configurations of Chronos-Bolt and Chronos-2 name one of these; their first one samples, which takes too long.
_PIPELINES = ("ChronosBoltPipeline", "Chronos2Pipeline")
_MOST_BYTES = 4 << 30


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
            DataError: Runs on this cluster may not read the folder.
        """
        path = Path(folder)
        check_file(path, f"pretrained: {folder}")
        files = path / _CONFIG, path / _WEIGHTS
        if missing := [one.name for one in files if not one.is_file()]:
            raise SettingsError(
                f"pretrained: {folder} has no {' and no '.join(missing)}.",
                "Give the folder of a Chronos-Bolt or Chronos-2 model with weights as safetensors.",
            )
        if files[1].stat().st_size > _MOST_BYTES:
            raise SettingsError(f"pretrained: the weights in {folder} are larger than 4 GiB.")
        text = files[0].read_text(encoding="utf-8")
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
        (Path(folder) / _CONFIG).write_text(checkpoint.config, encoding="utf-8")
        (Path(folder) / _WEIGHTS).write_bytes(checkpoint.weights)
        return BaseChronosPipeline.from_pretrained(
            folder, device_map="cpu", use_safetensors=True, local_files_only=True, trust_remote_code=False
        )


def _check_config(text: str, folder: str | Path) -> None:
    try:
        config = json.loads(text)
        pipeline = config.get("chronos_pipeline_class")
    except (ValueError, AttributeError):
        raise SettingsError(f"pretrained: {_CONFIG} in {folder} cannot be read.") from None
    if pipeline not in _PIPELINES or not isinstance(config.get("chronos_config"), dict):
        raise SettingsError(
            f"pretrained: {folder} holds no Chronos-Bolt or Chronos-2 model.",
            f"Its {_CONFIG} must name one of {', '.join(_PIPELINES)} as chronos_pipeline_class.",
        )
