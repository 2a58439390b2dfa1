"""Small tables that models can learn from."""

import numpy as np
import pandas as pd


def binary_table(rows: int, *, seed: int = 0) -> pd.DataFrame:
    """Return a table with mixed columns, missing values and a binary target that depends on three columns."""
    random = np.random.default_rng(seed)
    age = random.integers(18, 80, rows)
    plan = random.choice(["basic", "plus", "pro"], rows, p=[0.5, 0.3, 0.2])
    usage = random.gamma(2.0, 10.0, rows)
    signal = 0.06 * (age - 45) + 1.2 * (plan == "basic") - 0.05 * usage + random.normal(0, 0.7, rows)
    table = pd.DataFrame(
        {
            "age": age,
            "plan": plan,
            "usage": usage.round(2),
            "joined": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 1500, rows), unit="D"),
            "noise": random.normal(size=rows),
            "churn": np.where(signal > 0, "yes", "no"),
        }
    )
    table.loc[random.random(rows) < 0.1, "usage"] = np.nan
    return table


def multiclass_table(rows: int, *, seed: int = 0) -> pd.DataFrame:
    """Return a table with three classes that overlap a little."""
    random = np.random.default_rng(seed)
    kind = random.integers(0, 3, rows)
    return pd.DataFrame(
        {
            "length": kind * 1.5 + random.normal(0, 0.6, rows),
            "width": (kind == 1) * 2.0 + random.normal(0, 0.6, rows),
            "colour": np.where(random.random(rows) < 0.8, np.array(["red", "green", "blue"])[kind], "grey"),
            "kind": kind,
        }
    )


def regression_table(rows: int, *, seed: int = 0) -> pd.DataFrame:
    """Return a table with a price that depends on area and district."""
    random = np.random.default_rng(seed)
    area = random.uniform(30, 150, rows)
    district = random.choice(list("ABCDE"), rows)
    worth = np.array([1.0, 1.3, 0.8, 1.7, 1.1])[["ABCDE".index(one) for one in district]]
    price = area * worth * 3000 * random.lognormal(0, 0.1, rows)
    return pd.DataFrame({"area": area.round(1), "district": district, "price": price.round()})
