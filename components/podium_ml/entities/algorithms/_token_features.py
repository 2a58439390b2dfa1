"""What a token looks like, as names of features for linear models of sequences."""

from functools import lru_cache

from podium_ml.entities.algorithms._script_runs import Run, dense_features, script_runs
from podium_ml.entities.features import TokenizedText
from podium_ml.entities.texts.tokens import is_dense

_LONGEST_AFFIX, _KEPT = 4, 50_000


@lru_cache(maxsize=200_000)
def shape(word: str) -> str:
    """Return the kinds of characters of a word.

    Examples:
        >>> shape("McDonald-99")
        'XxXxxxxx-dd'
    """
    return "".join(_kind(one) for one in word[:12])


@lru_cache(maxsize=100_000)
def _kind(character: str) -> str:
    if character.isdigit():
        return "d"
    if is_dense(character):
        return _script(character)
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return character


def _script(character: str) -> str:
    code = ord(character)
    return "h" if 0x3040 <= code < 0x30A0 else "k" if 0x30A0 <= code < 0x3100 else "c"


def short(text: str) -> str:
    """Return a shape with runs of the same kind as one."""
    return "".join(one for at, one in enumerate(text) if not at or text[at - 1] != one)


@lru_cache(maxsize=200_000)
def _own(word: str) -> tuple[str, ...]:
    lower = word.lower()
    bare = lower.strip(".,;:()[]'\"")
    affixes = [f"p{n}={lower[:n]}" for n in range(1, _LONGEST_AFFIX + 1) if n < len(lower)]
    affixes += [f"s{n}={lower[-n:]}" for n in range(1, _LONGEST_AFFIX + 1) if n < len(lower)]
    looks = shape(word)
    more = [f"n={min(len(word), 8)}"]
    more += [f"b={bare}"] if bare != lower else []
    more += ["digits"] if word.isdigit() else []
    more += ["end=" + word[-1]] if not word[-1].isalnum() else []
    return f"w={lower}", f"W={word}", f"x={looks}", f"xs={short(looks)}", *affixes, *more


@lru_cache(maxsize=_KEPT)
def features_of(text: TokenizedText) -> tuple[tuple[str, ...], ...]:
    """Return the names of the features of each token: its own, those of its neighbours, and of its place."""
    words = text.words
    lower = [word.lower() for word in words]
    looks = [short(shape(word)) for word in words]
    gaps = [text.text[end : text.tokens[at + 1][0]] for at, (_, end) in enumerate(text.tokens[:-1])]
    padded = ["<<", "<", *lower, ">", ">>"]
    shapes = ["<<", "<", *looks, ">", ">>"]
    runs, of = _runs(words, gaps)
    found = []
    for at, word in enumerate(words):
        here = at + 2
        found.append(
            (
                "1",
                *_own(word),
                *(f"{step}:w={padded[here + step]}" for step in (-2, -1, 1, 2)),
                *(f"{step}:x={shapes[here + step]}" for step in (-2, -1, 1, 2)),
                *(f"-1:s{n}={padded[here - 1][-n:]}" for n in (2, 3)),
                *(f"+1:s{n}={padded[here + 1][-n:]}" for n in (2, 3)),
                f"-1,0={padded[here - 1]}|{padded[here]}",
                f"0,1={padded[here]}|{padded[here + 1]}",
                f"-2,-1={padded[here - 2]}|{padded[here - 1]}",
                f"1,2={padded[here + 1]}|{padded[here + 2]}",
                f"-1,0,1={padded[here - 1]}|{padded[here]}|{padded[here + 1]}",
                f"x-1,0,1={shapes[here - 1]}|{shapes[here]}|{shapes[here + 1]}",
                f"gap={_gap(gaps[at - 1]) if at else '<'}{_gap(gaps[at]) if at < len(gaps) else '>'}",
                *(dense_features(lower, runs, of, at) if is_dense(word[0]) else ()),
                *(("first",) if at == 0 else ()),
                *(("last",) if at == len(words) - 1 else ()),
                *((f"at={at}",) if at < 4 else ()),
                *((f"left={len(words) - at}",) if len(words) - at < 4 else ()),
            )
        )
    return tuple(found)


def _runs(words: list[str], gaps: list[str]) -> tuple[list[Run], list[int]]:
    """Return the runs of one script, and the number of the run of each token; nothing if no script is dense."""
    if not any(is_dense(word[0]) for word in words):
        return [], []
    joins = [False, *(not gap for gap in gaps)]
    runs = script_runs(words, [short(shape(word))[:1] for word in words], joins[: len(words)])
    return runs, [number for number, run in enumerate(runs) for _ in range(run.start, run.end)]


def _gap(gap: str) -> str:
    return "n" if "\n" in gap else "b" if gap else "0"


def gap_kinds(text: TokenizedText) -> list[int]:
    """Return what stands before each token: 1 its text begins, 2 nothing, 3 blanks, 4 a line break."""
    kinds = {"0": 2, "b": 3, "n": 4}
    between = [
        kinds[_gap(text.text[end : text.tokens[at + 1][0]])] for at, (_, end) in enumerate(text.tokens[:-1])
    ]
    return [1, *between][: len(text.tokens)]
