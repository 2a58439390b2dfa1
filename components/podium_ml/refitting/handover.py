"""Which model a run hands over, the chosen one or the refitted one, and why. Imports the standard library only."""

import json
import shutil
from pathlib import Path


def keep_chosen(model: str | Path, refitted: str | Path, *, reason: str) -> dict[str, bool | str]:
    """Hand over the chosen model as it is.

    Args:
        model: Folder of the chosen model.
        refitted: Folder to write.
        reason: Why it was not refitted, in words for the user.

    Returns:
        ``refitted`` and the ``reason``.
    """
    folder = Path(refitted)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(model) / "model.pkl", folder / "model.pkl")
    return tell(folder, refitted=False, reason=reason)


def tell(folder: Path, *, refitted: bool, reason: str) -> dict[str, bool | str]:
    """Record whether the model in a folder is a refitted one, and return that as ``keep_chosen`` does."""
    facts: dict[str, bool | str] = {"refitted": refitted, "reason": reason}
    (folder / "refit.json").write_text(json.dumps(facts), encoding="utf-8")
    return facts
