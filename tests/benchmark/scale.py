"""Seconds and memory that tables take from CSV files to validated features, from 10 thousand to 10 million rows.

    python -m tests.benchmark.scale --rows 10000 100000 1000000 --columns 20
    python -m tests.benchmark.scale --rows 10000000 --columns 30

prints a row of Markdown for each table. Each stage runs in a process of its own, as it does in a run.
"""

import argparse
import json
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from podium_ml.run.concurrency import cores, thread_variables

_CHUNK = 1_000_000


def write(path: Path, rows: int, columns: int) -> None:
    """Write a table with numbers, whole numbers, categories, dates and a target of two classes."""
    with pa.OSFile(str(path), "wb") as file:
        for start in range(0, rows, _CHUNK):
            table = pa.Table.from_pandas(
                part(start, min(_CHUNK, rows - start), columns), preserve_index=False
            )
            options = pyarrow.csv.WriteOptions(include_header=start == 0, quoting_style="none")
            pyarrow.csv.write_csv(table, file, options)


def part(start: int, rows: int, columns: int) -> pd.DataFrame:
    """Return rows of the table.

    Args:
        start: Number of the first row, which is the seed as well.
        rows: Number of rows.
        columns: Number of columns with the target.
    """
    rng = np.random.default_rng(start)
    makers: list[Callable[[], np.ndarray]] = [
        lambda: rng.normal(size=rows).round(4),
        lambda: rng.integers(0, 1000, rows),
        lambda: rng.choice([f"level_{level}" for level in range(12)], rows),
        lambda: rng.exponential(size=rows).round(3),
        lambda: (np.datetime64("2020-01-01") + rng.integers(0, 1000, rows)).astype(str),
        lambda: rng.choice(["yes", "no"], rows),
    ]
    made = pd.DataFrame({f"x{i}": makers[i % len(makers)]() for i in range(columns - 1)})
    signal = 1.2 * made["x0"] + (made["x1"] > 500) + 2.0 * (made["x2"] == "level_3") - 0.5 * made["x3"]
    return made.assign(target=np.where(signal + rng.normal(size=rows) > 0.5, "good", "bad"))


def _ingest(source: Path, out: Path) -> None:
    from podium_ml.settings.tabular import TabularProblem, TabularSettings
    from podium_ml.stages import ingest_data

    settings = TabularSettings(target="target", source=str(source)).cut(TabularProblem)
    ingest_data.run(source=str(source), test="", reader={}, table=str(out / "table"), settings=settings)


def _validate(source: Path, out: Path) -> None:
    from podium_ml.settings.tabular import TabularProblem, TabularSettings
    from podium_ml.stages import validate_data

    settings = TabularSettings(target="target", source=str(source)).cut(TabularProblem)
    validate_data.run(
        kind="tabular",
        table=str(out / "table"),
        settings=settings,
        train=str(out / "train.parquet"),
        test=str(out / "test.parquet"),
        problem=str(out / "problem.json"),
        validation=str(out / "validation"),
        guardrails=str(out / "guardrails.html"),
        time_limit="",
    )


def _featurize(source: Path, out: Path) -> None:
    from podium_ml.stages import featurize_data

    featurize_data.run(
        train=str(out / "train.parquet"),
        problem=str(out / "problem.json"),
        features=str(out / "features"),
        featurizer=str(out / "featurizer.pkl"),
        report=str(out / "features.html"),
    )


def _measured(stage: Callable[[Path, Path], None], source: Path, out: Path, answer: Path) -> None:
    began = time.perf_counter()
    stage(source, out)
    used = resource.getrusage(resource.RUSAGE_SELF)
    facts = {
        "wall": time.perf_counter() - began,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 2**20,
    }
    answer.write_text(json.dumps(facts))


def measure(source: Path, out: Path) -> dict[str, dict[str, float]]:
    """Return seconds of wall time and CPU, and peak memory in GiB, of each stage."""
    found = {}
    for stage in (_ingest, _validate, _featurize):
        answer = out / f"{stage.__name__}.json"
        process = multiprocessing.get_context("spawn").Process(
            target=_measured, args=(stage, source, out, answer)
        )
        process.start()
        process.join()
        found[stage.__name__.strip("_")] = json.loads(answer.read_text())
    return found


def main() -> None:
    """Measure each size, and print its row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--scratch", type=Path, help="folder for the tables")
    arguments = parser.parse_args()
    os.environ.update(thread_variables(cores()))  # as the engine does for a stage that runs alone
    print("| rows | columns | ingest s | validate s | features s | wall s | CPU s | peak GiB |")
    print("|---" * 8 + "|", flush=True)
    for rows in arguments.rows:
        with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
            source = Path(scratch) / "table.csv"
            write(source, rows, arguments.columns)
            found = measure(source, Path(scratch))
        walls = [f"{one['wall']:.1f}" for one in found.values()]
        wall, cpu = (sum(one[key] for one in found.values()) for key in ("wall", "cpu"))
        peak = max(one["peak"] for one in found.values())
        cells = [f"{rows:,}", str(arguments.columns), *walls, f"{wall:.1f}", f"{cpu:.1f}", f"{peak:.2f}"]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
