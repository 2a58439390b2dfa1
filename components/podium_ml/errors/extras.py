"""How to install the optional parts of Podium."""


def install(extra: str) -> str:
    """Return what a user should do to get an extra.

    Podium is in no package index, where its name belongs to nobody: ``pip install podium-automl`` could bring anything.

    Args:
        extra: Its name in ``pyproject.toml``.

    >>> install("text")
    "In a checkout of Podium, run: pip install '.[text]'"
    """
    return f"In a checkout of Podium, run: pip install '.[{extra}]'"
