"""What a user can ask of a problem whose rows are the rows of one table."""

from typing import Literal, Self

from pydantic import model_validator

from podium_ml.settings._slice import setting, split_names
from podium_ml.settings.shared import ProblemSettings, Settings


class TabularProblem(ProblemSettings):
    """What a problem on a table depends on: the shared settings, and columns that have a part of their own."""

    target: str = setting(
        "Problem", "", description="Column to predict, or several 0/1 columns of labels, separated by commas."
    )
    task: Literal["auto", "classification", "binary", "multiclass", "multilabel", "regression"] = setting(
        "Problem", "auto", description="Kind of problem; auto infers it from the target."
    )
    time_column: str = setting(
        "Problem", "", description="Column that orders rows in time; folds and test rows respect the order."
    )
    group_column: str = setting(
        "Problem", "", description="Column whose equal values stay together in folds and test rows."
    )
    weight_column: str = setting("Problem", "", description="Column of sample weights.")
    positive_label: str = setting(
        "Problem", "", description="Class that counts as positive; empty takes the rarer one."
    )
    unite_labels: bool = setting(
        "Problem", False, description="Count labels that differ only in case or blanks as one class."
    )
    drop: str = setting("Data", "", description="Columns to leave out, separated by commas.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        roles = [c for c in (self.target, self.time_column, self.group_column, self.weight_column) if c]
        if len(roles) != len(set(roles)):
            raise ValueError("target, time_column, group_column and weight_column must be different columns")
        if self.target and {self.target, *split_names(self.target)} & set(self.columns_to_drop):
            raise ValueError("the target cannot be dropped")
        return self

    @property
    def columns_to_drop(self) -> tuple[str, ...]:
        """Names in ``drop``."""
        return split_names(self.drop)


class TabularSettings(TabularProblem, Settings):
    """Everything that a run on a table can be asked to do."""
