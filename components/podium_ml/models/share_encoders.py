"""One encoder for all models that were fitted with equal ones."""

import pickle
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from podium_ml.models.bagged_model import BaggedModel


def share_encoders(models: Sequence[BaggedModel]) -> tuple[BaggedModel, ...]:
    """Return the same models, in which equal encoders are one object, so that each row is encoded only once by it.

    Args:
        models: Models whose encoders may have been fitted in different processes.
    """
    known: dict[bytes, Any] = {}

    def shared(encoder: Any) -> Any:
        return known.setdefault(pickle.dumps(encoder), encoder)

    return tuple(
        replace(model, folds=tuple(replace(one, encoder=shared(one.encoder)) for one in model.folds))
        for model in models
    )
