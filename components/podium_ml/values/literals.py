"""Lists and objects that stand in texts: as JSON, or as Python prints them."""

import ast
import json
import re
from typing import Any

_LONGEST = 1 << 20
_COMMA, _APART = re.compile(r"['\"]\s*,"), re.compile(r"(?<=['\"])\s+(?=['\"])")


def read_literal(text: str) -> Any:
    """Return what a text says as JSON, or as Python prints it, with single quotes.

    Raises:
        ValueError: It is neither.

    Examples:
        >>> read_literal('["a"]'), read_literal("['a, b', None]"), read_literal("{'a'}")
        (['a'], ['a, b', None], {'a'})
        >>> read_literal("['a' 'b']")  # NumPy's arrays
        ['a', 'b']
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError(str(error)) from None
    except ValueError as error:
        if len(text) > _LONGEST:
            raise
        try:
            return ast.literal_eval(text if _COMMA.search(text) else _APART.sub(", ", text))
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            raise error from None
