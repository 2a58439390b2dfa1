"""``podium check``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from podium.commands._options import NEEDED, gather, with_settings
from podium.terminal import say
from podium_ml.kinds import KINDS, kind_of_parsed
from podium_ml.settings import DataSettings, ReaderOptions, Slice

if TYPE_CHECKING:
    from podium_ml.settings import Settings

# What validation depends on, for problems of every kind, and how the data are read.
_MODELS: list[type[Slice]] = [
    *(kind.problem_settings for kind in KINDS.values()),
    DataSettings,
    ReaderOptions,
]
_OPTIONS = {name for model in _MODELS for name in model.model_fields} - {"name", "examples"}
_FIELDS = ("outcome", "name", "seen", "done")
# By outcome: how its paragraph begins. What needs attention comes first.
_TITLES = {"alert": "Alerts", "fixed": "Fixed", "passed": "Passed"}


def _check(
    source: Annotated[
        str | None, typer.Argument(metavar="DATA", help="File, folder, glob or URL of labelled rows.")
    ] = None,
    *,
    config: Annotated[
        Path | None, typer.Option("--config", help="YAML file of settings; options override it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    given: dict[str, Any],
) -> None:
    """Run the guardrails on data without training anything."""
    settings = gather(given, config, source=source, needed=NEEDED)
    results = _guardrails(settings)
    if as_json:
        say(json.dumps(results, indent=1))
    else:
        _print(results, kind_of_parsed(settings).headlines)


check = with_settings(_check, only=_OPTIONS)


def _guardrails(settings: "Settings") -> list[dict[str, str]]:
    """Read and validate the data as a run does, and return what was found."""
    import tempfile

    from podium_ml.reporting.notices import read_warnings
    from podium_ml.stages import ingest_data, validate_data

    kind = kind_of_parsed(settings)
    with tempfile.TemporaryDirectory(prefix="podium-") as name:
        folder = Path(name)
        (folder / "validated").mkdir()
        outputs = ("train", "test", "problem", "validation", "guardrails")
        asked = settings.cut(kind.problem_settings)
        reader = settings.reader.model_dump()
        ingest_data.run(
            source=settings.source,
            test=settings.test,
            reader=reader,
            table=name,
            settings=asked,
            kind=kind.name,
        )
        facts = validate_data.run(
            kind=kind.name,
            table=name,
            settings=asked,
            **{output: str(folder / "validated" / output) for output in outputs},
        )
        warnings = read_warnings(folder)
    told = [
        {"outcome": "alert", "name": "", "guardrail": "Reading the data", "seen": text, "done": ""}
        for text in warnings
    ]
    found = facts["guardrails"]
    return [*told, *({**{name: one[name] for name in _FIELDS}, "guardrail": one["title"]} for one in found)]


def _print(results: list[dict[str, str]], headlines: tuple[str, ...]) -> None:
    """Print what the data are, what needs attention, what was handled, and the names of the checks passed."""
    for one in results:
        if one["name"] in headlines and one["outcome"] == "passed":
            say(f"{one['guardrail']}: {one['seen']}")
    for outcome, title in _TITLES.items():
        found = [one for one in results if one["outcome"] == outcome]
        if outcome == "passed":
            say(f"{title} ({len(found)}): {', '.join(one['guardrail'] for one in found)}")
        elif found:
            say(f"{title} ({len(found)}):")
            for one in found:
                say(f"  {one['guardrail']}: {one['seen']} {one['done']}".rstrip())
