import numpy as np
import pandas as pd

from podium_ml.values.samples import sample_positions, sampled


def test_positions_are_distinct_ordered_and_always_the_same() -> None:
    found = sample_positions(100_000, 500, seed=3)
    assert len(set(found.tolist())) == 500
    assert (np.diff(found) > 0).all()
    assert found.min() >= 0
    assert found.max() < 100_000
    assert (found == sample_positions(100_000, 500, seed=3)).all()
    assert (found != sample_positions(100_000, 500, seed=4)).any()
    # Rows of both halves are as likely.
    assert 200 < (found < 50_000).sum() < 300


def test_few_rows_are_all_returned_as_they_are() -> None:
    table = pd.DataFrame({"a": range(5)}, index=list("edcba"))
    assert sampled(table, 5) is table
    assert sample_positions(5, 9).tolist() == [0, 1, 2, 3, 4]
    assert sampled(table, 2, seed=1).index.isin(table.index).all()
    assert len(sampled(table["a"], 2)) == 2
