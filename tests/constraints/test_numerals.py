"""Reading numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.numerals import DecimalMark, numerals

_NONE: list[list[list[str]]] = []
_UNREADABLE: list[list[list[str]]] = [[]]


def _read(text: str, units: tuple[str, ...] = (), mark: DecimalMark | None = None) -> list[list[list[str]]]:
    return [
        [[f"{number:f}" for number in reading] for reading in each.readings] for each in numerals(text, units, mark)
    ]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("", _NONE),
        ("7", [[["7"]]]),
        ("-3 \u22124 +5", [[["-3"]], [["-4"]], [["5"]]]),
        ("pages 3-5, 3\u20135", [[["3"]], [["5"]], [["3"]], [["5"]]]),
        ("1.5 and .5", [[["1.5"]], [["0.5"]]]),
        ("0.125", [[["0.125"]]]),
        ("1e6 2.5E-3", [[["1000000"]], [["0.0025"]]]),
        ("3.5\u00d710^6 2·10\u207b\u00b3", [[["3500000"]], [["0.002"]]]),
        ("1,000", [[["1000"], ["1.000"]]]),
        ("1.000", [[["1.000"], ["1000"]]]),
        ("1,234.5", [[["1234.5"]]]),
        ("1'000 1\u202f000", [[["1000"]], [["1000"]]]),
        ("1,234,567 1,00,000", [[["1234567"]], [["100000"]]]),
        ("1,2,3", [[["1", "2", "3"]]]),
        ("10 000 users", [[["10000"], ["10", "0"]]]),
        ("in 2024 100 people", [[["2024", "100"]]]),
        ("5 million, 2 thousand", [[["5000000"]], [["2000"]]]),
        ("3k", [[["3"], ["3000"]]]),
        ("\uff11\uff12 and ٣", [[["12"]], [["3"]]]),
        ("1/2 \u00bd", _UNREADABLE),
        ("2\u00bd", _UNREADABLE),
        ("600MB/s", [[["600"]]]),
        ("約100です", [[["100"]]]),
        ("1. one\n2) two", _NONE),
        ("GPT-4 v1.2 H2O x86", _NONE),
        ("1.2.3 12:30 2024-05-01 1/2/2024 2nd", _NONE),
    ],
    ids=ascii,
)
def test_numbers_are_read_in_every_way_they_can_be(text: str, readings: list[list[list[str]]]) -> None:
    """One way where there is no doubt; none where it cannot be read."""
    assert _read(text) == readings


@pytest.mark.parametrize(
    ("mark", "readings"),
    [(".", [[["1000"]], [["1.000"]], [["1", "5"]]]), (",", [[["1.000"]], [["1000"]], [["1.5"]]])],
)
def test_a_decimal_mark_settles_what_is_meant(mark: DecimalMark, readings: list[list[list[str]]]) -> None:
    """Then the other mark can only group or part."""
    assert _read("1,000 1.000 1,5", mark=mark) == readings


@pytest.mark.parametrize(
    ("text", "units", "readings"),
    [
        ("5 MB/s, 6MB/s, 7 MB, 8", ("MB/s",), [[["5"]], [["6"]]]),
        ("5 MB/s 3 MB", ("MB",), [[["3"]]]),
        ("5 to 10 MB/s", ("MB/s",), [[["5"]], [["10"]]]),
        ("5\u201310 MB/s", ("MB/s",), [[["5"]], [["10"]]]),
        ("7 and 8 MB/s", ("MB/s",), [[["7"], []], [["8"]]]),
        ("**9** MB/s", ("MB/s",), [[["9"]]]),
        ("-$5 $6 7$ $8-9", ("$",), [[["-5"]], [["6"]], [["7"]], [["8"]], [["9"]]]),
        ("50 % 60% 5", ("%",), [[["50"]], [["60"]]]),
        ("5 m, 6 metres", ("m", "metres"), [[["5"]], [["6"]]]),
        ("5 Mb", ("MB",), _NONE),
        ("2 million USD", ("USD",), [[["2000000"]]]),
        ("5k", ("k",), [[["5"]]]),
    ],
    ids=ascii,
)
def test_only_numbers_with_a_unit_count_where_units_are_given(
    text: str, units: tuple[str, ...], readings: list[list[list[str]]]
) -> None:
    """Before or after it, and for both ends of a range."""
    assert _read(text, units) == readings


@given(number=st.integers(-(10**12), 10**12), places=st.integers(0, 6))
def test_every_decimal_is_read_back(number: int, places: int) -> None:
    """As Python writes it, with thousands grouped and plain."""
    value = Decimal(number).scaleb(-places)
    for written in (f"{value:f}", f"{value:,f}"):
        (found,) = numerals(f"It is {written}!", (), ".")
        assert found.readings == ((value,),)


@given(text=st.text(st.sampled_from("12 .,-:/eE\u00d7^k%a\n'") | st.characters(), max_size=40))
def test_any_text_can_be_read(text: str) -> None:
    """Places are in order and lie in the text, and nothing fails."""
    for units in ((), ("%", "k")):
        reached = 0
        for found in numerals(text, units, None):
            assert reached <= found.start < found.end <= len(text)
            reached = found.end
