"""How to use the model, and how to train it again."""

import importlib.metadata
import platform
import shlex
from dataclasses import dataclass
from typing import Any

from podium_ml.kinds import KINDS, Usage
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.settings import without_secrets
from podium_ml.settings.command_words import command_words
from podium_ml.targets import target_of

# What a model predicts, by type of target.
_PREDICTED = {"labels": "labels", "label_sets": "a list of labels per row", "values": "values"}
_DISTRIBUTIONS = (
    "podium-automl",
    "numpy",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "lightgbm",
    "xgboost-cpu",
    "xgboost",
    "catboost",
    "interpret-core",
    "torch",
    "optuna",
    "shap",
)
_LONGEST_LINE = 600
# Files of a delivery and their contents.
FILES = (
    ("model.pkl", "model and preprocessing: all you need to predict"),
    ("leaderboard.csv", "every model with all its scores"),
    ("metrics.json", "the chosen model's scores with intervals"),
    ("predictions.parquet", "its predictions for the test rows"),
    ("importance.csv", "importance of every column"),
    ("trials.jsonl", "every configuration that was tried"),
    ("problem.json", "column roles, types and folds of this run"),
    ("selection.json", "the chosen model, runners-up, threshold and calibration"),
    ("decision.json", "whether it became the champion, and why"),
    ("guardrails.json", "findings and actions of every guardrail"),
)


@dataclass(frozen=True)
class UsageView:
    """What the sections show.

    Attributes:
        commands: Titles and shell commands.
        python: The same in Python.
        files: Files next to the report, and their contents.
        again: Command that repeats the run.
        settings: Settings that differ from the defaults.
        defaults: Settings left at their defaults.
        facts: Other facts needed to repeat the run: seed, fingerprint.
        versions: Versions of Python and the libraries.
    """

    commands: tuple[tuple[str, str], ...]
    python: str
    files: tuple[tuple[str, str], ...]
    again: str
    settings: tuple[tuple[str, str], ...]
    defaults: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]


def usage_view(facts: RunFacts) -> UsageView:
    """Compute the sections."""
    chosen, defaults = _split_settings(without_secrets(facts.settings), kind=facts.problem.kind)
    usage = KINDS[facts.problem.kind].usage(facts.problem) or Usage(_commands(facts), _python(facts))
    return UsageView(
        commands=usage.commands,
        python=usage.python,
        files=tuple(one for one in FILES if facts.decision is not None or one[0] != "decision.json"),
        again=_rerun_command(chosen),
        settings=tuple((name, _shown(value)) for name, value in chosen.items()),
        defaults=tuple((name, _shown(value)) for name, value in defaults.items()),
        facts=_reproduction(facts),
        versions=_versions(),
    )


def _commands(facts: RunFacts) -> tuple[tuple[str, str], ...]:
    proba = " --proba" if target_of(facts.problem).output == "probabilities" else ""
    return (
        ("Predict new rows", f"podium predict model.pkl new.csv{proba} --out predictions.csv"),
        ("Explain new rows", "podium explain model.pkl new.csv"),
    )


def _python(facts: RunFacts) -> str:
    lines = [
        "import pandas as pd",
        "import podium",
        "",
        'model = podium.Predictor.load("model.pkl")',
        'rows = pd.read_csv("new.csv")',
        "",
        f"model.predict(rows)        # {_PREDICTED.get(target_of(facts.problem).name, 'predictions')}",
    ]
    if target_of(facts.problem).output == "probabilities":
        lines.append("model.predict_proba(rows)  # columns as in model.classes_")
    return "\n".join([*lines, "model.explain(rows)        # what each column contributed"])


def _split_settings(settings: dict[str, Any], *, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split the settings into those that were changed and those left at their defaults."""
    standard = KINDS[kind].settings().model_dump(mode="json")
    chosen = {name: value for name, value in settings.items() if _differs(value, standard.get(name))}
    rest = {name: value for name, value in settings.items() if name not in chosen and name in standard}
    return chosen, rest


def _differs(value: Any, standard: Any) -> bool:
    if isinstance(standard, dict):
        return any(_differs(one, standard.get(name)) for name, one in (value or {}).items())
    return value not in (None, "") and value != standard


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {one}" for name, one in value.items() if one) or "–"
    return "–" if value in ("", None) else str(value)


def _rerun_command(chosen: dict[str, Any]) -> str:
    """Return the full command line, or one that reads ``config.yaml`` if the settings do not fit on a line."""
    line = shlex.join(command_words(chosen))
    return (
        line if len(line) <= _LONGEST_LINE and "reader" not in chosen else "podium run --config config.yaml"
    )


def _reproduction(facts: RunFacts) -> tuple[tuple[str, str], ...]:
    problem = facts.problem
    found = [("Seed", str(problem.seed)), ("Metric", problem.metric)]
    if problem.fingerprint:
        found.append(("Data fingerprint", problem.fingerprint))
    if not facts.settings.get("max_trials"):
        found.append(
            ("Exact repetition", "Use --max-trials: with a time limit, no two runs are exactly the same.")
        )
    return tuple(found)


def _versions() -> tuple[tuple[str, str], ...]:
    found = [("Python", platform.python_version())]
    for name in _DISTRIBUTIONS:
        try:
            found.append((name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            continue
    return tuple(found)
