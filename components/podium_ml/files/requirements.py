"""Which packages a model needs to be loaded and to predict."""

import importlib.metadata
import io
import pickle
import sys
from collections.abc import Iterable
from typing import Any

_ALWAYS = ("podium-automl", "numpy", "pandas", "pyarrow", "scikit-learn", "pydantic")
_OWN = frozenset({"podium_ml", "__main__"})
# Distributions that are not named as the module that they bring; the first one that is installed counts.
_DISTRIBUTIONS = {
    "sklearn": ("scikit-learn",),
    "interpret": ("interpret-core", "interpret"),
    "xgboost": ("xgboost", "xgboost-cpu"),
}


def requirements_of(model: Any, *, modules: Iterable[str] = ()) -> list[str]:
    """Return pip requirements, at the installed versions, of what a pickled model needs.

    Args:
        model: What will be pickled.
        modules: Modules that it imports only when it predicts.
    """
    used = {
        name for module in {*modules_in(model), *modules} for name in _DISTRIBUTIONS.get(module, (module,))
    }
    pinned = (_pinned(name) for name in (*_ALWAYS, *sorted(used - set(_ALWAYS))))
    return [requirement for requirement in pinned if requirement]


def modules_in(value: Any) -> set[str]:
    """Return the top modules, the standard library and Podium aside, that unpickling a value imports."""
    scan = _Scan()
    scan.dump(value)
    return {module for module in scan.modules if module not in sys.stdlib_module_names} - _OWN


class _Scan(pickle.Pickler):
    """Pickles to nowhere, and notes where the types of all objects come from; arrays are not copied."""

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
