"""Output of the command line, whose texts may come from data, servers and run folders of others."""

from podium_ml.values.printable import printable


def say(text: object, *, flush: bool = False) -> None:
    """Print a text as a line; control characters in it are shown instead of obeyed by the terminal."""
    print(printable(str(text)), flush=flush)
