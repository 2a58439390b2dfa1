"""What a user can ask of a problem whose answers are spans in texts."""

from typing import Any, Literal

from pydantic import field_validator

from podium_ml.settings._slice import setting
from podium_ml.settings.shared import Settings
from podium_ml.settings.text_weights import TextWeights


class EntitiesProblem(TextWeights):
    """What a problem of entities depends on."""

    target: str = setting(
        "Problem", "spans", description="Column of the spans; readers of texts call it spans."
    )
    task: Literal["auto", "entities"] = setting("Problem", "auto", description="Kind of problem: entities.")

    @field_validator("task", mode="before")
    @classmethod
    def _known_names(cls, value: Any) -> Any:
        """Take Azure's name of the task, too."""
        return "entities" if value == "text-ner" else value


class EntitiesSettings(EntitiesProblem, Settings):
    """Everything that a run on texts with spans can be asked to do."""
