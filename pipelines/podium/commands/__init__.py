"""The commands of ``podium``, one per file; only the called command is imported."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import typer

# The groups of ``podium --help``. By command: its function in the module of the same name, and its line.
GROUPS = {
    "Train": {
        "run": ("run", "Train, compare and explain models that predict one column of a table."),
        "files": ("files", "List the folders and files in a folder or bucket."),
        "preview": ("preview", "Show the columns of data as a run would read them."),
        "check": ("check", "Run the guardrails on data without training anything."),
        "algorithms": ("algorithms", "List the algorithms."),
        "metrics": ("metrics", "List the metrics."),
    },
    "Use": {
        "predict": ("predict", "Predict new rows, keeping their order."),
        "forecast": ("forecast", "Forecast the next values of every series."),
        "backtest": ("backtest", "Score what a model would have forecast of newer rows."),
        "explain": ("explain", "Show what each column contributed to the prediction of each row."),
        "label": ("label", "Show which rows are most worth labelling."),
        "leaderboard": ("leaderboard", "Show all models of a run with their scores."),
        "export": ("export", "Write any model of the leaderboard to a file."),
        "notebook": ("notebook", "Write a notebook that loads a model, predicts, scores and explains."),
        "report": ("report", "Print the path of a run's report."),
        "keys": ("keys", "Show the keys whose models runs load as champions, and where each comes from."),
        "champions": ("champions", "List the registered models with their versions, the champions first."),
        "register": ("register", "Register a model of the leaderboard as a new version."),
        "rollback": ("rollback", "Make an earlier version of a registered model the champion again."),
    },
    "Runs": {
        "runs": ("runs", "List the runs of a folder or of the server, newest first."),
        "open": ("open_server", "Make a folder for a run on the server that was started elsewhere."),
        "watch": ("watch", "Follow a run on a server until it ends, and fetch its results."),
        "fetch": ("fetch", "Fetch what the models of a run on a server were made of."),
        "logs": ("logs", "Print the logs of a run."),
        "cancel": ("cancel", "Cancel a run; finished work is kept."),
        "resume": ("resume", "Resume a cancelled or failed run, or a paused schedule."),
    },
    "Studio": {
        "studio": ("studio", "Open the web studio: prepare, start, watch and use runs without code."),
    },
    "Cluster": {
        "compile": ("compile_pipelines", "Compile the pipelines into KFP packages."),
        "upload": ("upload", "Upload the pipelines to Kubeflow Pipelines."),
        "schedule": ("schedule", "Retrain on a schedule on the cluster."),
        "schedules": ("schedules", "List the schedules of the server."),
        "pause": ("pause", "Pause a schedule until it is resumed."),
        "trigger": ("trigger", "Start a run of a schedule now."),
        "delete": ("delete", "Delete a schedule; its runs and models are kept."),
        "config": ("config", "Show the settings of the servers and where each value comes from."),
        "doctor": ("doctor", "Check each server and report what is wrong."),
    },
}
COMMANDS = {name: command for group in GROUPS.values() for name, command in group.items()}
_EPILOG = "Exit codes: 0 success, 1 failed run, 2 wrong input or settings, 130 interrupted. --debug shows tracebacks."


def app_for(words: Sequence[str]) -> typer.Typer:
    """Return the application, with a one-line placeholder for each command that was not called.

    Args:
        words: The command line; the first word that names a command decides which one is imported.
    """
    called = next((word for word in words if word in COMMANDS), None)
    app = typer.Typer(
        help="Automated machine learning as a Kubeflow pipeline.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        epilog=_EPILOG,
    )
    for group, commands in GROUPS.items():
        for name, (function, text) in commands.items():
            command = load(name, function) if name == called else _placeholder
            app.command(name, short_help=text, rich_help_panel=group)(command)
    return app


def load(name: str, function: str) -> Callable[..., Any]:
    """Import a command's module and return its function."""
    return getattr(import_module(f"podium.commands.{name}"), function)


def _placeholder() -> None:
    """Stand in for a command that was not called."""
