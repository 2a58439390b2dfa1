"""What is accepted as a number has one meaning, and what has several is not accepted."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium_ml.values.units import factor_to
from podium_ml.values.written_numbers import parse_number


@pytest.mark.parametrize(
    "text",
    [
        *("10.1.11.1", "101.1.246.76", "1.2.3", "1,2,3", "1 2 3", "12,34", "1,23", "1,2345", "1_00"),
        *("555 12 34", "55 5123 4567", "3.041.5", "1,234.567,8", "0,123", "00 123"),
        *("12 March 2015", "5 pm", "11 a.m.", "10-20", "1/2", "12:30", "<5", "5+", "2024-01-01", "$5 kg", "$5 €"),
    ],
)  # fmt: skip
def test_texts_with_another_meaning_are_no_numbers(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "digits", "unit"),
    [
        ("47.1 kg", "47.1", "kg"),
        ("47.1kg", "47.1", "kg"),
        ("1,234 km", "1234", "km"),
        ("36.6 °C", "36.6", "°C"),
        ("12%", "12", "%"),
        ("1 star", "1", "star"),
        ("5 Stars", "5", "star"),
        ("2 of 12", "2", "of 12"),
        ("1.80 m", "1.80", "m"),
        ("1.8M", "1.8e6", ""),
        ("2.5 Mio. €", "2.5e6", "€"),
        ("CHF 1'200.50", "1200.50", "chf"),
        ("Rs. 5,23,456", "523456", "₹"),
        ("(5 kg)", "-5", "kg"),
        ("20 m²", "20", "m²"),
    ],
)
def test_the_unit_is_read_apart(text: str, digits: str, unit: str) -> None:
    found = parse_number(text)
    assert found is not None
    assert (Decimal(found.digits), found.unit) == (Decimal(digits), unit)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12),
    st.sampled_from([".", ","]),
    st.sampled_from(["", " ", "'", "’", "\u202f", "_", "other"]),
    st.sampled_from(["", "%", " kg", " €", " km/h", " items"]),
)
def test_written_numbers_are_read_back_exactly(number: Decimal, decimal: str, group: str, unit: str) -> None:
    mark = {"other": "," if decimal == "." else "."}.get(group, group)
    text = f"{number:,.3f}".translate(str.maketrans({",": mark, ".": decimal})) + unit
    found = parse_number(text, decimal=decimal)
    assert found is not None
    assert Decimal(found.digits) == number


@given(
    st.text("0123456789.,' -+()%kgm$€", max_size=14),
    st.text("0123456789.,' -+()%kgm$€", max_size=14),
    st.sampled_from([".", ","]),
)
def test_texts_with_other_digits_are_other_numbers(one: str, other: str, decimal: str) -> None:
    found, second = parse_number(one, decimal=decimal), parse_number(other, decimal=decimal)
    if found is None or second is None or found.unit != second.unit:
        return
    if Decimal(found.digits) == Decimal(second.digits):
        assert _significant(one) == _significant(other) or set(one + other) & set("km")


def _significant(text: str) -> str:
    """Return the digits of a number without zeros that do not count."""
    return "".join(letter for letter in text if letter.isdigit()).strip("0")


def test_units_of_one_quantity_are_converted_and_others_are_not() -> None:
    assert factor_to("g", "kg") == pytest.approx(0.001)
    assert factor_to("GB", "MB") == pytest.approx(1000)
    assert factor_to("kg", "€") is None
