"""The few Arrow types that tables have after ingestion."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

MOMENT = pa.timestamp("us")
UTC_MOMENT = pa.timestamp("us", "UTC")


def to_canonical(array: pa.Array) -> pa.Array | None:
    """Convert an array of any type to null, bool, int64, double, string, binary, timestamp[us] or a list of these.

    Returns:
        The array, or ``None`` if its values are objects or lists of lists.
    """
    array = _without_encoding(array)
    target = _canonical_type(array.type)
    if target is None:
        return None
    if target == array.type:
        return array
    if pa.types.is_duration(array.type):
        return pc.divide(array.cast(pa.duration("us")).cast(pa.int64()).cast(pa.float64()), 1e6)
    try:
        return array.cast(target, safe=target == pa.int64())
    except pa.ArrowInvalid:  # ids beyond int64, which floats could not tell apart
        return array.cast(pa.string())


def unify(types: Iterable[pa.DataType]) -> pa.DataType:
    """Return the canonical type that can hold values of all given types; string if no other can."""
    found = {kind for kind in types if not pa.types.is_null(kind)}
    if len(found) <= 1:
        return next(iter(found), pa.null())
    if found == {pa.int64(), pa.float64()}:
        return pa.float64()
    if all(pa.types.is_timestamp(kind) and kind.tz for kind in found):
        return UTC_MOMENT
    if all(pa.types.is_list(kind) for kind in found):
        return pa.list_(unify(kind.value_type for kind in found))
    return pa.string()


def _without_encoding(array: pa.Array) -> pa.Array:
    while True:
        if isinstance(array, pa.ExtensionArray):
            array = array.storage
        elif pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        elif pa.types.is_run_end_encoded(array.type):
            array = pc.run_end_decode(array)
        elif _is_stored_picture(array.type):
            array = pc.struct_field(array, "bytes")
        else:
            return array


def _is_stored_picture(kind: pa.DataType) -> bool:
    """Whether values are pictures as the libraries of Hugging Face store them: bytes and a path."""
    return pa.types.is_struct(kind) and {field.name for field in kind} == {"bytes", "path"}


def _canonical_type(kind: pa.DataType) -> pa.DataType | None:
    """Return the type to cast to, or ``None`` if the type is not supported."""
    types = pa.types
    if types.is_null(kind) or types.is_boolean(kind):
        return kind
    if types.is_integer(kind) or (types.is_decimal(kind) and kind.scale == 0):
        return pa.int64()
    if types.is_floating(kind) or types.is_decimal(kind) or types.is_duration(kind):
        return pa.float64()
    if (
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_string_view(kind)
        or types.is_time(kind)
    ):
        return pa.string()
    if types.is_date(kind):
        return MOMENT
    if types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return pa.binary()
    return _canonical_list(kind)


def _canonical_list(kind: pa.DataType) -> pa.DataType | None:
    types = pa.types
    if not (types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)):
        return None
    value = kind.value_type
    if types.is_dictionary(value):
        value = value.value_type
    inner = _canonical_type(value)
    return None if inner is None or types.is_list(inner) else pa.list_(inner)
