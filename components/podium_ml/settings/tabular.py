"""What a user can ask of a problem whose rows are the rows of one table."""

from typing import Any, Literal, Self

from pydantic import field_validator, model_validator

from podium_ml.settings._slice import setting, split_names
from podium_ml.settings.column_types import ColumnType, parse_types, types_text
from podium_ml.settings.imputations import imputations_text, parse_imputations
from podium_ml.settings.picture_weights import PictureWeights
from podium_ml.settings.shared import Settings
from podium_ml.settings.text_weights import TextWeights
from podium_ml.values.names import composed

# Azure's names of tasks on tables, texts and pictures, which are all tables here.
TASK_ALIASES = {
    "text-classification": "classification",
    "text-classification-multilabel": "multilabel",
    "image-classification": "classification",
    "image-classification-multilabel": "multilabel",
}


class TabularProblem(TextWeights, PictureWeights):
    """What a problem on a table depends on: the shared settings, and columns that have a part of their own."""

    target: str = setting(
        "Problem",
        "",
        description="Column to predict, or several 0/1 columns of labels, separated by commas.",
        names=True,
    )
    task: Literal["auto", "classification", "binary", "multiclass", "multilabel", "regression"] = setting(
        "Problem", "auto", description="Kind of problem; auto infers it from the target."
    )

    @field_validator("task", mode="before")
    @classmethod
    def _known_names(cls, value: Any) -> Any:
        """Take Azure's names of tasks, too."""
        return TASK_ALIASES.get(str(value), value)

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
        "Problem",
        False,
        description="Count labels that differ only in case or blanks, and words such as Y and 1, as one class.",
    )
    drop: str = setting("Data", "", description="Columns to leave out, separated by commas.", names=True)
    types: str = setting(
        "Data",
        "",
        description="Types of columns, like zip=category,born=date: numeric, category, text, date, id or ignore.",
        names=True,
    )
    impute: str = setting(
        "Data",
        "",
        description="What fills missing values, like age=median,children=0: mean, median, most_frequent or a number.",
        names=True,
    )
    pretrained: str = setting(
        "Models",
        "",
        description="Pretrained model of tables (TabICL, TabPFN): a folder, s3 URL or hub:OWNER/NAME; empty for none.",
    )
    date_order: Literal["", "day_first", "month_first"] = setting(
        "Data",
        "",
        description="Order in dates like 01/02/2024: day_first or month_first; empty infers it.",
    )

    @property
    def weights(self) -> dict[str, str]:
        """See ``ProblemSettings``."""
        return super().weights | ({"pretrained": self.pretrained} if self.pretrained else {})

    @field_validator("types", mode="before")
    @classmethod
    def _types_text(cls, value: Any) -> Any:
        return types_text(value)

    @field_validator("types")
    @classmethod
    def _known_types(cls, value: str) -> str:
        parse_types(value)
        return value

    @field_validator("impute", mode="before")
    @classmethod
    def _imputations_text(cls, value: Any) -> Any:
        return imputations_text(value)

    @field_validator("impute")
    @classmethod
    def _known_methods(cls, value: str) -> str:
        parse_imputations(value)
        return value

    @field_validator("time_column", "group_column", "weight_column", "drop", "types", "impute")
    @classmethod
    def _composed_names(cls, value: str) -> str:
        return composed(value)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        mistakes = []
        roles = [c for c in (self.target, self.time_column, self.group_column, self.weight_column) if c]
        if len(roles) != len(set(roles)):
            mistakes.append("target, time_column, group_column and weight_column must be different columns")
        if self.target and {self.target, *split_names(self.target)} & set(self.columns_to_drop):
            mistakes.append("the target cannot be dropped")
        kind = self.column_types.get(self.target, "")
        if kind not in ("", "numeric", "category"):
            mistakes.append(f"types: the target is numeric or category, not {kind}")
        elif kind and self.task != "auto":
            mistakes.append("types: set either the type of the target or the task")
        if mistakes:
            raise ValueError(".\n".join(mistakes))
        return self

    @property
    def columns_to_drop(self) -> tuple[str, ...]:
        """Names in ``drop``."""
        return split_names(self.drop)

    @property
    def column_types(self) -> dict[str, ColumnType]:
        """Types in ``types``, by column."""
        return parse_types(self.types)

    @property
    def imputations(self) -> dict[str, str]:
        """Methods in ``impute``, by column."""
        return parse_imputations(self.impute)

    @property
    def wanted_task(self) -> str:
        """The ``task``, or what the type of the target says about it."""
        kind = self.column_types.get(self.target, "")
        return {"numeric": "regression", "category": "classification"}.get(kind, self.task)


class TabularSettings(TabularProblem, Settings):
    """Everything that a run on a table can be asked to do."""
