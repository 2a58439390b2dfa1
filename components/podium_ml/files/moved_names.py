"""New locations of moved classes, so that models written by earlier versions still load."""

import functools
from pathlib import Path

# Prefixes of module names, longest first. Models contain nothing from other modules that have moved.
_MOVED = {
    "podium_ml.featurization._plain_text": "podium_ml.values.plain_text",
    "podium_ml.featurization._dates": "podium_ml.values.dates",
    "podium_ml.featurization": "podium_ml.tabular.features",
    "podium_ml.tabular.algorithms._compact_forest": "podium_ml.models.compact_forest",
    "podium_ml.models.log_linear_pool": "podium_ml.targets._log_linear_pool",
    "podium_ml.selection.calibration": "podium_ml.targets._calibration",
    "podium_ml.predictor": "podium_ml.tabular.predictor",
    "podium_ml.encoders": "podium_ml.tabular.encoders",
    "podium_ml.algorithms": "podium_ml.tabular.algorithms",
}


def present_name(module: str) -> str:
    """Return the current name of a module; a module that is where its name says has not moved.

    >>> present_name("podium_ml.encoders.onehot"), present_name("sklearn.tree")
    ('podium_ml.tabular.encoders.onehot', 'sklearn.tree')
    >>> present_name("podium_ml.algorithms.lightgbm"), present_name("podium_ml.algorithms.quantile_regression")
    ('podium_ml.tabular.algorithms.lightgbm', 'podium_ml.algorithms.quantile_regression')
    >>> present_name("podium_ml.tabular.algorithms._compact_forest")
    'podium_ml.models.compact_forest'
    """
    for before, now in _MOVED.items():
        if (module == before or module.startswith(f"{before}.")) and not _is_file(module):
            return now + module.removeprefix(before)
    return module


@functools.cache
def _is_file(module: str) -> bool:
    return Path(__file__).parents[2].joinpath(*module.split(".")).with_suffix(".py").exists()
