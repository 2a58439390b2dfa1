"""The process that runs the pipeline of one run: ``python -m podium.engines.local_host RUN``."""

import contextlib
import math
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from podium.engines.local import end_session, scratch_prefix
from podium.packages import compile_package, load_pipeline, pipeline_arguments
from podium.run_folder import RunFolder
from podium_components.supervision import WARM_VARIABLE, StageFailedError, start_warm, supervise
from podium_ml.champions.registry import has_registry
from podium_ml.files import full_disk
from podium_ml.files.link_or_copy import link_or_copy
from podium_ml.run.concurrency import MEMORY_VARIABLE, SLOTS_VARIABLE, cores, thread_variables
from podium_ml.run.containers import container_limit
from podium_ml.run.stages import warm_groups
from podium_ml.run.working import WORKING_VARIABLE
from podium_ml.settings import Settings

# KFP's local engine runs this many loop items at once.
SLOTS = 2
_REGISTRY_MODULES = (
    "mlflow",
    "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.store.model_registry.sqlalchemy_store",
)
# The stages that read from the registry. If there is one, they are forked from a process of their own, because MLflow
# takes longer to import than everything else that they need.
_REGISTRY_STAGES = ("resolve_inputs", "read_warm_start", "read_champion")
_TRACKING_MODULES = (*_REGISTRY_MODULES, "mlflow.pyfunc", "podium_ml.tracking")
_MEMORY_SHARE = 0.9
_MIN_FREE_BYTES = 64 * 1024
# A run sends no telemetry.
_NO_TELEMETRY = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


def main(path: str) -> int:
    """Run the pipeline of a run folder and record the outcome.

    Returns:
        Exit status: 0 if the run succeeded.
    """
    os.umask(0o077)  # what a run writes holds rows of the data
    folder = RunFolder.open(path)
    attempt = folder.state.started
    threading.Thread(target=_exit_with_parent, args=(os.getppid(),), daemon=True).start()
    settings = folder.settings
    os.environ.update(_resources(settings) | _NO_TELEMETRY)
    with _warm_processes(folder):
        threading.Thread(target=_prepare_tracking, args=(folder,), daemon=True).start()
        error = _run_pipeline(folder, settings)
    return _finish(folder, attempt, error)


def _run_pipeline(folder: RunFolder, settings: Settings) -> str:
    """Run the compiled package with KFP; return why it failed, or an empty string."""
    try:
        _run_package(folder, settings)
    except Exception as error:
        with contextlib.suppress(OSError):  # the log may be on a full disk
            print(f"The pipeline failed: {error}", flush=True)
        return str(error) or type(error).__name__
    return ""


def _run_package(folder: RunFolder, settings: Settings) -> None:
    from kfp import local

    compile_package(folder.kind.name, folder.path)
    local.init(
        runner=local.SubprocessRunner(use_venv=False),
        pipeline_root=str(folder.artifacts),
        enable_caching=True,
        cache_root=str(folder.path / ".cache"),
    )
    tracking = {"folder": str(folder.path.parent), "run_name": folder.path.name}
    arguments = pipeline_arguments(settings, tracking=tracking)
    load_pipeline(folder.kind.name)(
        **arguments
    )  # what the package was compiled from; reading it back takes long


def _finish(folder: RunFolder, attempt: float, error: str) -> int:
    delivery = _delivery(folder)
    if delivery is not None and not error:
        error = _deliver(delivery, folder)
    note = "" if delivery is not None else _unchanged(folder)
    if error or not (delivery or note):
        failure = _failure(folder, error)
        message = f"{failure.get('message', '')} {failure.get('hint', '')}".strip()
        folder.update(
            attempt=attempt,
            status="failed",
            ended=time.time(),
            error=message or f"{error or 'The run delivered no results.'} See the log: {folder.log_file}",
            kind=failure.get("kind", "bug"),
        )
        return 1
    folder.update(attempt=attempt, status="succeeded", ended=time.time(), error="", kind="", note=note)
    return 0


def _delivery(folder: RunFolder) -> str | None:
    """Return where this attempt put the results, among the artifacts of the run; ``None`` if nowhere."""
    paths = [str(e["path"]) for e in folder.events() if e.get("name") == "delivery"]
    artifacts = folder.artifacts.resolve()
    return paths[-1] if paths and Path(paths[-1]).resolve().is_relative_to(artifacts) else None


def _unchanged(folder: RunFolder) -> str:
    """Return why this attempt delivered nothing although it succeeded, or an empty string."""
    unchanged = [
        e for e in folder.events() if e["event"] == "run_unchanged" and e["at"] >= folder.state.started
    ]
    return str(unchanged[-1]["message"]) if unchanged else ""


def _deliver(delivery: str, folder: RunFolder) -> str:
    """Copy all delivered files to the run folder, or none; return why that failed, or an empty string."""
    try:
        shutil.copytree(delivery, folder.path, copy_function=_copy, dirs_exist_ok=True)
    except OSError as error:
        for path in Path(delivery).iterdir():
            (folder.path / path.name).unlink(missing_ok=True)
        return str(error)
    return ""


def _copy(source: str, target: str) -> None:
    """Copy a delivered file. The model may be hard-linked instead, because it is large and nobody edits it."""
    (link_or_copy if Path(source).name == "model.pkl" else shutil.copyfile)(source, target)


def _failure(folder: RunFolder, error: str) -> dict[str, str]:
    """Return the last error that a task reported, or a full disk, which keeps tasks from reporting their errors."""
    failure = _last_error(folder)
    is_full = full_disk.says_full(error) or shutil.disk_usage(folder.path).free < _MIN_FREE_BYTES
    if is_full and failure.get("kind") != "user":
        return {"message": full_disk.MESSAGE, "hint": full_disk.HINT, "kind": "user"}
    return failure


def _last_error(folder: RunFolder) -> dict[str, str]:
    started = folder.state.started
    errors = [e for e in folder.events() if e["event"] == "error" and e["at"] >= started]
    return errors[-1] if errors else {}


def _resources(settings: Settings) -> dict[str, str]:
    """Divide cores and memory among the branches that run at once; tasks read their share from the environment."""
    import psutil

    # In a container, the machine may have more memory than the container.
    available = min(psutil.virtual_memory().available, container_limit() or math.inf)
    memory = settings.max_memory_bytes or int(available * _MEMORY_SHARE)
    return {
        MEMORY_VARIABLE: str(memory // SLOTS),
        SLOTS_VARIABLE: str(SLOTS),
        **thread_variables(max(1, cores() // SLOTS)),
    }


@contextlib.contextmanager
def _warm_processes(folder: RunFolder) -> Iterator[None]:
    """Keep processes with all imports done, so that tasks can fork their children from them."""
    with contextlib.ExitStack() as stack:
        sockets = stack.enter_context(_scratch())
        for groups in _modules(folder):
            process = start_warm(sockets, groups)
            stack.callback(process.wait)
            stack.callback(process.kill)
        working = sockets / "working"
        working.mkdir()
        os.environ.update({WARM_VARIABLE: str(sockets), WORKING_VARIABLE: str(working)})
        yield


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """Make a folder that ends with the run, for all temporary files. KFP leaves one of them behind for each task."""
    with tempfile.TemporaryDirectory(prefix=scratch_prefix(os.getpid()), ignore_cleanup_errors=True) as name:
        temporary = Path(name) / "tmp"
        temporary.mkdir()
        os.environ["TMPDIR"] = str(temporary)
        tempfile.tempdir = None  # Python asks for the variable once
        yield Path(name)


def _modules(folder: RunFolder) -> list[tuple[tuple[str, ...], ...]]:
    """Return the groups of modules of each warm process."""
    kind = folder.kind
    groups = warm_groups(
        validation=kind.validation_modules, training=kind.warm_modules, tracking=_TRACKING_MODULES
    )
    if not has_registry(str(folder.path.parent)):
        return [groups]
    stages = tuple(f"podium_ml.stages.{name}" for name in _REGISTRY_STAGES)
    return [((*_REGISTRY_MODULES, *stages),), groups]


def _prepare_tracking(folder: RunFolder) -> None:
    """Create MLflow's local database while models train, because a short run has no time for it at the end."""
    if os.environ.get("MLFLOW_TRACKING_URI") or (folder.path.parent / "mlflow.db").exists():
        return
    while not any(event["event"] == "branch_planned" for event in folder.events()):
        time.sleep(1.0)
    with contextlib.suppress(StageFailedError):  # publish_run will report it
        supervise("podium_ml.tracking:prepare_store", {"folder": str(folder.path.parent)})


def _exit_with_parent(parent: int) -> None:
    """End the whole run when the process that started it is gone."""
    while os.getppid() == parent:
        time.sleep(0.5)
    shutil.rmtree(os.environ.get(WARM_VARIABLE, ""), ignore_errors=True)
    end_session(os.getpid())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
