"""How much memory a folder of many small pictures takes: reading, validation and features, each in its own process.

    python -m tests.benchmark.images.streaming 10000 [--folder FOLDER]

Pictures are real digits (scikit-learn's), enlarged, on noise, as JPEG. Prints seconds and peak memory of each stage.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_STAGES = {
    "ingest_data": "ingest_data.run(source=str(here / 'pictures'), test='', reader={}, table=str(here / 'table'))",
    "validate_data": (
        "validate_data.run(kind='tabular', table=str(here / 'table'), settings=settings,"
        " train=str(here / 'train.parquet'), test=str(here / 'test.parquet'), problem=str(here / 'problem.json'),"
        " validation=str(here / 'validation'), guardrails=str(here / 'guardrails.html'))"
    ),
    "featurize_data": (
        "featurize_data.run(train=str(here / 'train.parquet'), problem=str(here / 'problem.json'),"
        " features=str(here / 'features'), featurizer=str(here / 'featurizer.pkl'), report=str(here / 'report.html'))"
    ),
}
_START = (
    "from pathlib import Path; from podium_ml.stages import {name}\n"
    "from podium_ml.settings import TabularProblem\n"
    "here = Path({folder!r})\n"
    "settings = TabularProblem(target='label', task='classification').model_dump(mode='json')\n"
)
_END = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def make_pictures(folder: Path, count: int) -> None:
    """Write pictures into a folder for each class."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    random, digits = np.random.default_rng(0), load_digits()
    for label in range(10):
        (folder / str(label)).mkdir(parents=True)
    for row in range(count):
        at = int(random.integers(len(digits.target)))
        ink = digits.images[at].repeat(8, axis=0).repeat(8, axis=1)[..., None] * 10
        pixels = (ink + random.normal(60, 15, (64, 64, 3))).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / str(digits.target[at]) / f"{row:06d}.jpg", quality=90)


def main() -> None:
    """Measure the stages on as many pictures as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        make_pictures(Path(folder) / "pictures", options.count)
        for name, call in _STAGES.items():
            began = time.perf_counter()
            code = _START.format(name=name, folder=folder) + call + _END
            done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
            seconds, peak = time.perf_counter() - began, int(done.stdout.split()[-1]) / 2**20
            print(f"| {options.count:,} | {name} | {seconds:.0f} | {peak:.2f} |", flush=True)


if __name__ == "__main__":
    main()
