"""The body of ``resolve_inputs``, which receives every setting as a parameter of its own."""

import json
from pathlib import Path
from typing import Any

from podium_components.notices import notify_unchanged
from podium_components.repeats import find_repeated, request_of
from podium_components.supervision import run_stage

# Fields of the form that are not the user's settings: see ``DeploymentSettings``.
_DEPLOYMENT = ("fingerprint", "tracking")
# For each output of the component, the stage's name for it.
_OUTPUTS = {
    "source_today": "source",
    "test_today": "test",
    "data_version": "fingerprint",
    "reference": "reference",
    "problem_settings": "problem",
    "plan_settings": "plan",
    "limits": "limits",
    "promotion": "promotion",
    "publication": "publication",
}
_UNCHANGED = "The champion {champion} has the same data and settings, so nothing was trained."
_NEW = "No earlier run has these data, settings and champion, or something in it failed."
_REPEATED = (
    "Data, settings and champion are those of run {run}, whose results are those of this run. "
    "To train anew, set another seed."
)


def resolve(
    kind: str, images: dict[str, str], form: dict[str, Any], paths: dict[str, str], *, note: str, address: str
) -> bool:
    """Run the stage and write its outputs.

    Args:
        kind: Kind of problem.
        images: Container images of the tasks.
        form: The fields of the form.
        paths: Files to write, by output.
        note: File to write: which earlier run this one repeats, in words.
        address: Address of that file in the object store.

    Returns:
        Whether there is anything to train.
    """
    settings = {name: value for name, value in form.items() if name not in _DEPLOYMENT}
    facts = run_stage(
        "resolve_inputs",
        kind=kind,
        settings=settings,
        fingerprint=form["fingerprint"],
        tracking=form["tracking"],
    )
    publication = facts["publication"]
    name = publication["settings"]["name"]
    publication["request"] = request_of(kind, name, publication["versions"], images)
    for output, path in paths.items():
        value = facts[_OUTPUTS[output]]
        text = value if isinstance(value, str) else json.dumps(value)
        Path(path).write_text(text, encoding="utf-8")
    if facts["unchanged"]:
        notify_unchanged(facts["champion"], notify=form["notify"], name=form["name"])
        repeated, text = "", _UNCHANGED.format(**facts)
    else:
        repeated = find_repeated(address, publication["request"], champion=facts["champion"])
        text = _REPEATED.format(run=repeated) if repeated else _NEW
    Path(note).write_text(text, encoding="utf-8")
    print(text)
    return not facts["unchanged"] and not repeated
