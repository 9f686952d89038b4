"""Checks of single values."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.errors import SuiteError
from evalkit.load.cursor import Cursor, kind_of
from evalkit.load.document import parse_document


def cursor(text: str) -> Cursor:
    """Return a cursor on the value of the key `a`."""
    document = parse_document(text, "x.yaml")
    return Cursor(document, document.data).child("a")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param("b", "the text `b`", id="text"),
        pytest.param(True, "true", id="true"),
        pytest.param(3, "3", id="number"),
        pytest.param(None, "nothing", id="null"),
        pytest.param({}, "a mapping", id="mapping"),
        pytest.param([], "a list", id="list"),
    ],
)
def test_kinds_are_named(value: Any, words: str) -> None:  # noqa: ANN401 - any data
    """Messages say what was met."""
    assert kind_of(value) == words


def test_values_come_through() -> None:
    """What has the right kind is returned as it is."""
    assert cursor("a: 3").whole(least=3) == 3
    assert cursor("a: 3").number() == 3.0
    assert cursor("a: x").text() == "x"
    assert cursor("a: ''").text(empty=True) == ""
    assert cursor("a: null").scalar() is None
    assert [each.value for each in cursor("a: [1, 2]").one_or_more()] == [1, 2]
    assert [each.value for each in cursor("a: 1").one_or_more()] == [1]


@pytest.mark.parametrize(
    ("text", "check", "message"),
    [
        pytest.param("a: true", "whole", "a must be a whole number, got true", id="true is no number"),
        pytest.param("a: 1.5", "whole", "a must be a whole number, got 1.5", id="fraction"),
        pytest.param("a: x", "number", "a must be a number, got the text `x`", id="word"),
        pytest.param("a: 3", "text", "a must be a text, got 3", id="number for text"),
        pytest.param("a: 9223372036854775808", "whole", "a must be at most 9223372036854775807, got", id="64 bits"),
        pytest.param("a: 1" + "0" * 400, "number", "a is too large a number", id="too large for a float"),
        pytest.param("a: ' '", "text", "a must not be empty", id="blank"),
        pytest.param("a: 3", "list", "a must be a list, got 3", id="number for list"),
        pytest.param("a: 3", "mapping", "a must be a mapping, got 3", id="number for mapping"),
        pytest.param("a: [1]", "scalar", "a must be a single value, got a list", id="list for value"),
    ],
)
def test_wrong_kinds_are_refused(text: str, check: str, message: str) -> None:
    """The key, the kind wanted and the value met are in the sentence."""
    place = cursor(text)
    with pytest.raises(SuiteError) as caught:
        place.whole(least=0) if check == "whole" else getattr(place, check)()
    assert message in str(caught.value)
