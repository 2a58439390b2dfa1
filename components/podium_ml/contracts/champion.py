"""The registered model that new ones are compared with."""

from dataclasses import dataclass, field

from podium_ml.contracts._contract import Contract
from podium_ml.contracts.problem import Problem


@dataclass(frozen=True)
class Champion(Contract):
    """What a run needs to know of the champion; lies in the ``champion.json`` of its folder.

    Attributes:
        name: Name of the registered model.
        number: Its version, as text.
        run_id: MLflow run that it came from.
        problem: The problem that it solves.
        metrics: Its scores on the test rows of its own run, by metric.
    """

    name: str
    number: str
    run_id: str
    problem: Problem
    metrics: dict[str, float | None] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """Name and version as one text, like ``"churn/7"``."""
        return f"{self.name}/{self.number}"
