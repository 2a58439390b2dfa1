"""The minimal imports of a stage that handles tables and models."""

import time

MODULES = ("pandas", "sklearn.pipeline", "sklearn.linear_model", "sklearn.ensemble")


def import_modules() -> float:
    """Do the imports of a task, and return the time when they are finished."""
    from importlib import import_module

    for module in MODULES:
        import_module(module)
    return time.time()
