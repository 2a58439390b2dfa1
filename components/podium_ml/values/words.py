"""Counting words in any script."""

import re

# Scripts that put no blanks between words, and how many letters their words have on average.
_UNSPACED = (
    ("\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff", 2),  # Chinese, Japanese
    ("\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff", 4),  # Thai, Lao, Burmese, Khmer
    ("\u2600-\u27bf\U0001f300-\U0001faff", 1),  # emoji
)
_RUNS = tuple((re.compile(f"[{letters}]+"), length) for letters, length in _UNSPACED)


def count_words(text: str) -> int:
    """Return the number of words; in scripts without blanks between words, about that number. Emoji are words.

    >>> count_words("three short words"), count_words("\u8d28\u91cf\u5f88\u597d"), count_words("")
    (3, 2, 0)
    """
    if text.isascii():
        return len(text.split())
    words = 0
    for runs, length in _RUNS:
        words += sum(-(-len(run) // length) for run in runs.findall(text))
        text = runs.sub(" ", text)
    return words + sum(any(letter.isalnum() for letter in part) for part in text.split())
