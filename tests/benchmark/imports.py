"""What a stage that handles tables and models imports at least."""

import time

MODULES = ("pandas", "sklearn.pipeline", "sklearn.linear_model", "sklearn.ensemble")


def import_modules() -> float:
    """Do a task's imports and return when they were done."""
    from importlib import import_module

    for module in MODULES:
        import_module(module)
    return time.time()
