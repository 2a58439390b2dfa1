"""How well torchvision's ResNet-18, trained from scratch, classifies small pictures within some seconds.

    python -m tests.benchmark.images.resnet FILE [--seconds 120] [--threads 1]

``FILE`` is a Parquet file with pictures and the column ``label``. The test rows are those of ``podium run FILE --target
label``, so that its accuracy can be compared. Pictures are moved, turned and scaled a little.
Prints a row of Markdown.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torchvision.models import resnet18
from torchvision.transforms import v2

from podium_ml.ingestion import read_with_readings
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import TabularProblem
from podium_ml.tabular.encoders import make_encoder

_BATCH, _PEAK, _RISE = 64, 0.002, 0.25


def rows_of(path: Path) -> tuple[Tensor, np.ndarray, Tensor, np.ndarray, int]:
    """Return pixels and labels of training and test rows, and the number of classes."""
    table, readings = read_with_readings(str(path))
    kind = KINDS["tabular"]
    inferred = kind.infer_problem(table, TabularProblem(target="label"), readings=readings)
    problem = inferred.problem
    featurizer = kind.plan_features(problem, inferred.train)
    train, test = (build_feature_table(featurizer, rows, problem) for rows in (inferred.train, inferred.test))
    encoder = make_encoder("pixels", schema=train.schema, problem=problem, seed=0)
    known, new = encoder.fit_transform(train.X, train.y), encoder.transform(test.X)
    return _tensor(known.pixels), train.y, _tensor(new.pixels), test.y, len(problem.classes)


def _tensor(pixels: np.ndarray) -> Tensor:
    found = torch.from_numpy(pixels.copy()).permute(0, 3, 1, 2).float() / 127.5 - 1
    return found if found.shape[1] == 3 else found.repeat(1, 3, 1, 1)


def trained(x: Tensor, y: Tensor, *, classes: int, seconds: float) -> torch.nn.Module:
    """Return a network that learned for some seconds."""
    network = resnet18(num_classes=classes).train()
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.05)
    moved = v2.RandomAffine(degrees=10, translate=(0.1, 0.1), scale=(0.9, 1.1), fill=float(x.min()))
    began = time.perf_counter()
    while (progress := (time.perf_counter() - began) / seconds) < 1:
        rate = _PEAK * min(progress / _RISE + 0.01, (1 - progress) / (1 - _RISE))
        for group in optimizer.param_groups:
            group["lr"] = rate
        rows = torch.randint(len(x), (_BATCH,))
        batch = torch.stack([moved(one) for one in x[rows]])
        loss = cross_entropy(network(batch), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network.eval()


def main() -> None:
    """Measure the file that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    x, y, new, truth, classes = rows_of(options.file)
    network = trained(x, torch.from_numpy(y), classes=classes, seconds=options.seconds)
    with torch.no_grad():
        right = torch.cat([network(part).argmax(dim=1) for part in new.split(256)]).numpy() == truth
    error = np.sqrt(right.mean() * (1 - right.mean()) / len(right))
    print(f"| {options.file.stem} | ResNet-18 | {right.mean():.4f} ± {error:.4f} | {options.seconds:.0f} |")


if __name__ == "__main__":
    main()
