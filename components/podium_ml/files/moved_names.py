"""Where classes of earlier versions are now, so that models that those versions wrote still load."""

# Prefixes of module names, the longest first; models hold nothing of other modules that moved.
_MOVED = {
    "podium_ml.featurization._plain_text": "podium_ml.values.plain_text",
    "podium_ml.featurization._dates": "podium_ml.values.dates",
    "podium_ml.featurization": "podium_ml.tabular.features",
    "podium_ml.predictor": "podium_ml.tabular.predictor",
    "podium_ml.encoders": "podium_ml.tabular.encoders",
    "podium_ml.algorithms": "podium_ml.tabular.algorithms",
}


def present_name(module: str) -> str:
    """Return the name that a module has today.

    >>> present_name("podium_ml.encoders.onehot"), present_name("sklearn.tree")
    ('podium_ml.tabular.encoders.onehot', 'sklearn.tree')
    """
    for before, now in _MOVED.items():
        if module == before or module.startswith(f"{before}."):
            return now + module.removeprefix(before)
    return module
