"""Data that programs hold in memory: data frames of any library, arrays, mappings, and lists of rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from podium_ml.errors import DataError
from podium_ml.ingestion.column_names import check_distinct
from podium_ml.readers import field_of
from podium_ml.values.plain_columns import is_pixels, plain_column
from podium_ml.values.plain_text import plain_text

if TYPE_CHECKING:
    import pandas as pd

# Methods by which the data frames of other libraries become pandas' (Modin and cuDF, Spark, Dask).
_METHODS = ("to_pandas", "toPandas", "compute")
# Whole numbers beyond this have no 64 bits.
_MOST_WHOLE = 2**63
_FORMS = "Give a data frame, a two-dimensional array, a mapping of columns, a list of rows, or a file."


def to_arrow(data: Any, *, name: str, levels: Collection[str] = ()) -> pa.Table:
    """Return data as an Arrow table, in which each column has the type that its dtype means.

    Args:
        data: Anything that ``as_data_frame`` takes.
        name: What the data are, for messages.
        levels: Names that may be levels of the index; these become columns, if there is no such column.

    Raises:
        DataError: The data are not a table, or a column cannot be stored; the message says which.
    """
    if _is_arrow(data):
        return _arrow_table(data, name)
    frame = as_data_frame(data, name=name)
    names = {str(one) for one in frame.columns}
    if wanted := [one for one in frame.index.names if one in set(levels) - names]:
        frame = frame.reset_index(level=wanted)
    check_distinct([str(one) for one in frame.columns], label=name)
    columns = [frame.iloc[:, at] for at in range(frame.shape[1])]
    arrays = [_array(values) for values in columns]
    fields = [
        field_of(str(one), array, values if values.dtype == object else ())
        for one, array, values in zip(frame.columns, arrays, columns, strict=True)
    ]
    return pa.table(arrays, schema=pa.schema(fields))


def as_data_frame(data: Any, *, name: str = "data") -> "pd.DataFrame":
    """Return data as a data frame.

    Args:
        data: A data frame of pandas, Polars, PyArrow or another library; a series; an array or a matrix; a mapping of
            columns, or scikit-learn's ``Bunch``; or a list of rows, which are mappings or sequences.
        name: What the data are, for messages.

    Raises:
        DataError: The data are not a table.
    """
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame()
    if _is_arrow(data):
        return _arrow_table(data, name).to_pandas()
    if isinstance(data, Mapping):
        return _of_mapping(data, name)
    if method := next((one for one in _METHODS if callable(getattr(data, one, None))), None):
        return as_data_frame(getattr(data, method)(), name=name)
    if hasattr(data, "tocsr") and hasattr(data, "toarray"):
        data = data.toarray()
    if isinstance(data, str | bytes) or not (isinstance(data, Sequence) or hasattr(data, "__array__")):
        raise DataError(f"{name}: a table cannot be read from a {type(data).__name__}.", _FORMS)
    return _of_rows(data, name)


def _of_mapping(data: Mapping[Any, Any], name: str) -> "pd.DataFrame":
    """Read a mapping of columns, or the ``Bunch`` that scikit-learn's data sets come in."""
    import pandas as pd

    if "feature_names" in data and "data" in data:
        if isinstance(data.get("frame"), pd.DataFrame):
            return data["frame"]
        columns = pd.DataFrame(data["data"], columns=list(data["feature_names"]))
        return columns if data.get("target") is None else columns.assign(target=data["target"])
    try:
        return pd.DataFrame({key: _column(values) for key, values in data.items()})
    except ValueError as error:  # The columns have different lengths, or are single values.
        raise DataError(
            f"{name}: the columns of this mapping do not form a table: {error}.", _FORMS
        ) from error


def _column(values: Any) -> Any:
    """Return a column whose values are rows of an array as a list of them."""
    return list(values) if getattr(values, "ndim", 1) > 1 else values


def _of_rows(data: Any, name: str) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    if not isinstance(data, Sequence) and not isinstance(data, np.ndarray):
        data = np.asarray(data)
    is_table = data.ndim == 2 or data.dtype.names if isinstance(data, np.ndarray) else _holds_rows(data)
    if not is_table:
        raise DataError(f"{name}: the values of this {type(data).__name__} do not form a table.", _FORMS)
    try:
        return pd.DataFrame(data)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: the rows of this {type(data).__name__} differ: {error}.", _FORMS) from error


def _holds_rows(data: Sequence[Any]) -> bool:
    return all(
        hasattr(row, "__dataclass_fields__")
        or (isinstance(row, Mapping | Sequence) and not isinstance(row, str | bytes))
        or getattr(row, "ndim", 0) == 1
        for row in data
    )


def _is_arrow(data: Any) -> bool:
    import pandas as pd

    return hasattr(data, "__arrow_c_stream__") and not isinstance(data, pd.DataFrame | pd.Series)


def _arrow_table(data: Any, name: str) -> pa.Table:
    try:
        return data if isinstance(data, pa.Table) else pa.table(data)
    except Exception as error:  # whatever the other library raises for types that Arrow does not have
        reason = " ".join(str(error).split()).rstrip(".")
        raise DataError(
            f"{name}: this {type(data).__name__} cannot be read: {reason}.",
            "Convert its columns to other types.",
        ) from error


def _array(values: "pd.Series") -> pa.Array:
    plain = plain_column(values)
    if any(map(is_pixels, plain.dropna().head(1))):
        return pa.array([_packed(value) for value in plain], pa.binary())
    try:
        return pa.array(plain, from_pandas=True)
    except (OverflowError, UnicodeEncodeError, pa.ArrowInvalid, pa.ArrowTypeError):
        return _mixed_array(plain)


def _packed(value: Any) -> bytes | None:
    """Return a picture as bytes; ``None`` for what is none."""
    from podium_ml.media.decoding import decode_any
    from podium_ml.media.errors import PictureError
    from podium_ml.media.packing import pack

    try:
        return pack(decode_any(value))
    except PictureError:
        return None


def _mixed_array(values: "pd.Series") -> pa.Array:
    """Return objects of several types: numbers if all are, lists of texts if all are lists, and else texts."""
    import pandas as pd

    present = [value for value in values if isinstance(value, list | dict) or not pd.isna(value)]
    if all(isinstance(value, bool | int | float) and abs(value) < _MOST_WHOLE for value in present):
        return pa.array(pd.to_numeric(values.where(values.notna(), None)), from_pandas=True)
    if all(isinstance(value, list) for value in present):
        return pa.array([_texts(value) if isinstance(value, list) else None for value in values])
    if all(
        isinstance(value, dict) for value in present
    ):  # with keys of several types: an object, whatever it holds
        return pa.array([None if value is None else {"text": value} for value in _texts(values)])
    return pa.array(_texts(values), pa.string())


def _texts(values: Iterable[Any]) -> list[str | None]:
    import json

    nested = (list, dict)
    return [
        json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, nested) else plain_text(value)
        for value in values
    ]
