"""The registered model that new models are compared with."""

from dataclasses import dataclass, field

from podium_ml.contracts._contract import Contract
from podium_ml.contracts.problem import Problem


@dataclass(frozen=True)
class Champion(Contract):
    """What a run needs to know about the champion, stored as ``champion.json`` in its folder.

    Attributes:
        name: Name of the registered model.
        number: Version number, as text.
        run_id: MLflow run that created it.
        problem: The problem that it solves.
        metrics: Scores on the test rows of its own run, by metric.
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
