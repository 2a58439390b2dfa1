"""What a user should be told at once: warnings about the data, and alerts of guardrails."""

import json
from pathlib import Path
from typing import Any

from podium_ml.contracts import GuardrailResult

# Files of the folder that validation writes. The delivered files include the second one.
INGESTION, GUARDRAILS = "ingestion.json", "guardrails.json"


def read_notices(folder: Path) -> list[str]:
    """Return the warnings of ingestion and the alerts of the guardrails, one text each.

    Args:
        folder: A folder with ``ingestion.json``, ``guardrails.json``, or both.
    """
    results = map(GuardrailResult.from_dict, _json(folder / GUARDRAILS, []))
    warnings = [f"Reading the data: {text}" for text in read_warnings(folder)]
    return [*warnings, *(one.notice for one in results if one.outcome == "alert")]


def read_warnings(folder: Path) -> list[str]:
    """Return the warnings of ingestion about the data and the user's own test data.

    Args:
        folder: A folder with ``ingestion.json``; without it, there are none.
    """
    ingestion = _json(folder / INGESTION, {})
    found = (text for part in (ingestion, ingestion.get("test", {})) for text in part.get("warnings", ()))
    return list(dict.fromkeys(found))


def _json(path: Path, default: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else default
