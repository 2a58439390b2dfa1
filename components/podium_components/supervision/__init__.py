"""Runs the library's work in a child process, so that the run survives if the child dies.

The process of the task itself stays light and cannot run out of memory. It watches the child and reports in plain words
how the child ended.
"""

from podium_components.supervision._children import WARM_VARIABLE
from podium_components.supervision._confinement import Confinement, can_confine
from podium_components.supervision._errors import StageFailedError, read_failure
from podium_components.supervision._supervise import announced, reported, run_stage, supervise
from podium_components.supervision._warm_start import start_warm

__all__ = [
    "WARM_VARIABLE",
    "Confinement",
    "StageFailedError",
    "announced",
    "can_confine",
    "read_failure",
    "reported",
    "run_stage",
    "start_warm",
    "supervise",
]
