"""Plain data as JSON."""

from __future__ import annotations

import io
import json
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.reports.plain import plain, write_json

if TYPE_CHECKING:
    from evalkit.types import Json

ANY_TEXT = st.text(st.characters(exclude_categories=()))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner) | st.tuples(inner, inner),
    max_leaves=8,
)


def refuse(word: str) -> float:
    """Refuse the words that JSON does not have."""
    raise AssertionError(word)


@given(VALUES)
def test_any_value_is_one_line_of_strict_json(value: Json) -> None:
    """Whatever the value, what is written has a UTF-8 form, fits on a line, and parses without NaN or Infinity."""
    stream = io.StringIO()
    write_json(value, stream)
    line = stream.getvalue().encode("utf-8").decode("utf-8")
    assert json.loads(line, parse_constant=refuse) == plain(value)
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, None),
        (math.inf, None),
        (0.0, 0.0),
        (True, True),
        (("a", "b"), ["a", "b"]),
        ("\ud83d", "\ufffd"),
        ("\U0001f600", "\U0001f600"),
    ],
    ids=["nan", "infinity", "zero", "true", "tuple", "half a pair", "whole character"],
)
def test_what_json_cannot_hold_is_replaced(value: Json, expected: Json) -> None:
    """Only what has no form in JSON changes."""
    assert plain(value) == expected


def test_stream_that_lacks_a_character_gets_its_escape() -> None:
    """On an ASCII stream the text is escaped, and reads back the same."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write_json({"name": "größer"}, stream)
    stream.flush()
    assert raw.getvalue() == b'{"name": "gr\\u00f6\\u00dfer"}\n'
