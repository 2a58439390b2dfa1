"""The commands of ``podium``; one file each, imported only when it is the one that was called."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import typer

# Command, the function that it is in the module of the same name, and what ``podium --help`` says of it.
COMMANDS = {
    "run": ("run", "Train, compare and explain models that predict one column of a table."),
    "resume": ("resume", "Go on with a cancelled or failed run, or with a paused schedule."),
    "predict": ("predict", "Predict new rows, in their own order."),
    "leaderboard": ("leaderboard", "Show every model of a run with its scores."),
    "explain": ("explain", "Tell what each column contributed to the prediction of each row."),
    "report": ("report", "Print where a run's report is."),
    "logs": ("logs", "Print what a run's tasks printed."),
    "cancel": ("cancel", "End a run; what finished is kept."),
    "runs": ("runs", "List the runs of a folder or of the server, newest first."),
    "check": ("check", "Run the guardrails on data and train nothing."),
    "rollback": ("rollback", "Make an earlier version of a registered model the champion again."),
    "compile": ("compile_pipelines", "Compile the pipelines into KFP packages."),
    "schedule": ("schedule", "Train anew at given times on the cluster."),
    "schedules": ("schedules", "List the schedules of the server."),
    "pause": ("pause", "Let a schedule start no run until it is resumed."),
    "trigger": ("trigger", "Start a run of a schedule now."),
    "delete": ("delete", "Remove a schedule; its runs and models stay."),
    "upload": ("upload", "Upload the pipeline to Kubeflow Pipelines."),
    "config": ("config", "Show where each server is, who asks, and where each value comes from."),
    "doctor": ("doctor", "Check each server and say what is wrong."),
    "algorithms": ("algorithms", "List the algorithms."),
    "metrics": ("metrics", "List the metrics."),
}
_EPILOG = "Exit codes: 0 done, 1 the run failed, 2 wrong input or settings, 130 interrupted. --debug shows tracebacks."


def app_for(words: Sequence[str]) -> typer.Typer:
    """Return the application with the called command in full and the others as names with a line of help.

    Args:
        words: The command line; its first word that names a command decides which one is imported.
    """
    called = next((word for word in words if word in COMMANDS), None)
    app = typer.Typer(
        help="Automated machine learning as a Kubeflow pipeline.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        epilog=_EPILOG,
    )
    for name, (function, text) in COMMANDS.items():
        command = load(name, function) if name == called else _placeholder
        app.command(name, short_help=text)(command)
    return app


def load(name: str, function: str) -> Callable[..., Any]:
    """Import a command's module and return its function."""
    return getattr(import_module(f"podium.commands.{name}"), function)


def _placeholder() -> None:
    """Stands for a command that was not called."""
