"""Which numbers are taken for stand-ins of missing values."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.infer_problem import infer_problem

USUAL = np.random.default_rng(0).integers(0, 80, 200).astype(float)


def codes(values):
    table = pd.DataFrame({"x": values, "y": np.arange(200) * 1.5})
    results = infer_problem(table, TabularSettings(target="y")).results
    (result,) = [one for one in results if one.name == "stand_ins"]
    return [row["value"] for row in result.details]


@pytest.mark.parametrize("code", [-999.0, -9999.25, -99.0, 999.0, 99_999.0, -32_768.0, 65_535.0, -97.0])
def test_codes_are_found(code):
    values = np.where(np.arange(200) % 9 == 0, code, USUAL)
    assert codes(values) == [code]


def test_several_codes_are_found_among_missing_values():
    values = USUAL.copy()
    values[::9], values[1::9], values[2::9] = -998, -999, np.nan
    assert codes(values) == [-999, -998]


@pytest.mark.parametrize(
    "values",
    [
        USUAL,
        np.where(np.arange(200) % 9 == 0, 99.0, USUAL),  # as far as other values could be
        np.where(np.arange(200) == 5, -999.0, USUAL),  # one outlier
        np.where(np.arange(200) % 9 == 0, 500.0, USUAL),  # far, but no code
        np.where(np.arange(200) % 2 == 0, -99.0, USUAL - 60),
    ],
)
def test_numbers_that_mean_themselves_are_left_alone(values):
    assert codes(values) == []
