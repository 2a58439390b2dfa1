"""How to use the model, and how to train it again."""

import importlib.metadata
import platform
import shlex
from dataclasses import dataclass
from typing import Any

from podium_ml.reporting.run_facts import RunFacts
from podium_ml.settings.tabular import Settings, without_secrets

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
# Files of a delivery, with what they hold.
FILES = (
    ("model.pkl", "model and preprocessing, all that prediction needs"),
    ("leaderboard.csv", "every model with all its scores"),
    ("metrics.json", "the chosen model's scores with intervals"),
    ("predictions.parquet", "its predictions of the test rows"),
    ("importance.csv", "importance of every column"),
    ("trials.jsonl", "every configuration that was tried"),
    ("problem.json", "roles, types and folds as they were settled"),
    ("selection.json", "the choice, its runners-up, threshold and calibration"),
    ("decision.json", "whether it became the champion, and why"),
    ("guardrails.json", "what every guardrail saw and did"),
)


@dataclass(frozen=True)
class UsageView:
    """What the sections show.

    Attributes:
        commands: Shell commands, each with what it does.
        python: The same in Python.
        files: Files that lie beside the report.
        again: Command that repeats the run.
        settings: Settings that differ from the defaults.
        defaults: The others.
        facts: Other facts that reproduction needs: seed, fingerprint.
        versions: Versions of what was used.
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
    """Work out the sections."""
    chosen, defaults = _split_settings(without_secrets(facts.settings))
    return UsageView(
        commands=_commands(facts),
        python=_python(facts),
        files=tuple(one for one in FILES if facts.decision is not None or one[0] != "decision.json"),
        again=_again(chosen),
        settings=tuple((name, _shown(value)) for name, value in chosen.items()),
        defaults=tuple((name, _shown(value)) for name, value in defaults.items()),
        facts=_reproduction(facts),
        versions=_versions(),
    )


def _commands(facts: RunFacts) -> tuple[tuple[str, str], ...]:
    proba = " --proba" if facts.problem.is_classification else ""
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
        f"model.predict(rows)        # {'labels' if facts.problem.is_classification else 'values'}",
    ]
    if facts.problem.is_classification:
        lines.append("model.predict_proba(rows)  # columns as in model.classes_")
    return "\n".join([*lines, "model.explain(rows)        # what each column contributed"])


def _split_settings(settings: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part the settings into those that say something and those that are as they were."""
    standard = Settings().model_dump(mode="json")
    chosen = {name: value for name, value in settings.items() if _differs(value, standard.get(name))}
    rest = {name: value for name, value in settings.items() if name not in chosen and name in standard}
    return chosen, rest


def _differs(value: Any, standard: Any) -> bool:
    if isinstance(standard, dict):
        return any((value or {}).values())
    return value not in (None, "") and value != standard


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {one}" for name, one in value.items() if one) or "–"
    return "–" if value in ("", None) else str(value)


def _again(chosen: dict[str, Any]) -> str:
    """Return the command line, or the one that reads the run's own settings where a line would not hold them."""
    words = ["podium", "run", str(chosen.get("source", "data.csv"))]
    for name, value in chosen.items():
        if name == "source":
            continue
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words.append(option if value else f"--no-{name.replace('_', '-')}")
        else:
            words += [option, str(value)]
    line = shlex.join(words)
    return (
        line if len(line) <= _LONGEST_LINE and "reader" not in chosen else "podium run --config config.yaml"
    )


def _reproduction(facts: RunFacts) -> tuple[tuple[str, str], ...]:
    problem = facts.problem
    found = [("Seed", str(problem.seed)), ("Metric", problem.metric)]
    if problem.fingerprint:
        found.append(("Fingerprint of the data", problem.fingerprint))
    if not facts.settings.get("max_trials"):
        found.append(
            ("Exactly again", "Takes --max-trials in place of a time limit, which is never twice the same.")
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
