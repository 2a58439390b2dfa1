"""How every stage becomes a KFP component."""

from collections.abc import Callable
from typing import Any

from kfp import dsl

# Its name has "python" in it: the local engine warns otherwise.
DEFAULT_IMAGE = "podium/python-cpu:0.1.0"


def component(function: Callable[..., Any]) -> Any:
    """Make a lightweight component that installs nothing: the image holds the library already.

    KFP reads the function's annotations and source, so a component's module must not postpone annotations, and its
    body must import what it uses.
    """
    return dsl.component(base_image=DEFAULT_IMAGE, install_kfp_package=False)(function)
