"""Converting the values of a column to its inferred type."""

import json
from math import isnan

import pyarrow as pa
import pyarrow.compute as pc

from podium_ml.ingestion._column_types import ColumnType
from podium_ml.ingestion._spellings import read_moments, read_numbers, read_truths
from podium_ml.values.numbers import read_number


def convert(array: pa.Array, to: ColumnType) -> pa.Array:
    """Convert an array of a canonical type to the type of its column; missing markers become missing values."""
    if pa.types.is_string(array.type):
        return _convert_texts(array, to)
    array = _without_chosen_numbers(array, to)
    if array.type == to.type:
        return array
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), to.type)
    if pa.types.is_string(to.type):
        return _to_texts(array)
    return array.cast(to.type, safe=False)


def _convert_texts(array: pa.Array, to: ColumnType) -> pa.Array:
    texts = pc.utf8_trim_whitespace(array) if to.markers or not pa.types.is_string(to.type) else array
    if to.markers:
        missing = pc.is_in(texts, value_set=pa.array(list(to.markers)))
        array, texts = (pc.if_else(missing, pa.scalar(None, pa.string()), one) for one in (array, texts))
    if pa.types.is_string(to.type):
        return array
    if pa.types.is_boolean(to.type):
        return read_truths(texts)
    if pa.types.is_timestamp(to.type):
        return read_moments(texts, to.type)
    if pa.types.is_integer(to.type) or pa.types.is_floating(to.type):
        return read_numbers(texts, to.type, decimal=to.decimal)
    return pa.nulls(len(array), to.type)  # all texts are missing values here


def _without_chosen_numbers(array: pa.Array, to: ColumnType) -> pa.Array:
    """Return an array without the numbers, like -999, that the user chose to stand for missing values."""
    if not to.reading.missing or not (pa.types.is_integer(array.type) or pa.types.is_floating(array.type)):
        return array
    numbers = [number for text in to.reading.missing if not isnan(number := read_number(text))]
    missing = pc.is_in(array.cast(pa.float64()), value_set=pa.array(numbers, pa.float64()))
    return pc.if_else(missing, pa.scalar(None, array.type), array)


def _to_texts(array: pa.Array) -> pa.Array:
    if pa.types.is_list(array.type):
        values = array.to_pylist()
        return pa.array([None if v is None else json.dumps(v, default=str) for v in values], pa.string())
    if pa.types.is_binary(array.type):
        return pa.array([_decode(value) for value in array.to_pylist()], pa.string())
    return array.cast(pa.string())


def _decode(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", errors="replace")
