"""One value in a JSON document."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.constraints.json_values import JsonField, same, shown
from evalkit.errors import ArgumentError

TEXT = '{"a": {"b/c": [1, true, null, "é"]}, "n": 1.0, "a~": {}}'


@pytest.mark.parametrize(
    ("arguments", "value", "place"),
    [
        ({"path": ""}, 1, TEXT),
        ({"path": "/a/b~1c/0", "equals": 1}, 1, "1"),
        ({"path": "/n", "equals": 1}, 1, "1.0"),
        ({"path": "/a/b~1c/1", "equals": 1}, 0, "true"),
        ({"path": "/a/b~1c/2", "one_of": (None,)}, 1, "null"),
        ({"path": "/a/b~1c/2"}, 1, "null"),
        ({"path": "/a/b~1c/3", "one_of": ("e", "é")}, 1, '"é"'),
        ({"path": "/a~0", "equals": {}}, 1, "{}"),
        ({"path": "/a/b~1c/4"}, 0, '[1, true, null, "é"]'),
        ({"path": "/a/b~1c/-"}, 0, '[1, true, null, "é"]'),
        ({"path": "/x"}, 0, TEXT),
        ({"path": "/n/0"}, 0, "1.0"),
        ({"path": "/a/b~1c", "equals": [1, True, None, "é"]}, 1, '[1, true, null, "é"]'),
    ],
    ids=str,
)
def test_the_value_is_judged_where_it_stands(arguments: dict[str, Any], value: float, place: str) -> None:
    """Or the innermost thing around it that is there is shown."""
    for text in (TEXT, f"```json\n{TEXT}\n```"):
        score = JsonField(**arguments, fence=True).score(text, whole=True)
        assert (score.value, [text[span.start : span.end] for span in score.spans]) == (value, [place])


def test_the_value_met_and_those_wanted_are_named() -> None:
    """As JSON writes them."""
    score = JsonField("/n", one_of=(2, None)).score(TEXT, whole=True)
    assert score.reason == "`/n` is `1.0`, wanted `2` or `null`"


@pytest.mark.parametrize(("text", "value"), [('{"n": 1}', None), ("Sure", 0), ("{} x", 0), ('{"n"', None), ("", None)])
def test_a_cut_text_is_broken_only_when_it_can_be_no_json(text: str, value: float | None) -> None:
    """What is complete may still go on."""
    assert JsonField("/n").score(text, whole=False).value == value


def test_what_python_cannot_read_is_undecided() -> None:
    """Depth and digits are the parser's limits."""
    assert JsonField("/a").score("[" * 5_000 + "]" * 5_000, whole=True).value is None
    assert JsonField("/a").score(f'{{"a": {"1" * 5_000}}}', whole=True).value is None


@pytest.mark.parametrize(
    ("value", "other", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ([], {}, False),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}, True),
        ([1, 2], [2, 1], False),
        ("é", "e\u0301", False),
        (None, False, False),
        ([None], [None], True),
    ],
)
def test_values_are_the_same_as_json_has_it(value: Any, other: Any, equal: bool) -> None:  # noqa: ANN401 - any JSON
    """A truth is no number, and objects have no order."""
    assert same(value, other) is equal


@pytest.mark.parametrize(
    ("value", "written"),
    [({}, "`{}`"), ({"a": 1}, "`{…} of 1`"), ([1, 2], "`[…] of 2`"), ("a" * 99, f'`"{"a" * 59}…`'), (True, "`true`")],
)
def test_values_are_shown_short(value: Any, written: str) -> None:  # noqa: ANN401 - any JSON
    """As JSON, by size where they are large."""
    assert shown(value) == written
    assert shown(float("inf")) == "a number too large to write"


@pytest.mark.parametrize("arguments", [{"path": "a"}, {"path": "/a", "equals": 1, "one_of": (2,)}])
def test_arguments_are_checked(arguments: dict[str, Any]) -> None:
    """A pointer, and one way to say what is wanted."""
    with pytest.raises(ArgumentError):
        JsonField(**arguments)
