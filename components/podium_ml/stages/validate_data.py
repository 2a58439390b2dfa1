"""The stage that infers the problem and checks the data."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.champions.warm_start import WarmStart
from podium_ml.contracts import Reading
from podium_ml.errors import DataError, SettingsError
from podium_ml.files.tables import read_table
from podium_ml.kinds import KINDS
from podium_ml.kinds.without_examples import without_examples
from podium_ml.reporting.notices import GUARDRAILS, INGESTION, read_notices, read_warnings
from podium_ml.run.events import emit
from podium_ml.run.only_shown import only_shown
from podium_ml.weights.files import names_in

# In the folder of the validation, beside what ``reporting/notices.py`` names.
PROFILE, WARM_START = "profile.json", "warm_start"


def run(
    *,
    kind: str,
    table: str,
    settings: dict[str, Any],
    train: str,
    test: str,
    problem: str,
    validation: str,
    guardrails: str,
    weights: str = "",
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Infer the problem, run the guardrails and set the test rows aside.

    Args:
        kind: Kind of problem.
        table: Folder of the ingested rows.
        settings: The kind's ``problem_settings``.
        train: Parquet file to write: the training rows.
        test: Parquet file to write: the test rows.
        problem: File to write: the problem.
        validation: Folder to write: ``ingestion.json``, ``profile.json`` (statistics of the training rows) and
            ``guardrails.json``. Its ``warm_start`` may contain the profile of the reference model, to detect drift.
        guardrails: HTML page to write.
        weights: Folder of the pretrained weights that the settings name, if they do.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        ``task``, ``metric``, ``train_rows``, ``test_rows``, ``alerts`` (their number) and ``guardrails`` (all results).
    """
    declared, source, folder = KINDS[kind], Path(table), Path(validation)
    ingestion = json.loads((source / INGESTION).read_text(encoding="utf-8"))
    separate, asked = source / "test.parquet", declared.problem_settings.read(settings)
    with _explained_by(read_warnings(source)):
        inferred = declared.infer_problem(
            read_table(source / "data.parquet"),
            asked,
            test=pd.read_parquet(separate) if separate.exists() else None,
            readings=_readings(ingestion),
            reference=WarmStart(folder / WARM_START).profile,
            fingerprint=ingestion.get("fingerprint", ""),
            time_limit=time_limit,
        )
    if not asked.examples:
        inferred = without_examples(inferred)
    folder.mkdir(parents=True, exist_ok=True)
    inferred.train.to_parquet(train, index=False)
    inferred.test.to_parquet(test, index=False)
    files = {name: tuple(names_in(Path(weights) / name)) for name in asked.weights} if weights else {}
    found = {"reader": ingestion.get("reader"), "weights": asked.weights, "weight_files": files}
    replace(inferred.problem, **found).save(problem)
    inferred.profile.save(folder / PROFILE)
    results = [result.to_dict() for result in inferred.results]
    _write_json(folder / GUARDRAILS, results)
    _write_json(folder / INGESTION, ingestion)
    for text in read_notices(folder):
        emit("notice", text=text)
    page = only_shown(
        lambda: declared.render_guardrails(inferred.results, inferred.problem),
        otherwise=lambda: "<p>The guardrails could not be shown.</p>",
    )
    Path(guardrails).write_text(page, encoding="utf-8")
    return {
        "task": inferred.problem.task,
        "metric": inferred.problem.metric,
        "train_rows": len(inferred.train),
        "test_rows": len(inferred.test),
        "alerts": sum(result.outcome == "alert" for result in inferred.results),
        "guardrails": results,
    }


@contextmanager
def _explained_by(warnings: list[str]) -> Iterator[None]:
    """Add to errors what was noticed when the data was read, which often is their cause."""
    try:
        yield
    except (DataError, SettingsError) as error:
        raise type(error)(error.message, " ".join([error.hint, *warnings]).strip()) from error


def _readings(ingestion: dict[str, Any]) -> dict[str, Reading]:
    """Return how ingestion read each column."""
    return {
        str(column["name"]): Reading.of(column["reading"])
        for column in ingestion.get("columns", ())
        if "reading" in column
    }


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
