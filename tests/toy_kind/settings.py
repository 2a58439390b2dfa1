"""Settings of the toy kind."""

from typing import Literal

from pydantic import Field

from podium_ml.settings import ProblemSettings, Settings


class ToyProblem(ProblemSettings):
    """Settings that a toy problem depends on."""

    task: Literal["auto", "constant"] = Field("auto", description="Kind of problem: constant.")
    answer: float = Field(42.0, description="Number to predict if the training rows have none.")


class ToySettings(Settings, ToyProblem):
    """All settings of a toy run."""
