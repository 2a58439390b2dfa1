"""One parallel branch of the pipeline: an algorithm with its resources and limits."""

import re
from dataclasses import dataclass, field
from typing import Any

from podium_ml.contracts._contract import Contract

# The name of a branch that has only some of the groups.
_SHARD = re.compile(r"(?P<algorithm>.+)_(?P<number>\d+)_of_(?P<shards>\d+)")
# The name contains "python" because KFP's local runner warns otherwise.
DEFAULT_IMAGE = "podium.invalid/python-cpu:0.1.0"


@dataclass(frozen=True)
class BranchSpec(Contract):
    """The specification of one ``train_candidate`` task.

    Attributes:
        algorithm: Name in the algorithm registry.
        shard: Which part of the groups of rows it learns from, from 0.
        shards: Number of branches of the algorithm, each of which learns from other groups.
        index: Position of the branch in the plan, from 0.
        weights: Weights by which the branches of the plan share the time, in order; this branch has ``weights[index]``.
        slots: Number of branches that run at the same time.
        seconds: Share of the wall-clock time in seconds; 0 for no limit.
        time_limit: Wall-clock limit of the whole run in seconds; 0 for no limit.
        rows: Number of training rows, on which the end of the training depends; 0 if unknown.
        max_trials: Maximum number of trials; 0 for no limit other than the time.
        trial_timeout: Maximum number of seconds per trial; 0 for no limit.
        patience: Number of trials without improvement after which the search stops; 0 for never.
        target_score: Value of the metric at which the search stops; ``None`` for never.
        keep: Number of the best trials whose models are kept for the ensemble.
        n_jobs: Number of threads.
        cpu: CPU limit of the pod as a Kubernetes quantity, e.g. ``"1"`` or ``"500m"``.
        memory: Memory request of the pod, e.g. ``"2Gi"``; the first attempt gets no more.
        memory_limit: Memory limit of the pod, which the second attempt gets if the first ran out of memory.
        accelerator: Resource name of the accelerator, e.g. ``"nvidia.com/gpu"``; empty for none.
        accelerator_count: Number of accelerators, as a Kubernetes quantity.
        node_selector: Labels of the nodes that the pod may run on; empty for any node.
        image: Container image.
        seed: Seed of the search and the fits.
        configurations: Parameter sets to try before the portfolio, e.g. from an earlier ledger.
        search_space: The user's values by hyperparameter, as in ``PlanSettings.search_spaces``.
        note: Where the branch leaves a note if it fails; see ``podium_ml.training.failure_notes``. Empty for nowhere.
    """

    algorithm: str
    shard: int = 0
    shards: int = 1
    index: int = 0
    weights: tuple[float, ...] = (1.0,)
    slots: int = 2
    seconds: float = 0.0
    time_limit: float = 0.0
    rows: int = 0
    max_trials: int = 0
    trial_timeout: float = 0.0
    patience: int = 0
    target_score: float | None = None
    keep: int = 3
    n_jobs: int = 1
    cpu: str = "1"
    memory: str = "2Gi"
    memory_limit: str = "4Gi"
    accelerator: str = ""
    accelerator_count: str = "0"
    node_selector: dict[str, str] = field(default_factory=dict)
    image: str = ""
    seed: int = 0
    configurations: tuple[dict[str, Any], ...] = field(default_factory=tuple)
    search_space: dict[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def name(self) -> str:
        """Name of the branch: that of the algorithm, with the shard if there are several.

        >>> BranchSpec("theta", shard=1, shards=4).name
        'theta_2_of_4'
        """
        if self.shards == 1:
            return self.algorithm
        return f"{self.algorithm}_{self.shard + 1}_of_{self.shards}"


def parse_branch_name(name: str) -> tuple[str, int, int]:
    """Return algorithm, shard and number of shards of the name of a branch.

    >>> parse_branch_name("theta_2_of_4")
    ('theta', 1, 4)
    >>> parse_branch_name("theta")
    ('theta', 0, 1)
    """
    found = _SHARD.fullmatch(name)
    return (found["algorithm"], int(found["number"]) - 1, int(found["shards"])) if found else (name, 0, 1)
