"""What runs the compiled pipeline: KFP's local runner on this machine, or Kubeflow Pipelines on a cluster."""

from collections.abc import Iterator
from typing import Protocol

from podium.run_folder import RunFolder, RunState
from podium_ml.errors import SettingsError

ENGINES = ("local", "kubeflow")


class Engine(Protocol):
    """Runs the compiled pipeline of one run folder."""

    def start(self) -> None:
        """Start the run in the background; what is cached from an earlier attempt is not done again."""
        ...

    def wait(self, seconds: float | None = None) -> RunState | None:
        """Wait for the end of the run and return its final state, or ``None`` if the run still goes on."""
        ...

    def cancel(self) -> RunState:
        """End the run; what finished stays for ``podium resume``."""
        ...

    def logs(self, branch: str = "") -> Iterator[str]:
        """Yield what the tasks printed, line by line; of one branch or stage if it is named."""
        ...


def engine_for(folder: RunFolder) -> Engine:
    """Return the engine that a run's folder names."""
    if folder.state.engine == "kubeflow":
        from podium.engines.kubeflow import KubeflowEngine

        return KubeflowEngine(folder)
    from podium.engines.local import LocalEngine

    return LocalEngine(folder)


def check_engine(name: str) -> None:
    """Refuse an engine that does not exist.

    Raises:
        SettingsError: There is no such engine.
    """
    if name not in ENGINES:
        raise SettingsError(f"engine: '{name}' is not one of {', '.join(ENGINES)}.")
