import datetime

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Reading
from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.roles import distinct_texts, infer_columns, infer_role

DAYS = pd.date_range("2015-01-01", periods=60)
NUMBERS = range(60)
WORDS = ["red", "green", "blue", "dark red"]


@pytest.mark.parametrize(
    ("values", "role"),
    [
        (np.arange(60.0), "numeric"),
        (pd.array([1, None] * 30, dtype="Int64"), "numeric"),
        (pd.to_timedelta(np.arange(60), "h"), "numeric"),
        ([900_000_000_000_000_000 + n % 40 for n in NUMBERS], "categorical"),
        ([1_700_000_000_000_000_000 + n * 10**9 for n in NUMBERS], "numeric"),
        ([f"{n * 1000:,}" for n in NUMBERS], "numeric"),
        ([f"{n}%" for n in NUMBERS], "numeric"),
        ([f"${n}.50" for n in NUMBERS], "numeric"),
        ([f"{n},5" for n in NUMBERS], "numeric"),
        ([*map(str, NUMBERS), "n/a"], "numeric"),
        ([True, False] * 30, "boolean"),
        (pd.array([True, None] * 30, dtype="boolean"), "boolean"),
        (["Yes", "no"] * 30, "boolean"),
        (["T", "F"] * 30, "boolean"),
        (["ja", "nein"] * 30, "boolean"),
        (["M", "F"] * 30, "categorical"),
        (["O", "X"] * 30, "categorical"),
        (["x", "y"] * 30, "categorical"),
        (["n", "f", "no"] * 20, "categorical"),
        (["y", "Y"] * 30, "categorical"),
        (["x", None] * 30, "boolean"),
        ([f"{n % 12 + 1} of 12" for n in NUMBERS], "numeric"),
        ([f"{n % 12 + 1} of {n}" for n in NUMBERS], "categorical"),
        ([f"{n * 0.7:.1f} kg" for n in NUMBERS], "numeric"),
        ([f"{n} kg" if n % 2 else f"{n} km" for n in NUMBERS], "categorical"),
        ([f"{n}" if n % 2 else f"{n}%" for n in NUMBERS], "categorical"),
        ([f"10.{n % 3}.{n}.7" for n in NUMBERS], "numeric"),
        ([f"10.{n % 3}.{n}.7/24" for n in NUMBERS], "categorical"),
        ([f"55 {n} 12 34" for n in NUMBERS], "categorical"),
        ([f"1234567890123456789{n:02}" for n in NUMBERS], "categorical"),
        ([f"{n % 24:02}:{n:02}:30" for n in NUMBERS], "datetime"),
        ([f"{n % 12 + 1}:{n:02} pm" for n in NUMBERS], "datetime"),
        ([f"{n % 12 + 1} am" for n in NUMBERS], "datetime"),
        ([f"{n + 20}:{n:02}:30" for n in NUMBERS], "numeric"),
        ([f"{n % 9}:{n % 7}" for n in NUMBERS], "categorical"),
        ([f"Sep-{20 + n % 8}" for n in NUMBERS], "datetime"),
        ([f"Sep-{1 + n % 30}" for n in NUMBERS], "categorical"),
        ([f"{2000 + n // 4}-Q{n % 4 + 1}" for n in NUMBERS], "datetime"),
        ([f"2020-W{n % 52 + 1:02}" for n in NUMBERS], "datetime"),
        ([f"{day:%d/%m/%Y}" if day.day % 2 else f"{day:%Y-%m-%d}" for day in DAYS], "datetime"),
        ([f"{day:%d/%m/%Y}" if day.day % 2 else f"{day:%m/%d/%Y}" for day in DAYS], "categorical"),
        ([f"第{n}次来这家餐厅很好吃服务也不错" for n in NUMBERS], "text"),
        ([f"サービスがとても良かったので{n}回目です" for n in NUMBERS], "text"),
        ([f"อาหารอร่อยมากและบริการดีครั้งที่{n}" for n in NUMBERS], "text"),
        ([f"王{chr(0x4E00 + n)}" for n in NUMBERS], "categorical"),
        (DAYS, "datetime"),
        ([day.date() for day in DAYS], "datetime"),
        ([f"{day:%Y-%m-%d}" for day in DAYS], "datetime"),
        ([f"{day:%m/%d/%Y}" for day in DAYS], "datetime"),
        ([f"{day:%b-%Y}" for day in pd.date_range("2015-01-01", periods=60, freq="MS")], "datetime"),
        ([f"{day:%Y-%m-%dT%H:%M:%SZ}" for day in DAYS], "datetime"),
        ([int(f"{day:%Y%m%d}") for day in DAYS], "datetime"),
        ([f"{day:%d%m%Y}" for day in DAYS], "datetime"),
        ([f"{n:08}" for n in NUMBERS], "categorical"),
        ([f"{day:%Y%m%dT%H%M%S}" for day in DAYS], "datetime"),
        ([f"{day:%a %b %d %H:%M:%S %Y}" for day in DAYS], "datetime"),
        ([f"{day.year}年{day.month}月{day.day}日" for day in DAYS], "datetime"),
        ([f"{day.day}. {'März' if day.month == 3 else 'Oktober'} {day.year}" for day in DAYS], "datetime"),
        ([f"set {n % 20 + 10}" for n in NUMBERS], "categorical"),
        ([f"{n:05}" for n in NUMBERS], "categorical"),
        (np.resize(WORDS, 60), "categorical"),
        (pd.Categorical(np.resize(WORDS, 60)), "categorical"),
        ([None] * 60, "categorical"),
        (["  "] * 60, "categorical"),
        ([f"the customer called {n} times about a {WORDS[n % 4]} thing" for n in NUMBERS], "text"),
        (np.resize(["a long sentence that comes again", "and another long sentence"], 60), "categorical"),
        ([["a", "b"], ["c"]] * 30, "list"),
        ([{"a": 1}, {"b": 2}] * 30, "list"),
        ([f'["{WORDS[n % 4]}", "{WORDS[n % 3]}"]' for n in NUMBERS], "list"),
        ([f"{WORDS[n % 4]}; {WORDS[n % 3]}" for n in NUMBERS], "list"),
        ([*["a"] * 30, *[["nested"]] * 30], "categorical"),
        (pd.Series([datetime.time(n % 24) for n in NUMBERS]), "datetime"),
    ],
)
def test_infer_role(values, role):
    found, reason = infer_role(pd.Series(values))
    assert found == role
    assert reason.endswith(".")


def test_role_of_a_large_column():
    assert infer_role(pd.Series([f"{n:,}" for n in range(20_000)]))[0] == "numeric"


def test_settings_determine_roles():
    table = pd.DataFrame({name: [1, 2] for name in ("y", "t", "g", "w", "d", "x")})
    settings = TabularSettings(target="y", time_column="t", group_column="g", weight_column="w", drop="d")
    columns = infer_columns(table, settings, readings={"x": Reading("int32")})
    roles = {name: column.role for name, column in columns.items()}
    assert roles == {"y": "target", "t": "time", "g": "group", "w": "weight", "d": "dropped", "x": "numeric"}
    assert [name for name, column in columns.items() if column.is_feature] == ["t", "x"]
    assert [name for name, column in columns.items() if column.required] == ["t", "x"]
    assert columns["x"].dtype == "int32"
    assert columns["d"].reason == "Dropped by the user."


def test_distinct_texts_of_equal_values():
    assert distinct_texts(pd.Series([1, 1.0, "1", " 1 "], dtype=object)) == ["1"]
