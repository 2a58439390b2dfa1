"""What a user can ask of every kind of problem: one field a setting, in the slice of the stages that depend on it.

A field's name, default and description are the same wherever it appears: as ``--time-limit``, as a key of the
configuration file, as an argument of ``podium.run`` and as a field of the run form. ``resolve_inputs`` checks them all
and hands each stage its slice, so that a setting changes only what depends on it, and the rest comes from the cache.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from podium_ml.settings._slice import Slice, setting, split_names
from podium_ml.settings.search_spaces import parse_search_space, search_space_text
from podium_ml.values.addresses import public_names, split_list
from podium_ml.values.names import composed
from podium_ml.values.quantities import parse_duration, parse_size
from podium_ml.values.secrets import holds_secret, named_variable

if TYPE_CHECKING:
    from podium_ml.contracts import Problem

# Kinds of addresses that have no place for a user.
_WITHOUT_USERS = ("http", "https", "s3", "s3a", "minio")


def without_password(value: str) -> str:
    """Return addresses of data, which must hold no password.

    Raises:
        ValueError: One does.
    """
    for one in split_list(value):
        try:
            parts = urlsplit(one)
        except ValueError:
            continue
        is_database = parts.scheme not in ("", *_WITHOUT_USERS)
        in_query = is_database and holds_secret(one.partition("?")[2])
        if in_query or (parts.password and not named_variable(parts.password)):
            raise ValueError(
                "the address holds a password; write $PODIUM_SECRET_NAME in its place, or after its question "
                "mark, and set that variable and PODIUM_SECRET_NAME_HOST"
            )
        if "@" in parts.netloc and parts.scheme in _WITHOUT_USERS:
            raise ValueError(
                "the address holds credentials; put them in the environment, or use a signed link"
            )
    return value


class ReaderOptions(Slice):
    """How to read the source, where it cannot be inferred."""

    format: str = setting(
        "Data",
        "",
        description="csv, tsv, json_lines, parquet, arrow, excel, delta, sql or pictures; empty infers it.",
    )
    picture_size: int = setting(
        "Data", 0, ge=0, description="Longest side of pictures, in pixels, that is kept; 0 for auto."
    )
    delimiter: str = setting("Data", "", description="Column delimiter of a text file; empty infers it.")
    encoding: str = setting("Data", "", description="Character encoding of a text file; empty infers it.")
    decimal: str = setting(
        "Data", "", description="Decimal mark of a text file, '.' or ','; empty infers it."
    )
    sheet: str = setting(
        "Data", "", description="Sheet of an Excel workbook; empty takes the first that holds a table."
    )
    skip_rows: int = setting(
        "Data",
        0,
        ge=0,
        description="Lines or sheet rows to skip at the top, before column names are looked for.",
    )
    header_row: int = setting(
        "Data", 0, ge=0, description="Line or sheet row of the column names, counted from 1; 0 looks for it."
    )
    extra_rows: Literal["drop", "keep"] = setting(
        "Data",
        "drop",
        description="Units, totals, notes and repeated column names in a text file or sheet: drop, or keep as rows.",
    )
    query: str = setting("Data", "", description="SQL query, if the source is a database URL.")

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        if self.header_row and self.skip_rows >= self.header_row:
            raise ValueError(
                f"skip_rows is {self.skip_rows}, but header_row says that row {self.header_row} holds the column names"
            )
        return self


class DataSettings(Slice):
    """Where the data are."""

    source: str = setting(
        "Data", "", description="Labelled data: a file, folder, glob, http(s) or s3 URL, or database URL."
    )
    test: str = setting("Data", "", description="Separate test data; empty sets part of the source aside.")
    reader: ReaderOptions = Field(default_factory=ReaderOptions, description="How to read the source.")

    @field_validator("source", "test")
    @classmethod
    def _no_password(cls, value: str) -> str:
        return without_password(value)


class _Memory(Slice):
    max_memory: str = setting(
        "Limits", "", description="Maximum memory for training, like 8G; empty uses what is available."
    )

    @field_validator("max_memory")
    @classmethod
    def _size(cls, value: str) -> str:
        if value:
            parse_size(value)
        return value

    @property
    def max_memory_bytes(self) -> int | None:
        """The memory limit in bytes, or ``None``."""
        return parse_size(self.max_memory) if self.max_memory else None


class _Seed(Slice):
    seed: int = setting("Evaluation", 0, ge=0, lt=2**31, description="Random seed.")


class _Interpretable(Slice):
    interpretable: bool = setting(
        "Models", False, description="Choose only among models that explain themselves."
    )


class ProblemSettings(_Seed, _Memory):
    """What the problem depends on: the target, the metric, and how rows are split."""

    target: str = setting("Problem", "", description="Name of the column to predict.")
    task: str = setting("Problem", "auto", description="Kind of problem; auto infers it from the target.")
    metric: str = setting(
        "Problem", "auto", description="Metric that models are compared by; auto fits the task."
    )
    test_fraction: str = setting(
        "Evaluation",
        "auto",
        description="Fraction of rows set aside for the final test, 0 for none; auto fits the number of rows.",
    )
    folds: str = setting(
        "Evaluation", "auto", description="Number of cross-validation folds; auto fits the number of rows."
    )
    missing_markers: str = setting(
        "Data",
        "",
        description="Words for missing values, separated by commas, and no others; "
        "empty weighs the usual ones by column.",
        names=True,
    )
    name: str = setting("Problem", "", description="Project name: MLflow experiment and registered model.")
    examples: bool = setting(
        "Data",
        True,
        description="Keep rows of the data in the model, the report and MLflow; without, summaries take their place.",
    )

    @field_validator("target")
    @classmethod
    def _one_target(cls, value: str) -> str:
        """Return the name of one column without quotes; several stay one text."""
        names = split_names(value)
        return composed(names[0] if len(names) == 1 else value)

    @field_validator("test_fraction", mode="before")
    @classmethod
    def _test_fraction(cls, value: Any) -> str:
        text = str(value)
        with suppress(ValueError):
            if text == "auto" or 0 <= float(text) < 1:
                return text
        raise ValueError(f"'{text}' is not auto or a fraction from 0 to less than 1")

    def test_share(self, *, auto: float) -> float:
        """Return the fraction of rows to set aside for the test: ``auto``, unless the user gave one."""
        return auto if self.test_fraction == "auto" else float(self.test_fraction)

    @property
    def weights(self) -> dict[str, str]:
        """Sources of pretrained weights, by the setting that names them; see ``podium_ml.weights``."""
        return {}

    @property
    def further_files(self) -> dict[str, tuple[str, ...]]:
        """What the settings name, one by one, of settings that may name further files of data."""
        return {}

    @field_validator("folds")
    @classmethod
    def _folds(cls, value: str) -> str:
        if value != "auto" and not (value.isdigit() and 2 <= int(value) <= 50):
            raise ValueError(f"'{value}' is not auto or a number from 2 to 50")
        return value


class PlanSettings(_Interpretable, _Seed, _Memory):
    """What the plan of the training depends on: the algorithms and the limits of their search."""

    algorithms: str = setting(
        "Models",
        "",
        description="Algorithms to try, separated by commas; empty for all that fit.",
        names=True,
    )
    exclude: str = setting(
        "Models", "", description="Algorithms to leave out, separated by commas.", names=True
    )
    search_space: str = setting(
        "Models",
        "",
        description="Values to search, like lightgbm.num_leaves=8..64,ridge.alpha=1; see `podium algorithms --spaces`.",
        names=True,
    )
    time_limit: str = setting(
        "Limits", "", description="Wall-clock limit of the whole run, like 10m or 1h; empty for none."
    )
    max_trials: int = setting(
        "Limits", 0, ge=0, description="Maximum number of configurations per algorithm; 0 for no limit."
    )
    trial_timeout: str = setting(
        "Limits", "", description="Maximum time for one configuration, like 2m; empty for no limit."
    )
    target_score: str = setting(
        "Limits", "", description="Stop searching once the metric is this good; empty for never."
    )
    patience: int = setting(
        "Limits",
        0,
        ge=0,
        description="Stop an algorithm after so many trials without improvement; 0 for auto.",
    )
    parallel: int = setting(
        "Cluster",
        0,
        ge=0,
        description="Branches that the cluster trains at once and that share the time; 0 for all that have room.",
    )

    @field_validator("search_space", mode="before")
    @classmethod
    def _search_space_text(cls, value: Any) -> Any:
        return search_space_text(value)

    @field_validator("search_space")
    @classmethod
    def _search_space(cls, value: str) -> str:
        parse_search_space(value)
        return value

    def shards_for(self, problem: "Problem", *, seconds: float) -> int:
        """Return the number of branches that share the groups of an algorithm which learns each group on its own.

        Args:
            problem: The problem.
            seconds: What a single branch would take for its first trial.
        """
        return 1

    @field_validator("time_limit", "trial_timeout")
    @classmethod
    def _durations(cls, value: str) -> str:
        if value:
            parse_duration(value)
        return value

    @field_validator("target_score")
    @classmethod
    def _number(cls, value: str) -> str:
        if value:
            float(value)
        return value

    @property
    def time_limit_seconds(self) -> float | None:
        """The time limit in seconds, or ``None``."""
        return parse_duration(self.time_limit) if self.time_limit else None

    @property
    def trial_timeout_seconds(self) -> float | None:
        """The limit of one trial in seconds, or ``None``."""
        return parse_duration(self.trial_timeout) if self.trial_timeout else None

    @property
    def target_score_value(self) -> float | None:
        """The target score, or ``None``."""
        return float(self.target_score) if self.target_score else None

    @property
    def algorithm_names(self) -> tuple[str, ...]:
        """Names in ``algorithms``; empty means all."""
        return split_names(self.algorithms)

    @property
    def search_spaces(self) -> dict[str, dict[str, str]]:
        """Values in ``search_space``, by algorithm and hyperparameter."""
        return parse_search_space(self.search_space)

    @property
    def excluded_names(self) -> tuple[str, ...]:
        """Names in ``exclude``."""
        return split_names(self.exclude)


class ModelLimits(_Interpretable, _Memory):
    """What the chosen model must keep within."""

    max_latency: str = setting(
        "Models", "", description="Maximum time to predict one row, like 5ms; empty for no limit."
    )

    @field_validator("max_latency")
    @classmethod
    def _duration(cls, value: str) -> str:
        if value:
            parse_duration(value)
        return value

    @property
    def max_latency_seconds(self) -> float | None:
        """The latency limit in seconds, or ``None``."""
        return parse_duration(self.max_latency) if self.max_latency else None


class PromotionSettings(ModelLimits):
    """When the new model becomes the champion."""

    promote: Literal["auto", "never", "always"] = setting(
        "Champion",
        "auto",
        description="Promote the new model to champion: auto if it is clearly better, never, or always.",
    )
    promotion_margin: float = setting(
        "Champion",
        0.0,
        ge=0,
        description="How much better than the champion it must score; 0 accepts any improvement.",
    )


class Settings(PromotionSettings, PlanSettings, ProblemSettings, DataSettings):
    """Everything that a run can be asked to do. Empty strings and zeros mean: not set."""

    refit: bool = setting(
        "Models", True, description="Train the chosen model again on all rows, if time allows."
    )
    skip_unchanged: bool = setting(
        "Champion", False, description="End at once if data and settings are the same as the champion's."
    )
    notify: Literal["", "always", "failure", "decision"] = setting(
        "Champion",
        "",
        description="When to notify the webhook: always, failure or decision; empty for never.",
    )


class DeploymentSettings(Slice):
    """What the engine that runs the pipeline adds to a user's settings."""

    fingerprint: str = Field("", description="Version of the data; a new one reads the data again.")
    tracking: dict[str, str] = Field(
        default_factory=dict, description="MLflow experiment and run names; empty for defaults."
    )


def without_secrets(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings as they may be shown: sources without users, passwords and queries."""
    names = {
        name: public_names(settings[name]) for name in ("source", "test", "future") if settings.get(name)
    }
    return {**settings, **names}
