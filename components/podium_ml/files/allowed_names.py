"""Which classes and functions a pickle may name. All others are refused before their module is imported.

A pickle runs whatever it names. Models need few names: classes of estimators, arrays and tables, and the functions that
rebuild them. Names are allowed by module and by what they are, because the same packages also contain functions that
run code or read and write files (``numpy.load``, ``pandas.eval``, ``torch.load``). So the known ways to run code fail,
but this is no sandbox: load only models that you trust.
"""

import importlib
import io
import os
import pickle
import sys
from pathlib import Path
from typing import Any

from podium_ml.files.moved_names import present_name

# Further packages whose classes and functions models may use, and the packages of kinds of problems.
MODULES_VARIABLE, _KINDS_VARIABLE = "PODIUM_MODEL_MODULES", "PODIUM_KINDS"
_ALGORITHMS_VARIABLE = "PODIUM_ALGORITHMS"
_PACKAGE = Path(__file__).parents[1]

# Exactly these names of a module.
_EXACT = {
    "builtins": "Ellipsis bool bytearray bytes complex dict float frozenset getattr int list object range set slice str"
    " tuple",
    "collections": "Counter OrderedDict defaultdict deque",
    "copyreg": "__newobj__ __newobj_ex__ _reconstructor",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "uuid": "SafeUUID UUID",
    "zoneinfo": "ZoneInfo",
    "pytz": "_UTC _p",
    "numpy": "dtype max mean median min ndarray std sum",
    "numpy._core._internal": "_convert_to_stringdtype_kwargs",
    "numpy._core.multiarray": "_reconstruct scalar",
    "numpy._core.numeric": "_frombuffer",
    "numpy.core.multiarray": "_reconstruct scalar",
    "numpy.core.numeric": "_frombuffer",
    "numpy.ma": "MaskedArray",
    "numpy.ma.core": "MaskedArray MaskedConstant _mareconstruct",
    "numpy.random._pickle": "__bit_generator_ctor __generator_ctor __randomstate_ctor",
    "numpy.random._mt19937": "MT19937",
    "numpy.random._pcg64": "PCG64 PCG64DXSM",
    "numpy.random._philox": "Philox",
    "numpy.random._sfc64": "SFC64",
    "numpy.random.bit_generator": "SeedSequence",
    "pandas": "NA",
    "pandas._libs.internals": "BlockPlacement _unpickle_block",
    "pandas._libs.missing": "NA",
    "pandas._libs.sparse": "BlockIndex IntIndex",
    "pandas._libs.tslibs.nattype": "_nat_unpickle",
    "pandas._libs.tslibs.timedeltas": "_timedelta_unpickle",
    "pandas._libs.tslibs.timestamps": "_unpickle_timestamp",
    "pandas.core.indexes.base": "_new_Index",
    "pandas.core.indexes.datetimes": "_new_DatetimeIndex",
    "pandas.core.internals.blocks": "new_block",
    "pandas.core.internals.managers": "BlockManager SingleBlockManager",
    "pyarrow.lib": "_restore_array chunked_array py_buffer type_for_alias binary decimal128 decimal256 dictionary"
    " duration field fixed_size_binary large_list list_ struct time32 time64 timestamp",
    "scipy._lib.array_api_compat.numpy._aliases": "asarray",
    "lightgbm.basic": "Booster",
    "xgboost.core": "Booster",
    "catboost.core": "CatBoost CatBoostClassifier CatBoostRanker CatBoostRegressor",
    "sklearn.cluster._kmeans": "_kmeans_single_elkan _kmeans_single_lloyd",
    "sklearn.feature_selection._mutual_info": "mutual_info_classif mutual_info_regression",
    "sklearn.feature_selection._univariate_selection": "chi2 f_classif f_regression r_regression",
    "sklearn.metrics._dist_metrics": "newObj",
    "sklearn.neighbors._ball_tree": "newObj",
    "sklearn.neighbors._kd_tree": "newObj",
    "torch": "Size Tensor device",
    "torch._utils": "_rebuild_parameter _rebuild_parameter_with_state _rebuild_tensor _rebuild_tensor_v2",
    "torch.nn.parameter": "Buffer Parameter",
    "torch.serialization": "_get_layout",
    "torch.storage": "TypedStorage UntypedStorage _load_from_bytes",
    "podium_ml.tabular.algorithms.catboost": "name_missing",
}

_PANDAS = (
    "pandas:DataFrame pandas:Series pandas:Index pandas:Timestamp pandas:Timedelta pandas:Period pandas:Interval"
    " pandas.api.extensions:ExtensionArray pandas.api.extensions:ExtensionDtype pandas.tseries.offsets:BaseOffset"
)
# In a module and those below it, the classes that derive from one of these; without any, all that are defined there.
_CLASSES = {
    **{
        f"podium_ml.{room}": ""
        for room in ("algorithms", "contracts", "embeddings", "models", "targets", "values")
    },
    "numpy": "numpy:generic",
    "numpy.dtypes": "numpy:dtype",
    **dict.fromkeys(("pandas", "pandas.arrays", "pandas.core", "pandas._libs.tslibs"), _PANDAS),
    "scipy.interpolate": "",
    "scipy.sparse": "scipy.sparse:spmatrix scipy.sparse:sparray",
    "scipy.spatial": "scipy.spatial:KDTree scipy.spatial:cKDTree",
    "sklearn": "sklearn.base:BaseEstimator",
    "sklearn._loss": "",
    "sklearn.calibration": "",
    "sklearn.cluster._birch": "",
    "sklearn.cluster._bisect_k_means": "",
    "sklearn.ensemble._hist_gradient_boosting": "",
    "sklearn.gaussian_process.kernels": "",
    "sklearn.linear_model._sgd_fast": "",
    "sklearn.metrics._dist_metrics": "",
    "sklearn.model_selection._split": "",
    "sklearn.neighbors._ball_tree": "",
    "sklearn.neighbors._kd_tree": "",
    "sklearn.neural_network._stochastic_optimizers": "",
    "sklearn.tree._tree": "",
    "sklearn.utils._bunch": "",
    "lightgbm.sklearn": "sklearn.base:BaseEstimator",
    "xgboost.sklearn": "sklearn.base:BaseEstimator",
    "interpret.glassbox": "sklearn.base:BaseEstimator",
    "torch.nn.modules": "torch.nn:Module",
}
# Of these packages, the modules below them are not meant.
_ALONE = frozenset({"numpy", "pandas"})
# Where Cython's functions that rebuild an object, and numeric functions of arrays, are allowed.
_REBUILDING = (
    "numpy.random",
    "pandas._libs",
    "scipy.interpolate",
    "scipy.sparse",
    "scipy.spatial",
    "sklearn",
)
_NUMERIC = ("numpy", "scipy.special")


class RefusedNameError(pickle.UnpicklingError):
    """A pickle names something that no model needs.

    Args:
        module: The module.
        name: The name in it.
    """

    def __init__(self, module: str, name: str) -> None:
        super().__init__(f"it names {module}.{name}")
        self.module, self.name = module, name

    @property
    def hint(self) -> str:
        """What the user can do."""
        top = self.module.partition(".")[0]
        if top in sys.stdlib_module_names:
            return "Load only models of people whom you trust."
        known = {one.partition(".")[0] for one in (*_CLASSES, *_EXACT)}
        wanted = self.module if top in known else top
        return f"If you trust {wanted} and whoever made the model, set {MODULES_VARIABLE}={wanted}."


def find(module: str, name: str) -> Any:
    """Return what a pickle names.

    Args:
        module: Name of a module, present or earlier.
        name: Name in that module.

    Raises:
        RefusedNameError: No model needs this name.
        ModuleNotFoundError: The package of a model is not installed.

    >>> find("collections", "OrderedDict").__name__
    'OrderedDict'
    >>> find("os", "system")
    Traceback (most recent call last):
    ...
    podium_ml.files.allowed_names.RefusedNameError: it names os.system
    """
    module = present_name(module)
    if (module, name) in _REPLACED:
        return _REPLACED[module, name]
    if name in _EXACT.get(module, "").split():
        return getattr(importlib.import_module(module), name)
    if name.isidentifier() and _may_be_imported(module):
        value = getattr(importlib.import_module(module), name, None)
        if _is_model_class(value, module) or _is_function_of_arrays(value, module) or _is_own(value, module):
            return value
    raise RefusedNameError(module, name)


def _may_be_imported(module: str) -> bool:
    packages = (*_CLASSES, *_REBUILDING, *_NUMERIC, *_own_packages())
    return "__" not in module and (_is_kind(module) or any(_is_in(module, one) for one in packages))


def _is_model_class(value: Any, module: str) -> bool:
    if not isinstance(value, type):
        return False
    if _is_kind(module):
        return _is_kind(value.__module__)
    top = module.partition(".")[0]
    return any(
        _is_below(value.__module__, top if bases else package)
        and (not bases or issubclass(value, _imported(bases)))
        for package, bases in _CLASSES.items()
        if _is_in(module, package)
    )


def _is_function_of_arrays(value: Any, module: str) -> bool:
    """Whether a value is one of Cython's functions that rebuild an object of a class, or a numeric function."""
    if any(_is_in(module, one) for one in _REBUILDING) and callable(value):
        return str(getattr(value, "__name__", "")).startswith("__pyx_unpickle_")
    return any(_is_in(module, one) for one in _NUMERIC) and isinstance(value, sys.modules["numpy"].ufunc)


def _is_own(value: Any, module: str) -> bool:
    """Whether the user's own package, or the file of an own algorithm, defines a class or function."""
    place = getattr(value, "__module__", None) or ""
    if not callable(value) or not place:
        return False
    if any(_is_in(module, one) and _is_below(place, one.partition(".")[0]) for one in _own_packages()):
        return True
    folders = [Path(one).resolve() for one in _listed(_ALGORITHMS_VARIABLE)]
    file = getattr(sys.modules.get(module), "__file__", None)
    return place == module and bool(file) and Path(str(file)).resolve().parent in folders


def _is_kind(module: str) -> bool:
    """Whether a module belongs to one of Podium's kinds of problems."""
    package, _, rest = module.partition(".")
    return package == "podium_ml" and (_PACKAGE / rest.partition(".")[0] / "kind.py").is_file()


def _own_packages() -> list[str]:
    return [*_listed(MODULES_VARIABLE), *_listed(_KINDS_VARIABLE)]


def _listed(variable: str) -> list[str]:
    return [one for one in os.environ.get(variable, "").split(os.pathsep) if one]


def _is_in(module: str, package: str) -> bool:
    return module == package or (package not in _ALONE and _is_below(module, package))


def _is_below(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def _imported(names: str) -> tuple[type, ...]:
    places = (one.split(":") for one in names.split())
    return tuple(getattr(importlib.import_module(module), name) for module, name in places)


def _attribute(value: Any, name: str) -> Any:
    """Return what pickles of time zones ask for, in place of ``getattr``, which would reach anything."""
    from zoneinfo import ZoneInfo

    if value is ZoneInfo and name == "_unpickle":
        return ZoneInfo._unpickle  # type: ignore[attr-defined]
    raise RefusedNameError("builtins", "getattr")


def _tensor(content: bytes) -> Any:
    """Return a storage of PyTorch, in place of its own function, which loads any pickle in it."""
    import torch

    return torch.load(io.BytesIO(content), weights_only=True)


_REPLACED: dict[tuple[str, str], Any] = {
    ("builtins", "getattr"): _attribute,
    ("torch.storage", "_load_from_bytes"): _tensor,
}
