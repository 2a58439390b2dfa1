"""Spellings of missing values in tables."""

# Missing in any column.
ALWAYS = frozenset({
    "", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "-NaN", "-nan", "NaT",
    "NULL", "null", "None", "?", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
})  # fmt: skip

# Missing among numbers, dates and booleans. Among other texts they may be values: some classes are called + and -.
AMONG_NUMBERS = frozenset({
    "-", "--", "---", ".", "..", "*", "na", "Na", "none", "NONE", "Null", "missing", "Missing",
    "unknown", "Unknown", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "0000-00-00", "0000-00-00 00:00:00",
})  # fmt: skip
