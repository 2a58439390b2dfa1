"""Where work is started, and nowhere else.

A task's own process stays light: KFP's executor and the standard library. It runs the library call in a child
process, watches the child's memory and time, and turns its death into a recorded failure. The child is a fresh
interpreter, or, where the local engine keeps one, a fork of a warm process that has done the imports.
"""

from podium_components.supervision._errors import StageFailedError
from podium_components.supervision._supervise import reported, run_stage, supervise

__all__ = ["StageFailedError", "reported", "run_stage", "supervise"]
