"""YAML of others: plain values, and no text of a few lines that unfolds to billions of values."""

from collections.abc import Iterator
from typing import Any

import yaml

# Values that a text may have once its aliases are written out, and characters.
_MOST_VALUES, _LONGEST = 1_000_000, 16 << 20


def read_yaml(text: str) -> Any:
    """Return the value of a YAML document.

    Args:
        text: The document.

    Raises:
        yaml.YAMLError: It is no YAML, names types of Python, or unfolds too far.
    """
    if len(text) > _LONGEST:
        raise yaml.YAMLError(f"it is longer than {_LONGEST >> 20} million characters")
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        _count(root, {})
        return loader.construct_document(root)
    except (RecursionError, ValueError, OverflowError) as error:  # nested too deep, a date that is none
        raise yaml.YAMLError(str(error)) from error
    finally:
        loader.dispose()


def _count(node: yaml.Node, known: dict[int, int]) -> int:
    """Return the number of values of a node, written out.

    Args:
        node: The node.
        known: The numbers of nodes that were counted before, 0 for those around this one, by identity.
    """
    if (before := known.get(id(node))) is not None:
        if not before:
            raise yaml.YAMLError("a value contains itself")
        return before
    known[id(node)] = 0
    total = 1 + sum(_count(one, known) for one in _inside(node))
    if total > _MOST_VALUES:
        raise yaml.YAMLError(f"it unfolds to more than {_MOST_VALUES:,} values")
    known[id(node)] = total
    return total


def _inside(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value
