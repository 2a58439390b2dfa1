"""The process in which one run's pipeline goes on: ``python -m podium.engines.local_host RUN``."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from podium.engines.local import end_session
from podium.packages import compile_package, pipeline_arguments
from podium.run_folder import RunFolder
from podium_components.supervision import StageFailedError, supervise
from podium_components.supervision._children import WARM_VARIABLE
from podium_components.supervision._memory import MEMORY_VARIABLE
from podium_ml.champions.registry import has_registry
from podium_ml.files import full_disk
from podium_ml.run.concurrency import SLOTS_VARIABLE, cores, thread_variables
from podium_ml.settings.tabular import Settings

# KFP's local engine runs this many loop items at once.
SLOTS = 2
# In the order in which the stages need them.
WARM_MODULES = (
    "pandas",
    "podium_ml.stages.resolve_inputs",
    "podium_ml.stages.read_champion",
    "podium_ml.stages.read_lessons",
    "pyarrow.parquet",
    "podium_ml.stages.ingest_data",
    "podium_ml.stages.validate_data",
    "podium_ml.stages.plan_training",
    "podium_ml.stages.featurize_data",
    "skrub",
    "podium_ml.stages.train_candidate",
    "sklearn.linear_model",
    "sklearn.ensemble",
    "lightgbm",
    "optuna",
    "xgboost",
    "catboost",
    "interpret.glassbox",
    "podium_ml.stages.build_ensemble",
    "podium_ml.stages.select_model",
    "podium_ml.stages.evaluate_models",
    "podium_ml.stages.challenge_champion",
    "podium_ml.stages.explain_model",
    "podium_ml.stages.refit_model",
    "jinja2",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "podium_ml.stages.publish_run",
    "mlflow",
    "mlflow.pyfunc",
    "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.store.model_registry.sqlalchemy_store",
    "podium_ml.tracking",
)
# Where there may be a champion, the first stages look it up: better imported once, before them.
REGISTRY_MODULES = (
    "mlflow",
    "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.store.model_registry.sqlalchemy_store",
)
_MEMORY_SHARE = 0.9
_LEAST_FREE_BYTES = 64 * 1024
# Nothing of a run leaves the machine unasked.
_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


def main(path: str) -> int:
    """Run the pipeline of a run folder to its end and record how it ended.

    Returns:
        Exit status: 0 if the run succeeded.
    """
    folder = RunFolder.open(path)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    settings = folder.settings
    os.environ.update(_resources(settings) | _QUIET)
    with _warm_process(_modules(folder)):
        threading.Thread(target=_prepare_tracking, args=(folder,), daemon=True).start()
        error = _run_pipeline(folder, settings)
    return _close(folder, error)


def _run_pipeline(folder: RunFolder, settings: Settings) -> str:
    """Run the compiled package with KFP; return why it failed, or an empty text."""
    try:
        _run_package(folder, settings)
    except Exception as error:
        with contextlib.suppress(OSError):  # the log may be on a full disk
            print(f"The pipeline failed: {error}", flush=True)
        return str(error) or type(error).__name__
    return ""


def _run_package(folder: RunFolder, settings: Settings) -> None:
    from kfp import components, local

    package = compile_package("tabular", folder.path)
    local.init(
        runner=local.SubprocessRunner(use_venv=False),
        pipeline_root=str(folder.artifacts),
        enable_caching=True,
        cache_root=str(folder.path / ".cache"),
    )
    pipeline = components.load_component_from_file(str(package))
    tracking = {"folder": str(folder.path.parent), "run_name": folder.path.name}
    arguments = pipeline_arguments(settings, tracking=tracking)
    pipeline(**arguments)


def _close(folder: RunFolder, error: str) -> int:
    delivery = next((e["path"] for e in reversed(list(folder.events())) if e.get("name") == "delivery"), None)
    if delivery is not None and not error:
        error = _deliver(delivery, folder)
    note = "" if delivery is not None else _unchanged(folder)
    if error or not (delivery or note):
        failure = _failure(folder, error)
        message = f"{failure.get('message', '')} {failure.get('hint', '')}".strip()
        folder.update(
            status="failed",
            ended=time.time(),
            error=message or f"{error or 'Nothing was delivered.'} The log is {folder.log_file}.",
            kind=failure.get("kind", "bug"),
        )
        return 1
    folder.update(status="succeeded", ended=time.time(), error="", kind="", note=note)
    folder.forget_variables()
    return 0


def _unchanged(folder: RunFolder) -> str:
    """Return why this attempt ended without a delivery though all went well, or an empty text."""
    told = [e for e in folder.events() if e["event"] == "run_unchanged" and e["at"] >= folder.state.started]
    return str(told[-1]["message"]) if told else ""


def _deliver(delivery: str, folder: RunFolder) -> str:
    """Copy what the user takes home, all or nothing of it; return why that failed, or an empty text."""
    try:
        shutil.copytree(delivery, folder.path, dirs_exist_ok=True)
    except OSError as error:
        for path in Path(delivery).iterdir():
            (folder.path / path.name).unlink(missing_ok=True)
        return str(error)
    return ""


def _failure(folder: RunFolder, error: str) -> dict[str, str]:
    """Return the last error that a task told of; a full disk keeps tasks from it, and has them fail in other words."""
    failure = _last_error(folder)
    is_full = full_disk.says_full(error) or shutil.disk_usage(folder.path).free < _LEAST_FREE_BYTES
    if is_full and failure.get("kind") != "user":
        return {"message": full_disk.MESSAGE, "hint": full_disk.HINT, "kind": "user"}
    return failure


def _last_error(folder: RunFolder) -> dict[str, str]:
    started = folder.state.started
    errors = [e for e in folder.events() if e["event"] == "error" and e["at"] >= started]
    return errors[-1] if errors else {}


def _resources(settings: Settings) -> dict[str, str]:
    """Share cores and memory among the branches that run at once; tasks read their share from the environment."""
    import psutil

    memory = settings.max_memory_bytes or int(psutil.virtual_memory().available * _MEMORY_SHARE)
    return {
        MEMORY_VARIABLE: str(memory // SLOTS),
        SLOTS_VARIABLE: str(SLOTS),
        **thread_variables(max(1, cores() // SLOTS)),
    }


def _modules(folder: RunFolder) -> tuple[str, ...]:
    if has_registry(str(folder.path.parent)):
        return (*REGISTRY_MODULES, *WARM_MODULES)
    return WARM_MODULES


@contextlib.contextmanager
def _warm_process(modules: Sequence[str]) -> Iterator[None]:
    """Keep a process that has done the imports, for tasks to fork their children from."""
    folder = Path(tempfile.mkdtemp(prefix="podium-warm-"))
    address = folder / "socket"
    command = [sys.executable, "-m", "podium_components.supervision.warm", str(address), *modules]
    process = subprocess.Popen(command)
    try:
        for _ in range(500):
            if address.exists():
                os.environ[WARM_VARIABLE] = str(address)
                break
            time.sleep(0.01)
        yield
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _prepare_tracking(folder: RunFolder) -> None:
    """Create MLflow's local database while models train: the end of a short run has no seconds to spare for it."""
    if os.environ.get("MLFLOW_TRACKING_URI") or (folder.path.parent / "mlflow.db").exists():
        return
    while not any(event["event"] == "branch_planned" for event in folder.events()):
        time.sleep(1.0)
    with contextlib.suppress(StageFailedError):  # publish_run will tell
        supervise("podium_ml.tracking:prepare_store", {"folder": str(folder.path.parent)})


def _end_with_parent(parent: int) -> None:
    """End the whole run when whoever started it is gone."""
    while os.getppid() == parent:
        time.sleep(0.5)
    end_session(os.getpid())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
