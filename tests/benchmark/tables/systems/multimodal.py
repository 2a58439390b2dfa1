"""AutoGluon-MultiModal, which learns on from the weights of a folder. Needs ``autogluon.multimodal``.

The second argument is that folder: a state of timm's ``tf_efficientnet_lite0`` (``*.pth``) for pictures, a transformer
with ``config.json`` for texts. It classifies only.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.benchmark.tables.systems.exchange import deliver, work

_NETWORK = "tf_efficientnet_lite0"
_TIMED = 200


def main() -> None:
    """Fit on the rows, and predict with the network that is kept."""
    given = work()
    from autogluon.multimodal import MultiModalPredictor

    folder = given.folder / "model"
    predictor = MultiModalPredictor(
        label=given.target,
        problem_type=given.task,
        eval_metric=given.metric,
        path=str(folder),
        verbosity=0,
    )
    predictor.fit(
        given.train,
        time_limit=given.left(),
        hyperparameters=_settings(Path(sys.argv[2]), given.folder),
        seed=given.seed,
    )
    deliver(given, lambda rows: predictor.predict_proba(rows, as_pandas=True), model=folder, timed=_TIMED)


def _settings(weights: Path, scratch: Path) -> dict[str, Any]:
    shared = {"env.num_gpus": 0, "env.num_workers": 0, "env.num_workers_inference": 0, "env.precision": 32}
    if (weights / "config.json").exists():
        return {**shared, "model.names": ["hf_text"], "model.hf_text.checkpoint_name": str(weights)}
    folder = _as_timm_writes_it(next(weights.glob("*.pth")), scratch / "weights")
    return {**shared, "model.names": ["timm_image"], "model.timm_image.checkpoint_name": str(folder)}


def _as_timm_writes_it(state: Path, folder: Path) -> Path:
    """Write the files that AutoGluon reads a network of timm from."""
    import timm
    import torch

    network = timm.create_model(_NETWORK)
    # Another library wrote them, under other names in the same order.
    known, names = torch.load(state, weights_only=True), list(network.state_dict())
    network.load_state_dict(dict(zip(names, known.values(), strict=True)))
    network.reset_classifier(0)
    folder.mkdir()
    torch.save(network.state_dict(), folder / "pytorch_model.bin")
    about = {"architecture": _NETWORK, "num_features": network.num_features}
    shape = {
        name: network.default_cfg[name] for name in ("input_size", "mean", "std", "interpolation", "crop_pct")
    }
    (folder / "config.json").write_text(json.dumps({**about, "pretrained_cfg": shape}))
    return folder


if __name__ == "__main__":
    main()
