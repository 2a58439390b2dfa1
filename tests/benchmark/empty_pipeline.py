"""Measure the overhead of the engine with a pipeline whose tasks only do their imports.

Run as ``python -m tests.benchmark.empty_pipeline [--fresh]``. It prints the seconds of each task with children forked
from the warm process, and with ``--fresh`` also the total with a fresh interpreter for each task.
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from kfp import compiler, components, dsl, local
from kfp.dsl import Dataset, Input, Model, Output

from podium_components._component import component
from podium_components.supervision import WARM_VARIABLE, start_warm
from tests.benchmark.imports import MODULES


@component
def stage(name: str, before: Input[Dataset], after: Output[Dataset]):
    from podium_components.supervision import supervise

    supervise("tests.benchmark.imports:import_modules", {})
    open(after.path, "w").close()


@component
def first() -> list[int]:
    from podium_components.supervision import supervise

    supervise("tests.benchmark.imports:import_modules", {})
    return list(range(12))


@component
def source(after: Output[Dataset]):
    from podium_components.supervision import supervise

    supervise("tests.benchmark.imports:import_modules", {})
    open(after.path, "w").close()


@component
def branch(number: int, before: Input[Dataset], after: Output[Model]):
    from podium_components.supervision import supervise

    supervise("tests.benchmark.imports:import_modules", {})
    open(after.path, "w").close()


@component
def gather(models: Input[list[Model]], after: Output[Dataset]):
    from podium_components.supervision import supervise

    supervise("tests.benchmark.imports:import_modules", {})
    open(after.path, "w").close()


@dsl.pipeline(name="empty")
def empty():
    """Define seven stages and twelve branches."""
    ingested = source()
    validated = stage(name="validate", before=ingested.outputs["after"])
    planned = first()
    with dsl.ParallelFor(planned.output) as number:
        trained = branch(number=number, before=validated.outputs["after"])
    gathered = gather(models=dsl.Collected(trained.outputs["after"]))
    selected = stage(name="select", before=gathered.outputs["after"])
    evaluated = stage(name="evaluate", before=selected.outputs["after"])
    stage(name="explain", before=evaluated.outputs["after"])


@contextlib.contextmanager
def warm_process(folder: Path):
    """Start a warm process like the local engine, and stop it at the end."""
    sockets = folder / "sockets"
    sockets.mkdir()
    process = start_warm(sockets, [MODULES])
    os.environ[WARM_VARIABLE] = str(sockets)
    try:
        yield
    finally:
        os.environ.pop(WARM_VARIABLE)
        process.kill()
        process.wait()


def measure(folder: Path) -> tuple[float, list[tuple[str, float]]]:
    """Run the pipeline once, and return the wall-clock seconds in total and per task."""
    package = folder / "empty.yaml"
    compiler.Compiler().compile(empty, str(package))
    local.init(local.SubprocessRunner(use_venv=False), pipeline_root=str(folder / "root"))
    pipeline = components.load_component_from_file(str(package))
    started = time.time()
    with (folder / "log").open("w") as log, contextlib.redirect_stdout(log):
        pipeline()
    total = time.time() - started
    done = sorted(
        (file.stat().st_mtime, file.parent.name) for file in folder.glob("root/**/executor_output.json")
    )
    moments = [started, *(moment for moment, _ in done)]
    return total, [(name, moment - before) for (moment, name), before in zip(done, moments, strict=False)]


def main() -> None:
    """Measure, and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="also with a fresh interpreter for each task")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path.cwd()), *filter(None, sys.path)])
    arguments, results = parser.parse_args(), {}
    with tempfile.TemporaryDirectory() as folder:
        # The start of the warm process is part of a run, so it is included.
        started = time.time()
        with warm_process(Path(folder)):
            results["warm"], tasks = measure(Path(folder))
            results["warm"] = time.time() - started
    for name, seconds in tasks:
        print(f"{seconds:7.2f} s  {name}")
    if arguments.fresh:
        with tempfile.TemporaryDirectory() as folder:
            results["fresh"], _ = measure(Path(folder))
    print(json.dumps({kind: round(seconds, 2) for kind, seconds in results.items()}))


if __name__ == "__main__":
    main()
