"""The packages that a model needs for loading and predicting."""

import importlib.metadata
import io
import pickle
import sys
from collections.abc import Iterable
from typing import Any

_ALWAYS = ("podium-automl", "numpy", "pandas", "pyarrow", "scikit-learn", "pydantic")
_OWN = frozenset({"podium_ml", "__main__"})
# Distributions whose names differ from the modules they provide; all installed ones are pinned.
_DISTRIBUTIONS = {
    "PIL": ("pillow",),
    "sklearn": ("scikit-learn",),
    "interpret": ("interpret-core", "interpret"),
    "xgboost": ("xgboost", "xgboost-cpu"),
}


def requirements_of(model: Any, *, modules: Iterable[str] = ()) -> list[str]:
    """Return pip requirements of a pickled model, pinned to the installed versions.

    Args:
        model: Model that will be pickled.
        modules: Modules that the model imports only when it predicts.
    """
    used = {
        name for module in {*modules_in(model), *modules} for name in _DISTRIBUTIONS.get(module, (module,))
    }
    pinned = (_pinned(name) for name in (*_ALWAYS, *sorted(used - set(_ALWAYS))))
    return [requirement for requirement in pinned if requirement]


def modules_in(value: Any) -> set[str]:
    """Return the top-level modules that unpickling a value imports, except the standard library and Podium."""
    scan = _Scan()
    scan.dump(value)
    return {module for module in scan.modules if module not in sys.stdlib_module_names} - _OWN


class _Scan(pickle.Pickler):
    """Pickles to nowhere and records the modules of all types; arrays are not copied."""

    def __init__(self) -> None:
        super().__init__(_Nowhere(), protocol=5, buffer_callback=lambda buffer: None)
        self.modules: set[str] = set()

    def reducer_override(self, obj: Any) -> Any:
        named = obj if isinstance(obj, type) else type(obj)
        self.modules.add(named.__module__.partition(".")[0])
        return NotImplemented


class _Nowhere(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return memoryview(data).nbytes


def _pinned(name: str) -> str:
    try:
        return f"{name}=={importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        return ""
