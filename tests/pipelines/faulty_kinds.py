"""Registers algorithms that fail for other kinds of problems than tables."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.pipelines.test_faults import FAULTY


@contextmanager
def faulty(algorithms: ModuleType, *, names: Sequence[str], folder: Path, **declared: Any) -> Iterator[None]:
    """Register algorithms in this process and in all that start within the context.

    Args:
        algorithms: The package of the kind's algorithms.
        names: Files of ``faulty_algorithms``.
        folder: Gets the changed files.
        **declared: What their declarations have in place of what they have for tables.
    """
    known, early = folder / "faulty", folder / "early"
    for made in (known, early):
        made.mkdir()
    for name in names:
        code = (FAULTY / f"{name}.py").read_text()
        changed = f"from dataclasses import replace\n\n{code}\nSPEC = replace(SPEC, **{declared!r})\n"
        (known / f"{name}.py").write_text(changed)
    register = f"import {algorithms.__name__} as algorithms\nalgorithms.__path__.append({str(known)!r})\n"
    (early / "sitecustomize.py").write_text(register)
    registry = algorithms.ALGORITHMS
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(early), prepend=":")
        patch.setattr(algorithms, "__path__", [*algorithms.__path__, str(known)])
        patch.setattr(registry, "_entries", None)
        yield
    registry._entries = None
