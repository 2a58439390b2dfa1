"""The guardrails alone, for ``podium check``."""

import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.settings.tabular import Settings
from podium_ml.tabular.validation.settle import settle


def check(table: pd.DataFrame, settings: Settings) -> list[GuardrailResult]:
    """Return what the guardrails see in labelled rows, in the order in which they ran.

    Args:
        table: Labelled rows.
        settings: What would be asked of a run.

    Raises:
        DataError: The data cannot be learned from.
        SettingsError: A setting does not fit the data.
    """
    return settle(table, settings).results
