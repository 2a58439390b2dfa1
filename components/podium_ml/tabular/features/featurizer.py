"""Turning the user's columns into features, row by row."""

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Self

import pandas as pd

from podium_ml.contracts import Column, Feature, FeatureSchema, Problem
from podium_ml.tabular.features._booleans import BooleanColumn
from podium_ml.tabular.features._categories import CategoryColumn
from podium_ml.tabular.features._column import ColumnFeatures
from podium_ml.tabular.features._lists import ListColumn
from podium_ml.tabular.features._moments import MomentColumn
from podium_ml.tabular.features._names import FeatureNames
from podium_ml.tabular.features._numbers import NumberColumn
from podium_ml.tabular.features._rows import Columns, FeatureRows
from podium_ml.tabular.features._texts import TextColumn, encoder_in_time
from podium_ml.tabular.features._time_spans import TimeSpans, plan_time_spans
from podium_ml.tabular.features._vectors import MeasurementsColumn, VectorColumn
from podium_ml.values.dates import DateFormat
from podium_ml.values.readings import format_of, missing_texts, plan_reading, reading_of
from podium_ml.values.vectors import holds_measurements, vector_length
from podium_ml.weights import given


@dataclass(frozen=True)
class Step:
    """One column, and the maker of its features.

    Attributes:
        column: Name of the user's column.
        maker: Maker of the features.
    """

    column: str
    maker: ColumnFeatures


class Featurizer:
    """Makes features of rows that look like the training rows.

    Each row is treated on its own: formats and types were inferred when the featurizer was planned, and nothing else
    was learned from the data. The same row therefore always gives the same features. Values of other types than in
    training are converted where possible; missing columns are treated as if all their values were missing.

    Attributes:
        schema: The features that it makes.
    """

    def __init__(self, steps: tuple[Step, ...], spans: TimeSpans) -> None:
        self._steps, self._spans = steps, spans
        self.schema = _describe(steps, spans)

    @classmethod
    def plan(cls, problem: Problem, table: pd.DataFrame) -> Self:
        """Choose features from the columns' roles and from how the training rows write their values.

        Args:
            problem: Defines the feature columns and their roles.
            table: The training rows, with the user's columns.
        """
        columns = Columns(table)
        steps = tuple(
            Step(column.name, _plan_column(column, columns.or_missing(column.name), problem))
            for column in problem.features
        )
        steps = _with_encoder(steps, columns, problem)
        formats = {step.column: step.maker.format for step in steps if isinstance(step.maker, MomentColumn)}
        return cls(
            steps, plan_time_spans({name: one for name, one in formats.items() if not one.is_time_of_day})
        )

    def of_columns(self, sources: Collection[str]) -> Self:
        """Return a featurizer that makes the features of some columns alone, and reads only what these need.

        Args:
            sources: Source columns of the features.
        """
        part = copy.copy(self)
        part._steps = tuple(step for step in self._steps if step.column in sources)
        part._spans = self._spans.of_columns(sources)
        part.schema = self.schema.of_sources(sources)
        return part

    def without_encoders(self) -> Self:
        """Return a featurizer whose texts have no vectors, for models that read none: it is smaller and quicker."""
        part = copy.copy(self)
        part._steps = tuple(
            replace(step, maker=step.maker.without_encoder()) if isinstance(step.maker, TextColumn) else step
            for step in self._steps
        )
        part.schema = _describe(part._steps, part._spans)
        return part

    @property
    def columns(self) -> frozenset[str]:
        """Names of the columns that it reads."""
        return frozenset((*(step.column for step in self._steps), *self._spans.formats))

    def transform(self, table: pd.DataFrame) -> pd.DataFrame:
        """Make features.

        Args:
            table: Rows with the user's columns, in any order; other columns are ignored.

        Returns:
            One column per feature of the schema, with a RangeIndex.
        """
        return self.rows(Columns(table)).frame()

    def rows(self, columns: Columns) -> FeatureRows:
        """Make the same features as plain arrays, which encoders read faster than a data frame.

        Args:
            columns: The user's columns; others are ignored.
        """
        given = [columns.or_missing(step.column) for step in self._steps]
        arrays = [
            array
            for step, column in zip(self._steps, given, strict=True)
            for array in step.maker.transform(column)
        ]
        arrays += self._spans.transform(columns)
        names = [feature.name for feature in self.schema.features]
        return FeatureRows(dict(zip(names, arrays, strict=True)), columns.rows)


def _with_encoder(steps: tuple[Step, ...], columns: Columns, problem: Problem) -> tuple[Step, ...]:
    """Return steps whose texts have vectors by the pretrained model, if the user names one and there is time for it."""
    texts = [step.column for step in steps if isinstance(step.maker, TextColumn)]
    if not texts or "encoder" not in problem.weights:
        return steps
    encoder = encoder_in_time(given("encoder"), [columns.or_missing(name) for name in texts])
    return tuple(
        replace(step, maker=replace(step.maker, encoder=encoder))
        if isinstance(step.maker, TextColumn)
        else step
        for step in steps
    )


def _plan_column(column: Column, values: pd.Series, problem: Problem) -> ColumnFeatures:
    reader: Mapping[str, str] = problem.reader or {}
    if column.role == "image":
        # Models of tables without pictures do without the library that reads them.
        from podium_ml.tabular.features._pictures import PictureColumn

        weights = given("backbone") if "backbone" in problem.weights else None
        return PictureColumn.plan(values, packed=int(reader.get("picture_size", 0)), weights=weights)
    # Problems of earlier versions have no readings.
    reading = column.reading or plan_reading(values, column.role, reading_of(values))
    match column.role:
        case "boolean":
            return format_of(BooleanColumn, reading)
        case "time" if pd.api.types.is_numeric_dtype(values.dtype):
            return NumberColumn.of(reading)
        case "datetime" | "time":
            return MomentColumn.plan(values, format_of(DateFormat, reading))
        case "text":
            return TextColumn(missing_texts(reading))
        case "list":
            return _plan_lists(values)
        case "categorical":
            return CategoryColumn.plan(values, reading)
        case _:
            return NumberColumn.of(reading)


def _plan_lists(values: pd.Series) -> ColumnFeatures:
    if length := vector_length(values):
        return VectorColumn(length)
    return MeasurementsColumn() if holds_measurements(values) else ListColumn.plan(values)


def _describe(steps: tuple[Step, ...], spans: TimeSpans) -> FeatureSchema:
    names = FeatureNames()
    sources = [(step.column, part) for step in steps for part in step.maker.parts]
    sources += [(span.later, part) for span, part in zip(spans.spans, spans.parts, strict=True)]
    return FeatureSchema(
        tuple(
            Feature(names.take(column, part.suffix), part.kind, column, part.how) for column, part in sources
        )
    )
