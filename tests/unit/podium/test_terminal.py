"""Attacks on the terminal of whoever reads about data, runs and servers of others."""

import ast
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

import podium
from podium.commands._output import show_rows
from podium.main import _print_error
from podium.progress.lines import PlainLines
from podium.progress.live import LiveTable
from podium.progress.state import Branch, Progress
from podium.terminal import say

ATTACK = "label\x1b]0;title\x07\x1b[2J\x9b31m\u202etxt.exe"
SHOWN = r"label\x1b]0;title\x07\x1b[2J\x9b31m\u202etxt.exe"


@pytest.mark.parametrize(
    "show",
    [
        say,
        lambda text: show_rows([{"model": text, text: 1}], as_json=False),
        lambda text: show_rows([{"model": text}], as_json=True),
        lambda text: PlainLines(started=0.0).event({"event": "notice", "text": text, "at": 0.0}, Progress()),
        _print_error,
    ],
)
def test_control_characters_are_shown(show, capsys):
    show(ATTACK)
    printed = "".join(capsys.readouterr())
    assert not set("\x1b\x07\x9b\u202e") & set(printed)
    assert "label" in printed


def test_marks_of_rich_are_shown_in_the_live_table():
    attack = "[/red] [link=https://stranger]here[/link] \x1b[2J"
    branches = {attack: Branch(attack, status="failed", reason=attack)}
    console = Console(file=StringIO(), force_terminal=True, width=200)
    table = LiveTable(console, started=0.0, time_limit=None)
    table.tick(Progress(branches=branches))
    table.close()
    shown = console.file.getvalue()
    assert shown.count("[/red] [link=https://stranger]here[/link] \\x1b") >= 2
    assert "\x1b]8;" not in shown


def test_other_text_is_printed_as_it_is(capsys):
    say("Größe 🚀\tعربي\ntwo lines")
    assert capsys.readouterr().out == "Größe 🚀\tعربي\ntwo lines\n"
    say(ATTACK)
    assert capsys.readouterr().out == SHOWN + "\n"


def test_commands_print_through_one_function():
    root = Path(podium.__file__).parent
    for path in [*(root / "commands").glob("*.py"), *(root / "progress").glob("*.py")]:
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        direct = [one.lineno for one in calls if isinstance(one.func, ast.Name) and one.func.id == "print"]
        assert not direct, f"{path.name}, lines {direct}: use podium.terminal.say"
