"""New locations of moved classes, so that models written by earlier versions still load."""

# Prefixes of module names, longest first. Models contain nothing from other modules that have moved.
_MOVED = {
    "podium_ml.featurization._plain_text": "podium_ml.values.plain_text",
    "podium_ml.featurization._dates": "podium_ml.values.dates",
    "podium_ml.featurization": "podium_ml.tabular.features",
    "podium_ml.models.log_linear_pool": "podium_ml.targets._log_linear_pool",
    "podium_ml.selection.calibration": "podium_ml.targets._calibration",
    "podium_ml.predictor": "podium_ml.tabular.predictor",
    "podium_ml.encoders": "podium_ml.tabular.encoders",
    "podium_ml.algorithms": "podium_ml.tabular.algorithms",
}


def present_name(module: str) -> str:
    """Return the current name of a module.

    >>> present_name("podium_ml.encoders.onehot"), present_name("sklearn.tree")
    ('podium_ml.tabular.encoders.onehot', 'sklearn.tree')
    """
    for before, now in _MOVED.items():
        if module == before or module.startswith(f"{before}."):
            return now + module.removeprefix(before)
    return module
