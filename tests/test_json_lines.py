"""Files of one JSON value a line."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import SuiteError
from evalkit.json_lines import json_lines, kind_of_json


def _read(raw: bytes, **options: int) -> list[tuple[int, object]]:
    return [(line.number, line.value) for line in json_lines(io.BytesIO(raw), "f.jsonl", **options)]


def test_marks_carriage_returns_and_empty_lines_are_no_part_of_it() -> None:
    """A byte-order mark, CRLF and empty lines change nothing but the numbers of lines."""
    assert _read(b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \n{"a": 2}') == [(1, {"a": 1}), (4, {"a": 2})]


@given(st.lists(st.dictionaries(st.text(), st.text())))
def test_any_text_comes_back(values: list[dict[str, str]]) -> None:
    """Line separators that only Unicode knows, NUL and half a surrogate pair, as escapes, split or spoil no line."""
    raw = "".join(json.dumps(value) + "\n" for value in values).encode()
    assert [value for _, value in _read(raw)] == values


def test_unicode_line_separators_split_no_line() -> None:
    """U+2028 and U+0085 may stand in a line as they are."""
    assert _read('"a\u2028b\x85c"\n'.encode()) == [(1, "a\u2028b\x85c")]


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b'{"a": 1}\n{"a": }\n', "f.jsonl:2:7"),
        (b'{"a": 1}\n{"a": "\xff"}\n', "f.jsonl:2:8"),
        (b"[\n1\n]\n", "f.jsonl:1:3"),
        (b"[" * 100_000, "f.jsonl:1:1"),
        (b"\xff\xfe{\x00", "f.jsonl:1:1"),
        (b"1" * 5000, "f.jsonl:1:1"),
    ],
    ids=["not JSON", "not UTF-8", "over several lines", "too deep", "UTF-16", "too many digits"],
)
def test_a_wrong_line_is_named(raw: bytes, place: str) -> None:
    """What cannot be read is said with line and column."""
    with pytest.raises(SuiteError) as raised:
        _read(raw)
    assert raised.value.message.startswith(f"{place}: ")
    assert raised.value.hint


@pytest.mark.parametrize("length", [19, 20, 21, 22, 59, 60])
def test_a_line_that_is_too_long_is_skipped_whole(length: int) -> None:
    """At the limit a line is read, above it the next line is read as if nothing had been there."""
    long = b'"' + b"x" * (length - 2) + b'"'
    lines = list(json_lines(io.BytesIO(long + b"\n1\n"), "f", longest=20))
    assert [line.number for line in lines] == [1, 2]
    assert lines[1].value == 1
    assert (lines[0].fault is None) == (length <= 20)


def test_kinds_are_named() -> None:
    """Each kind of value has a word of its own."""
    values: list[Any] = [None, True, 1, 1.5, "", [], {}]
    kinds = [kind_of_json(value) for value in values]
    assert kinds == ["null", "true or false", "a number", "a number", "a text", "a list", "an object"]
