"""Engines that run the compiled pipeline: KFP's local runner on this machine, or Kubeflow Pipelines on a cluster."""

from collections.abc import Iterator
from typing import Protocol

from podium.run_folder import RunFolder, RunState
from podium_ml.errors import SettingsError

ENGINES = ("local", "kubeflow")


class Engine(Protocol):
    """Runs the compiled pipeline of one run folder."""

    def start(self) -> None:
        """Start the run in the background; cached results of an earlier attempt are reused."""
        ...

    def wait(self, seconds: float | None = None) -> RunState | None:
        """Wait for the run to end and return its final state, or ``None`` if it is still running."""
        ...

    def cancel(self) -> RunState:
        """Cancel the run; finished work is kept for ``podium resume``."""
        ...

    def logs(self, branch: str = "") -> Iterator[str]:
        """Yield the output of the tasks line by line, or of one branch or stage if it is named."""
        ...


def engine_for(folder: RunFolder) -> Engine:
    """Return the engine that a run's folder names."""
    if folder.state.engine == "kubeflow":
        from podium.engines.kubeflow import KubeflowEngine

        return KubeflowEngine(folder)
    from podium.engines.local import LocalEngine

    return LocalEngine(folder)


def check_engine(name: str) -> None:
    """Check that an engine exists.

    Raises:
        SettingsError: There is no such engine.
    """
    if name not in ENGINES:
        raise SettingsError(f"engine: '{name}' is not one of {', '.join(ENGINES)}.")
