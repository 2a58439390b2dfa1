"""What could be read in several ways is decided by its neighbours, or told with an example and an option."""

from pathlib import Path

import numpy as np
import pytest

from tests.unit.stages.reading import Read, read_run

ROWS = 60
NOISE = np.random.default_rng(0).permutation(ROWS) * 1.5
FIRST_OF_MONTH = [f"01/{n % 12 + 1:02}/202{n % 4}" for n in range(ROWS)]
OPEN = [f"{n % 9 + 1:02}/{n % 11 + 1:02}/202{n % 4}" for n in range(ROWS)]


def read(folder: Path, *, mark: str = ",", **columns: list[str] | str) -> Read:
    """Read a file with some columns, a number ``x`` and a target ``y``; other names are settings."""
    given = {name: values for name, values in columns.items() if isinstance(values, list)}
    settings = {name: value for name, value in columns.items() if isinstance(value, str)}
    lines = [mark.join([*given, "x", "y"])]
    lines += [
        mark.join([*(values[n] for values in given.values()), str(int(NOISE[n])), str(n % 2)])
        for n in range(ROWS)
    ]
    source = folder / "rows.csv"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_run(source, folder, **settings)


def alert_of(run: Read) -> str:
    found = {result["name"]: result for result in run.facts["guardrails"]}["doubtful_readings"]
    return found["seen"] if found["outcome"] == "alert" else ""


def month_of(run: Read, column: str) -> list[int]:
    return run.rows()[column].dt.month.tolist()


@pytest.mark.parametrize(
    ("others", "mark"),
    [
        ({"end": [f"{n % 28 + 1:02}/{n % 12 + 1:02}/2024" for n in range(ROWS)]}, ","),
        ({"end": [f"{n % 28 + 1:02}.{n % 12 + 1:02}.2024" for n in range(ROWS)]}, ","),
        ({"size": [f"{number:.1f}".replace(".", ",") for number in NOISE]}, ";"),
        ({"word": ["ab"[n % 2] for n in range(ROWS)]}, ";"),
    ],
)
def test_neighbours_decide_the_order_of_day_and_month(
    tmp_path: Path, others: dict[str, list[str]], mark: str
) -> None:
    run = read(tmp_path, mark=mark, start=OPEN, **others)
    assert run.reading("start").pattern == "%d/%m/%Y"
    assert not alert_of(run)


def test_an_open_order_is_told_with_the_option_that_changes_it(tmp_path: Path) -> None:
    run = read(tmp_path, start=OPEN)
    assert run.reading("start").pattern == "%m/%d/%Y"
    assert "'01/01/2020' was read with the month first" in alert_of(run)
    assert "--date-order day_first" in alert_of(run)
    changed = read(tmp_path, start=OPEN, date_order="day_first")
    assert changed.reading("start").pattern == "%d/%m/%Y"
    assert not alert_of(changed)
    assert month_of(changed, "start") != month_of(run, "start")


def test_months_that_begin_on_the_first_are_told_too(tmp_path: Path) -> None:
    run = read(tmp_path, start=FIRST_OF_MONTH)
    assert set(month_of(run, "start")) == set(range(1, 13))
    assert "--date-order month_first" in alert_of(run)


def test_both_orders_in_one_column_are_told(tmp_path: Path) -> None:
    both = [f"{n % 15 + 13}/01/2024" if n % 2 else f"01/{n % 15 + 13}/2024" for n in range(ROWS)]
    run = read(tmp_path, start=both)
    assert "have day and month in different orders" in alert_of(run)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([f"{n % 20}" if n % 3 else f"{n % 20} kg" for n in range(ROWS)], "--types a=numeric"),
        ([f"{n % 20}%" if n % 3 else f"0.{n % 7}" for n in range(ROWS)], "--types a=numeric"),
        ([f"{1 + n // 12 % 3}.{n % 12}" for n in range(ROWS)], "1.1 and 1.10"),
        ([f"{n} kg" if n % 2 else f"{n} m²" for n in range(ROWS)], "have different units"),
        ([f"{n}" if n > 57 else f"{n} kg" for n in range(ROWS)], "'58' was read like '0 kg'"),
        ([f"{n} €" if n != 30 else "$5" for n in range(ROWS)], "'$5' was treated as missing"),
    ],
)
def test_doubtful_numbers_are_told(tmp_path: Path, values: list[str], words: str) -> None:
    assert words in alert_of(read(tmp_path, a=values))


def test_versions_stay_apart_and_can_be_numbers(tmp_path: Path) -> None:
    versions = [f"{1 + n // 12 % 3}.{n % 12}" for n in range(ROWS)]
    run = read(tmp_path, a=versions)
    assert set(run.rows()["a"]) == set(versions)
    assert read(tmp_path, a=versions, types="a=numeric").rows()["a"].dtype == np.float64


def test_long_ids_with_gaps_stay_apart(tmp_path: Path) -> None:
    ids = [str(900_000_000_000_000_000 + n % 30) if n % 7 else "" for n in range(ROWS)]
    run = read(tmp_path, a=ids)
    assert set(run.rows()["a"].dropna()) == set(ids) - {""}
