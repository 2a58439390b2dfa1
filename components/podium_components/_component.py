"""How every stage becomes a KFP component."""

from collections.abc import Callable
from typing import Any

from kfp import dsl

from podium_ml.contracts.branch import DEFAULT_IMAGE


def component(function: Callable[..., Any]) -> Any:
    """Make a lightweight component that installs nothing, because its image already contains the library.

    KFP reads the function's annotations and source, so the module of a component must not postpone annotations, and
    the body must import what it uses.
    """
    return dsl.component(base_image=DEFAULT_IMAGE, install_kfp_package=False)(function)
