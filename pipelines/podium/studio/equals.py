"""The same run as a command, as a file of settings and in Python."""

import shlex
from dataclasses import dataclass
from pprint import pformat
from typing import Any

import yaml

from podium_ml.settings import Settings
from podium_ml.settings.command_words import command_words


@dataclass(frozen=True)
class Equals:
    """Three ways to start one run.

    Attributes:
        command: For a shell.
        yaml: For ``podium run --config``.
        python: For a notebook.
    """

    command: str
    yaml: str
    python: str


def equals_of(settings: Settings, *, engine: str) -> Equals:
    """Return the ways to start a run.

    Args:
        settings: Its settings.
        engine: Where it runs.
    """
    chosen = settings.model_dump(mode="json", exclude_defaults=True)
    return Equals(
        command=_command(chosen, engine),
        yaml=yaml.safe_dump(chosen, sort_keys=False, allow_unicode=True),
        python=_python(chosen, engine),
    )


def _command(chosen: dict[str, Any], engine: str) -> str:
    words = command_words(chosen)
    if engine != "local":
        words += ["--engine", engine]
    return shlex.join(words)


def _python(chosen: dict[str, Any], engine: str) -> str:
    others = {name: value for name, value in chosen.items() if name not in ("source", "target")}
    if engine != "local":
        others["engine"] = engine
    arguments = [repr(chosen[name]) for name in ("source", "target") if chosen.get(name)]
    arguments += [f"{name}={pformat(value, sort_dicts=False)}" for name, value in others.items()]
    lines = "".join(f"    {argument},\n" for argument in arguments)
    return f"import podium\n\nrun = podium.run(\n{lines})\nrun.wait()\nrun.leaderboard\n"
