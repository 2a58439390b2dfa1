"""One parallel branch of the pipeline: an algorithm with its share of the resources and the limits."""

from dataclasses import dataclass, field
from typing import Any

from podium_ml.contracts._contract import Contract


@dataclass(frozen=True)
class BranchSpec(Contract):
    """What one ``train_candidate`` task is asked to do.

    Attributes:
        algorithm: Name in the algorithm registry.
        index: Position of the branch in the plan, from 0.
        weights: Relative claims to time of all branches of the plan, in order; this one's is ``weights[index]``.
        slots: How many branches run at once.
        seconds: Wall-clock share in seconds; 0 for no limit.
        time_limit: Wall-clock limit of the whole run in seconds; 0 for no limit.
        max_trials: Most trials to run; 0 for no limit but the time.
        trial_timeout: Most seconds for one trial; 0 for no limit.
        patience: Stop after so many trials without improvement; 0 for never.
        target_score: Stop when the metric's own value is at least this good; ``None`` for never.
        keep: How many of the best trials' models the candidate hands to the ensemble.
        n_jobs: Threads to use.
        cpu: CPU limit of the pod as Kubernetes writes it, e.g. ``"1"`` or ``"500m"``.
        memory: Memory that the pod asks for, e.g. ``"2Gi"``; the first attempt gets no more.
        memory_limit: Memory limit of the pod: what a second attempt gets when the first ran out of memory.
        accelerator: Accelerator resource name, e.g. ``"nvidia.com/gpu"``; empty for none.
        accelerator_count: How many accelerators, as Kubernetes writes it.
        node_selector: Labels of the nodes that the pod may run on; empty for any.
        tolerations: Taints that the pod tolerates, as Kubernetes writes them.
        image: Container image.
        seed: Seed of the search and the fits.
        configurations: Parameter sets to try before the portfolio, e.g. from an earlier ledger.
    """

    algorithm: str
    index: int = 0
    weights: tuple[float, ...] = (1.0,)
    slots: int = 2
    seconds: float = 0.0
    time_limit: float = 0.0
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
    tolerations: tuple[dict[str, Any], ...] = ()
    image: str = ""
    seed: int = 0
    configurations: tuple[dict[str, Any], ...] = field(default_factory=tuple)
