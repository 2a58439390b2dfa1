"""Tests of what a model's pickle may name: attacks are refused before anything is imported, honest content loads."""

import datetime
import decimal
import hashlib
import json
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from scipy.special import expit
from sklearn.compose import ColumnTransformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, SplineTransformer

from podium_ml.errors import ModelFileError
from podium_ml.files import pickles

ATTACKS = [
    "_pickle loads",
    "builtins __import__",
    "builtins compile",
    "builtins eval",
    "builtins exec",
    "builtins open",
    "cProfile run",
    "catboost.core Pool",
    "code InteractiveInterpreter",
    "ctypes CDLL",
    "functools partial",
    "functools reduce",
    "importlib import_module",
    "interpret.develop install_app",
    "joblib Memory",
    "joblib load",
    "joblib.memory MemorizedFunc",
    "lightgbm.basic Dataset",
    "logging.config valid_ident",
    "mlflow.pyfunc load_model",
    "multiprocessing.popen_fork Popen",
    "nt system",
    "numpy DataSource",
    "numpy fromfile",
    "numpy load",
    "numpy memmap",
    "numpy savetxt",
    "numpy._core _ufunc_reconstruct",
    "numpy.core _ufunc_reconstruct",
    "numpy.ctypeslib load_library",
    "numpy.f2py compile",
    "numpy.f2py.__main__ main",
    "numpy.f2py.crackfortran myeval",
    "numpy.lib._npyio_impl NpzFile",
    "numpy.testing._private.utils runstring",
    "operator attrgetter",
    "operator methodcaller",
    "os popen",
    "os system",
    "pandas ExcelFile",
    "pandas ExcelWriter",
    "pandas HDFStore",
    "pandas eval",
    "pandas read_pickle",
    "pandas.core.computation.eval eval",
    "pandas.core.computation.expr Expr",
    "pandas.core.frame DataFrame.to_csv",
    "pandas.io.common os.system",
    "pandas.io.stata StataReader",
    "pathlib Path",
    "pkgutil resolve_name",
    "podium_ml.champions.registry ModelRegistry",
    "podium_ml.files.pickles load",
    "podium_ml.metrics._imported imported_metric",
    "podium_ml.object_store.bucket Bucket",
    "podium_ml.registries Registry",
    "podium_ml.stages.publish_run shutil.rmtree",
    "podium_ml.tabular.algorithms.lightgbm build",
    "podium_ml.tabular.predictor Path",
    "posix system",
    "pty spawn",
    "pyarrow.lib OSFile",
    "pyarrow.lib foreign_buffer",
    "pyarrow.lib memory_map",
    "pydoc locate",
    "runpy run_path",
    "scipy.io netcdf_file",
    "scipy.stats._continuous_distns norm_gen",
    "shutil rmtree",
    "sklearn.calibration Parallel",
    "sklearn.datasets fetch_openml",
    "sklearn.metrics._scorer _Scorer",
    "sklearn.model_selection._split np.load",
    "sklearn.utils._testing TempMemmap",
    "sklearn.utils.parallel Parallel",
    "socket create_connection",
    "subprocess Popen",
    "timeit timeit",
    "torch load",
    "torch.distributed.elastic.multiprocessing.subprocess_handler.subprocess_handler SubprocessHandler",
    "torch.hub load",
    "torch.package PackageImporter",
    "torch.utils.collect_env run",
    "types CodeType",
    "types FunctionType",
    "webbrowser open",
    "xgboost.core DMatrix",
]


def written(payload: bytes, path: Path) -> Path:
    """Write a pickle of a stranger with a trailer that matches it."""
    pickles.dump(None, path, kind="ridge")
    content = path.read_bytes()
    length = int.from_bytes(content[-16:-8], "big")
    facts = {"length": len(payload), "sha256": hashlib.sha256(payload).hexdigest()}
    trailer = json.dumps(json.loads(content[-16 - length : -16]) | facts).encode()
    path.write_bytes(payload + trailer + len(trailer).to_bytes(8, "big") + content[-8:])
    return path


def call(module: str, name: str, *arguments: Any) -> bytes:
    """Return a pickle that calls a function with arguments."""
    packed = pickle.dumps(arguments, protocol=5)[2:-1]
    return b"\x80\x05" + _named(module, name) + packed + b"R."


def _named(module: str, name: str) -> bytes:
    texts = (text.encode() for text in (module, name))
    return b"".join(b"\x8c" + bytes([len(text)]) + text for text in texts) + b"\x93"


def refused(payload: bytes, path: Path) -> ModelFileError:
    with pytest.raises(ModelFileError, match="which models do not need") as caught:
        pickles.load(written(payload, path), kind="ridge")
    return caught.value


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_that_models_do_not_need_are_refused(attack: str, tmp_path: Path) -> None:
    module, name = attack.split()
    error = refused(call(module, name, "touch owned"), tmp_path / "model.pkl")
    assert f"it names {module}.{name}" in error.message
    assert error.hint


def test_module_of_a_refused_name_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stranger.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    error = refused(call("stranger", "Model"), tmp_path / "model.pkl")
    assert "PODIUM_MODEL_MODULES=stranger" in error.hint
    assert "stranger" not in sys.modules


def test_attribute_access_reaches_nothing_but_time_zones(tmp_path: Path) -> None:
    reach = _named("builtins", "getattr") + _named("builtins", "str") + b"\x8c\x06format\x86R."
    refused(b"\x80\x05" + reach, tmp_path / "model.pkl")


def test_pickle_inside_of_a_tensor_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    inner = call("os", "system", f"touch {tmp_path / 'owned'}")
    with pytest.raises(ModelFileError):
        pickles.load(
            written(call("torch.storage", "_load_from_bytes", inner), tmp_path / "model.pkl"), kind="ridge"
        )
    assert not (tmp_path / "owned").exists()


def test_plain_dump_of_an_attack_does_nothing(tmp_path: Path) -> None:
    class Attack:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            import os

            return os.system, (f"touch {tmp_path / 'owned'}",)

    pickles.dump({"model": Attack()}, tmp_path / "model.pkl", kind="ridge")
    with pytest.raises(ModelFileError, match="system"):
        pickles.load(tmp_path / "model.pkl", kind="ridge")
    assert not (tmp_path / "owned").exists()


def _frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "text": pd.Series(["a", None], dtype="string"),
            "python": pd.Series(["a", None], dtype="string[python]"),
            "number": pd.Series([1, None], dtype="Int64"),
            "kind": pd.Categorical(["a", "b"], ordered=True),
            "zone": pd.to_datetime(["2024-01-01", "2024-06-01"]).tz_localize("Europe/Berlin"),
            "month": pd.period_range("2024-01", periods=2, freq="M"),
            "span": pd.to_timedelta([1, 2], unit="D"),
            "range": pd.interval_range(0, 2),
            "zeros": pd.arrays.SparseArray([0, 1]),
            "mixed": [decimal.Decimal("1.5"), datetime.date(2024, 1, 1)],
            "moments": pd.Series([pd.Timestamp("2024-01-01"), pd.NaT], dtype=object),
            "lists": [[1], {"a": np.float32(2)}],
        },
        index=pd.MultiIndex.from_product([[1], ["x", "y"]]),
    )


X, Y = np.arange(24.0).reshape(-1, 2), np.arange(12) % 3
HONEST = {
    "frame": _frame(),
    "days": pd.date_range("2024-01-01", periods=3),
    "objects": np.array([None, "a", 1], dtype=object),
    "masked": np.ma.array([1, 2], mask=[0, 1]),
    "strings": np.array(["a", "bb"], dtype=np.dtypes.StringDType()),
    "sparse": [scipy.sparse.csr_matrix(np.eye(2)), scipy.sparse.csc_array(np.eye(2))],
    "random": [np.random.default_rng(0), np.random.RandomState(0)],
    "functions": make_pipeline(FunctionTransformer(np.log1p), FunctionTransformer(expit)).fit(X),
    "discriminant": LinearDiscriminantAnalysis().fit(X + np.eye(12)[:, :2], Y),
    "kernel": GaussianProcessRegressor().fit(X, Y),
    "splines": ColumnTransformer([("s", SplineTransformer(), [0])]).fit(X),
}


@pytest.mark.parametrize("name", HONEST)
def test_content_of_honest_models_loads(name: str, tmp_path: Path) -> None:
    pickles.dump(HONEST[name], tmp_path / "model.pkl", kind="ridge")
    loaded = pickles.load(tmp_path / "model.pkl", kind="ridge")
    assert type(loaded) is type(HONEST[name])
    if isinstance(loaded, pd.DataFrame):
        pd.testing.assert_frame_equal(loaded, HONEST[name])


def test_network_of_torch_loads(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    network = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.BatchNorm1d(3)).eval()
    pickles.dump(network, tmp_path / "model.pkl", kind="ridge")
    rows = torch.ones(4, 2)
    assert torch.equal(pickles.load(tmp_path / "model.pkl", kind="ridge")(rows), network(rows))


OWN = """
from sklearn.preprocessing import FunctionTransformer
import os

class Estimator:
    pass

def halved(X):
    return X / 2

def model():
    return [Estimator(), FunctionTransformer(halved)]
"""


def test_own_package_loads_when_it_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_library.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    import own_library  # type: ignore[import-not-found]

    path = tmp_path / "model.pkl"
    pickles.dump(own_library.model(), path, kind="ridge")
    with pytest.raises(ModelFileError) as caught:
        pickles.load(path, kind="ridge")
    assert "PODIUM_MODEL_MODULES=own_library" in caught.value.hint
    monkeypatch.setenv("PODIUM_MODEL_MODULES", "another:own_library")
    assert pickles.load(path, kind="ridge")[1].transform(4.0) == 2.0
    refused(call("own_library", "os"), path)
    refused(call("own_library", "os.system", "true"), path)


def test_functions_in_the_file_of_an_own_algorithm_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "halving.py").write_text(OWN)
    monkeypatch.setenv("PODIUM_ALGORITHMS", str(tmp_path))
    from podium_ml.tabular import algorithms

    monkeypatch.setattr(algorithms, "__path__", [*algorithms.__path__, str(tmp_path)])
    from podium_ml.tabular.algorithms import halving  # type: ignore[attr-defined]

    pickles.dump(halving.model(), tmp_path / "model.pkl", kind="ridge")
    assert pickles.load(tmp_path / "model.pkl", kind="ridge")[1].transform(4.0) == 2.0
    refused(call("podium_ml.tabular.algorithms.lightgbm", "build"), tmp_path / "model.pkl")
