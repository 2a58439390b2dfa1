"""Pretrained networks with tiny random weights, written as their checkpoints are."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_MODULES = "podium_ml.tabular.algorithms"


@dataclass(frozen=True)
class Pretrained:
    """A pretrained network.

    Attributes:
        name: Name of its library.
        file: Name of the checkpoint of a task.
        title: Name in messages.
        prefix: How its modules begin.
        classes: How its classes begin.
        tiny: Returns a configuration and the numbers of a tiny network for a task: ``classifier`` or ``regressor``.
        odd: Changes of the configuration that are refused, by the name that the message tells.
    """

    name: str
    file: str
    title: str
    prefix: str
    classes: str
    tiny: Callable[[str], tuple[dict[str, Any], dict[str, Any]]]
    odd: dict[str, object] = field(default_factory=dict)

    def estimator(self, kind: str, **parameters: Any) -> Any:
        """Return an estimator: a ``Classifier`` or a ``Regressor``."""
        module = importlib.import_module(f"{_MODULES}.{self.prefix}_estimators")
        return getattr(module, f"{self.classes}{kind}")(**parameters)

    @property
    def read_checkpoint(self) -> Any:
        """What finds the checkpoint of a task in a folder."""
        return importlib.import_module(f"{_MODULES}.{self.prefix}_checkpoint").read_checkpoint

    def write(self, folder: Path, task: str, **changes: object) -> Path:
        """Write the checkpoint of a task, with changes of its configuration, and return it."""
        import torch

        torch.manual_seed(0)
        config, numbers = self.tiny(task)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.file.format(task=task)
        torch.save({"config": {**config, **changes}, "state_dict": numbers}, path)
        return path


def _tabicl(task: str) -> tuple[dict[str, Any], dict[str, Any]]:
    from tabicl._model.tabicl import TabICL

    classes = {"max_classes": 3} if task == "classifier" else {"max_classes": 0, "num_quantiles": 19}
    sizes = {"embed_dim": 8, "col_num_blocks": 1, "col_nhead": 2, "col_num_inds": 4, "row_num_blocks": 1}
    config = {**classes, **sizes, "row_nhead": 2, "row_num_cls": 2, "icl_num_blocks": 1, "icl_nhead": 2}
    return config, TabICL(**config, zero_init=False).state_dict()


def _tabpfn(task: str) -> tuple[dict[str, Any], dict[str, Any]]:
    import torch
    from tabpfn.architectures import tabpfn_v2
    from tabpfn.architectures.shared.bar_distribution import FullSupportBarDistribution

    outputs = {"max_num_classes": 10} if task == "classifier" else {"max_num_classes": 0, "num_buckets": 20}
    config = {**outputs, "emsize": 8, "nlayers": 2, "nhead": 2, "features_per_group": 1}
    network = tabpfn_v2.get_architecture(tabpfn_v2.parse_config(config)[0])
    numbers = {name: torch.randn_like(one) / 4 for name, one in network.state_dict().items()}
    if task == "regressor":
        outcomes = FullSupportBarDistribution(torch.linspace(-3, 3, 21))
        numbers |= {f"criterion.{name}": one for name, one in outcomes.state_dict().items()}
    return {**config, "lr": 0.1}, numbers


_TABICL = {"embed_dim": 10**9, "auto_map": "x", "activation": "x" * 100, "max_classes": [3]}
_TABPFN = {"emsize": 10**9, "name": "x" * 101, "nlayers": [3]}
PRETRAINED = [
    Pretrained("tabicl", "tabicl-{task}-v2.ckpt", "TabICL", "_in_context", "InContext", _tabicl, _TABICL),
    Pretrained("tabpfn", "tabpfn-v2-{task}.ckpt", "TabPFN", "_prior_fitted", "PriorFitted", _tabpfn, _TABPFN),
]


def installed(network: Pretrained) -> Pretrained:
    """Return a network whose library is installed; skip the test otherwise."""
    pytest.importorskip("torch")
    pytest.importorskip(network.name)
    return network
