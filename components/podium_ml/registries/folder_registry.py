"""A registry is a folder: every module in it that declares ``SPEC`` (or ``SPECS``) is registered.

To add an algorithm, a metric, a reader or a guardrail, add one file. A module that cannot be imported, declares
nothing, or repeats a name raises an error; it is never skipped.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Generic, Protocol, TypeVar

from podium_ml.errors import RegistryError
from podium_ml.registries.kind_packages import kind_packages


class Named(Protocol):
    """Anything with a unique name."""

    @property
    def name(self) -> str:
        """The name that users type."""
        ...


T = TypeVar("T", bound=Named)


class Registry(Mapping[str, T], Generic[T]):
    """The declarations in one package, by name in alphabetical order; loaded on first use.

    Args:
        package: Dotted name of the package to search; modules starting with ``_`` are skipped.
        kind: Type of every declaration.
        noun: Name of one entry in messages, e.g. ``"algorithm"``.
        part: Name of the folder, in the package of a kind of problem, whose declarations are registered too; empty for
            none.
    """

    def __init__(self, package: str, kind: type[T], *, noun: str, part: str = "") -> None:
        self._package, self._kind, self._noun, self._part = package, kind, noun, part
        self._entries: dict[str, T] | None = None

    def __getitem__(self, name: str) -> T:
        """Return the declaration called ``name``.

        Raises:
            RegistryError: There is none; the hint suggests similar names.
        """
        try:
            return self._load()[name]
        except KeyError:
            near = difflib.get_close_matches(str(name), self._load(), n=3, cutoff=0.5)
            hint = f"Did you mean {', '.join(near)}?" if near else f"Available: {', '.join(self._load())}."
            raise RegistryError(f"Unknown {self._noun} '{name}'.", hint) from None

    def __contains__(self, name: object) -> bool:
        return name in self._load()

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())

    def _load(self) -> dict[str, T]:
        if self._entries is None:
            found: dict[str, T] = {}
            for name in self._packages():
                package = importlib.import_module(name)
                for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
                    if not module.startswith("_"):
                        self._add(found, f"{name}.{module}")
            self._entries = dict(sorted(found.items()))
        return self._entries

    def _packages(self) -> list[str]:
        """Return the package itself, and the folders that kinds of problems have of the same declarations."""
        if not self._part:
            return [self._package]
        folders = [f"{package}.{self._part}" for package in kind_packages()]
        return [self._package, *(folder for folder in folders if find_spec(folder) is not None)]

    def _add(self, found: dict[str, T], module_name: str) -> None:
        module = importlib.import_module(module_name)
        specs = [module.SPEC] if hasattr(module, "SPEC") else list(getattr(module, "SPECS", ()))
        if not specs:
            raise RegistryError(f"{module_name} declares no {self._noun}.", "Add a SPEC.")
        for spec in specs:
            if not isinstance(spec, self._kind):
                raise RegistryError(
                    f"{module_name}: SPEC is {type(spec).__name__}, not {self._kind.__name__}."
                )
            if spec.name in found:
                raise RegistryError(f"{module_name}: the {self._noun} '{spec.name}' is declared twice.")
            found[spec.name] = spec
