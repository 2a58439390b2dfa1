"""Everything that a user can ask for, checked in one place for the CLI, the Python API, files and run forms.

A field's name, default and description are the same wherever it appears: as ``--time-limit``, as a key of the
configuration file, as an argument of ``podium.run`` and as a parameter of the compiled pipeline.
"""

from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from podium_ml.errors import SettingsError
from podium_ml.ingestion.local_files import public_names, split_list
from podium_ml.values.quantities import parse_duration, parse_size

# Kinds of addresses that have no place for a user.
_WITHOUT_USERS = ("http", "https", "s3", "s3a", "minio")


class ReaderOptions(BaseModel):
    """How to read the source, where it cannot be inferred."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str = Field(
        "", description="csv, tsv, json_lines, parquet, arrow, excel, delta or sql; empty infers it."
    )
    delimiter: str = Field("", description="Column delimiter of a text file; empty infers it.")
    encoding: str = Field("", description="Character encoding of a text file; empty infers it.")
    decimal: str = Field("", description="Decimal mark of a text file, '.' or ','; empty infers it.")
    sheet: str = Field("", description="Sheet of an Excel workbook; empty takes the first.")
    query: str = Field("", description="SQL query, where the source is a database URL.")


class Settings(BaseModel):
    """What a run is asked to do. Empty strings and zeros mean: not set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(
        "", description="Labelled data: a file, folder, glob, http(s) or s3 URL, or database URL."
    )
    target: str = Field("", description="Name of the column to predict.")
    task: Literal["auto", "classification", "binary", "multiclass", "regression"] = Field(
        "auto", description="Kind of problem; auto infers it from the target."
    )
    metric: str = Field("auto", description="Metric that models are compared by; auto fits the task.")
    time_limit: str = Field(
        "", description="Wall-clock limit of the whole run, like 10m or 1h; empty for none."
    )
    max_trials: int = Field(0, ge=0, description="Most configurations to try per algorithm; 0 for no limit.")
    trial_timeout: str = Field(
        "", description="Most time for one configuration, like 2m; empty for no limit."
    )
    target_score: str = Field("", description="Stop searching once the metric is this good; empty for never.")
    patience: int = Field(
        0, ge=0, description="Stop an algorithm after so many trials without gain; 0 for auto."
    )
    parallel: int = Field(
        0,
        ge=0,
        description="Branches that the cluster trains at once, among which it shares the time; 0 for two.",
    )
    algorithms: str = Field("", description="Algorithms to try, separated by commas; empty for all that fit.")
    exclude: str = Field("", description="Algorithms to leave out, separated by commas.")
    test: str = Field("", description="Separate test data; empty sets part of the source aside.")
    test_fraction: float = Field(
        0.2, ge=0, lt=1, description="Fraction of rows set aside for the final test."
    )
    folds: str = Field("auto", description="Number of cross-validation folds; auto fits the number of rows.")
    time_column: str = Field("", description="Column that orders rows in time: folds and test respect it.")
    group_column: str = Field("", description="Column whose equal values stay together in folds and test.")
    weight_column: str = Field("", description="Column of sample weights.")
    positive_label: str = Field("", description="Class that counts as positive; empty takes the rarer one.")
    drop: str = Field("", description="Columns to leave out, separated by commas.")
    max_memory: str = Field("", description="Most memory for training, like 8G; empty takes what there is.")
    max_latency: str = Field("", description="Longest time to predict one row, like 5ms; empty for no limit.")
    interpretable: bool = Field(False, description="Choose only among models that explain themselves.")
    refit: bool = Field(True, description="Train the chosen model again on all rows, where time allows.")
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of everything random.")
    name: str = Field("", description="Project name: MLflow experiment and registered model.")
    promote: Literal["auto", "never", "always"] = Field(
        "auto",
        description="When the new model becomes the champion: auto if clearly better, never, or always.",
    )
    promotion_margin: float = Field(
        0.0, ge=0, description="By how much of the metric it must beat the champion; 0 for by anything."
    )
    skip_unchanged: bool = Field(
        False, description="End at once if data and settings are those of the champion."
    )
    notify: Literal["", "always", "failure", "decision"] = Field(
        "", description="When to tell the webhook: always, failure or decision; empty for never."
    )
    reader: ReaderOptions = Field(default_factory=ReaderOptions, description="How to read the source.")

    @field_validator("time_limit", "trial_timeout", "max_latency")
    @classmethod
    def _durations(cls, value: str) -> str:
        if value:
            parse_duration(value)
        return value

    @field_validator("source", "test")
    @classmethod
    def _no_password(cls, value: str) -> str:
        for one in split_list(value):
            try:
                parts = urlsplit(one)
            except ValueError:
                continue
            if parts.password and not parts.password.startswith("$"):
                raise ValueError(
                    "the address holds a password; write $NAME there, for the environment variable NAME"
                )
            if "@" in parts.netloc and parts.scheme in _WITHOUT_USERS:
                raise ValueError(
                    "the address holds credentials; they belong into the environment, or sign the link"
                )
        return value

    @field_validator("max_memory")
    @classmethod
    def _sizes(cls, value: str) -> str:
        if value:
            parse_size(value)
        return value

    @field_validator("target_score")
    @classmethod
    def _numbers(cls, value: str) -> str:
        if value:
            float(value)
        return value

    @field_validator("folds")
    @classmethod
    def _folds(cls, value: str) -> str:
        if value != "auto" and not (value.isdigit() and 2 <= int(value) <= 50):
            raise ValueError(f"'{value}' is not auto or a number from 2 to 50")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        roles = [c for c in (self.target, self.time_column, self.group_column, self.weight_column) if c]
        if len(roles) != len(set(roles)):
            raise ValueError("target, time_column, group_column and weight_column must be different columns")
        if self.target and self.target in self.columns_to_drop:
            raise ValueError("the target cannot be dropped")
        return self

    @classmethod
    def parse(cls, values: dict[str, Any]) -> "Settings":
        """Check settings from any source.

        Raises:
            SettingsError: One message that has a line for each mistake.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError("\n".join(_describe(mistake) for mistake in error.errors())) from None

    @property
    def time_limit_seconds(self) -> float | None:
        """The time limit in seconds, or ``None``."""
        return parse_duration(self.time_limit) if self.time_limit else None

    @property
    def trial_timeout_seconds(self) -> float | None:
        """The limit of one trial in seconds, or ``None``."""
        return parse_duration(self.trial_timeout) if self.trial_timeout else None

    @property
    def max_latency_seconds(self) -> float | None:
        """The latency limit in seconds, or ``None``."""
        return parse_duration(self.max_latency) if self.max_latency else None

    @property
    def max_memory_bytes(self) -> int | None:
        """The memory limit in bytes, or ``None``."""
        return parse_size(self.max_memory) if self.max_memory else None

    @property
    def target_score_value(self) -> float | None:
        """The target score, or ``None``."""
        return float(self.target_score) if self.target_score else None

    @property
    def columns_to_drop(self) -> tuple[str, ...]:
        """Names in ``drop``."""
        return _split(self.drop)

    @property
    def algorithm_names(self) -> tuple[str, ...]:
        """Names in ``algorithms``; empty means all."""
        return _split(self.algorithms)

    @property
    def excluded_names(self) -> tuple[str, ...]:
        """Names in ``exclude``."""
        return _split(self.exclude)


def without_secrets(settings: dict[str, Any]) -> dict[str, Any]:
    """Return fields of ``Settings`` as they may be shown: sources without users, passwords and queries."""
    names = {name: public_names(settings[name]) for name in ("source", "test") if settings.get(name)}
    return {**settings, **names}


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _describe(mistake: Any) -> str:
    import difflib

    where = ".".join(str(part) for part in mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        near = difflib.get_close_matches(where, Settings.model_fields, n=1)
        return f"{where}: there is no such setting." + (f" Did you mean {near[0]}?" if near else "")
    text = mistake["msg"].removeprefix("Value error, ")
    return f"{where}: {text}." if where else f"{text}."
