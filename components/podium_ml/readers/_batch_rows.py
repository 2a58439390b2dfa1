"""How many rows of a table are held at once."""

_CELLS = 4_000_000
_MOST_ROWS = 65_536
_LEAST_ROWS = 256


def batch_rows(columns: int) -> int:
    """Return the number of rows of a batch, fewer where there are many columns.

    >>> batch_rows(10), batch_rows(5000)
    (65536, 800)
    """
    return max(_LEAST_ROWS, min(_MOST_ROWS, _CELLS // max(1, columns)))
