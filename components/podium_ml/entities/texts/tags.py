"""Tags of tokens, as CoNLL files write them, and the spans that they mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

OUTSIDE = "O"
# Letters that begin, continue, end, or make up an entity: IOB, BIOES and BILOU.
_BEGINS, _ALONE, _ENDS = frozenset("BSU"), frozenset("SU"), frozenset("ELSU")
_TAG = re.compile(r"[BIEOSLUM][-_]\S.*", re.DOTALL)
_SUFFIXED = re.compile(r"(\S.*)[-_]([BIEOSLUM])", re.DOTALL)


@dataclass(frozen=True)
class Tagged:
    """What the tags of one sentence mean.

    Attributes:
        spans: First token, token after the last one, and label.
        illegal: Tokens whose tag cannot follow the one before.
    """

    spans: tuple[tuple[int, int, str], ...]
    illegal: tuple[int, ...]


@dataclass(frozen=True)
class Scheme:
    """How the tags of a file are to be read.

    Attributes:
        has_prefixes: Whether tags are ``B-X`` and the like, and not ``X`` alone.
        inside_begins: Whether an entity may begin with ``I-X`` (IOB1).
        has_ends: Whether entities end with ``E-X`` or ``L-X`` (BIOES, BILOU).
    """

    has_prefixes: bool
    inside_begins: bool
    has_ends: bool


def is_tag(value: str) -> bool:
    """Whether a value is ``O`` or like ``B-PER``."""
    return value == OUTSIDE or _TAG.fullmatch(value) is not None


def with_prefixes(sentences: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return tags like ``B-PER`` where all are like ``PER-B``, and else as they are."""
    found = {tag: _SUFFIXED.fullmatch(tag) for sentence in sentences for tag in sentence if tag != OUTSIDE}
    if not {"B", "I"} <= {one[2] for one in found.values() if one} or not all(found.values()):
        return [list(sentence) for sentence in sentences]
    turned = {tag: f"{one[2]}-{one[1]}" for tag, one in found.items() if one}
    return [[turned.get(tag, tag) for tag in sentence] for sentence in sentences]


def find_scheme(sentences: Sequence[Sequence[str]]) -> Scheme:
    """Return how the tags of all sentences are to be read."""
    tags = {tag for sentence in sentences for tag in sentence if tag != OUTSIDE}
    if not all(is_tag(tag) for tag in tags):
        return Scheme(has_prefixes=False, inside_begins=True, has_ends=False)
    letters = {tag[0] for tag in tags}
    has_ends = bool(letters & _ENDS)
    return Scheme(True, inside_begins=not has_ends and _is_iob1(sentences), has_ends=has_ends)


def _is_iob1(sentences: Sequence[Sequence[str]]) -> bool:
    """Whether ``B-X`` only tells an entity from one of the same type right before it, and others begin with ``I-X``."""
    begins_inside = False
    for sentence in sentences:
        before = OUTSIDE
        for tag in sentence:
            if tag[0] == "B" and before[2:] != tag[2:]:
                return False
            begins_inside |= tag[0] == "I" and before[2:] != tag[2:]
            before = tag
    return begins_inside


def read_tags(tags: Sequence[str], scheme: Scheme) -> Tagged:
    """Return the spans that tags mean. An entity with an illegal tag counts as one, as in the CoNLL evaluation.

    Examples:
        >>> read_tags(["B-PER", "I-PER", "O", "I-LOC"], Scheme(True, False, False))
        Tagged(spans=((0, 2, 'PER'), (3, 4, 'LOC')), illegal=(3,))
    """
    if not scheme.has_prefixes:
        tags = [tag if tag == OUTSIDE else f"I-{tag}" for tag in tags]
    spans: list[tuple[int, int, str]] = []
    illegal: list[int] = []
    start, label = -1, ""

    def close(at: int) -> None:
        nonlocal start
        if start >= 0:
            spans.append((start, at, label))
        start = -1

    for at, tag in enumerate(tags):
        letter, own = tag[:1], tag[2:]
        goes_on = start >= 0 and own == label and letter not in _BEGINS and tag != OUTSIDE
        if not goes_on:
            if start >= 0 and scheme.has_ends:
                illegal.append(at)  # the entity before has no end
            close(at)
            if tag == OUTSIDE:
                continue
            start, label = at, own
            if letter not in _BEGINS and not scheme.inside_begins:
                illegal.append(at)
        if letter in _ENDS:
            close(at + 1)
    if start >= 0 and scheme.has_ends:
        illegal.append(len(tags) - 1)
    close(len(tags))
    return Tagged(tuple(spans), tuple(dict.fromkeys(illegal)))
