"""The command line that runs with some settings."""

from typing import Any


def command_words(chosen: dict[str, Any]) -> list[str]:
    """Return the words of ``podium run`` with some settings; those of the reader are options like the others.

    >>> command_words({"source": "sales.csv", "target": "sold", "interpretable": True, "reader": {"skip_rows": 2}})
    ['podium', 'run', 'sales.csv', '--target', 'sold', '--interpretable', '--skip-rows', '2']
    """
    options = {name: value for name, value in chosen.items() if name not in ("source", "reader")}
    words = ["podium", "run", str(chosen.get("source", "data.csv"))]
    for name, value in {**options, **(chosen.get("reader") or {})}.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words.append(option if value else f"--no-{name.replace('_', '-')}")
        else:
            words += [option, str(value)]
    return words
