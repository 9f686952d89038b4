"""JSON as a whole text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.structure import ValidJson
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    "text",
    ['{"a": [1, 2.5e3, null]}', " \n[]\n", "3", '"text"', "true", "1" * 5_000, "1e999", '{"a": 1, "a": 2}'],
    ids=["object", "blanks", "number", "string", "word", "long number", "large number", "repeated key"],
)
def test_one_document_is_met(text: str) -> None:
    """Any JSON value will do, whatever its size."""
    assert ValidJson().score(text, whole=True).value == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{'a': 1}",
        "[1,]",
        "{} {}",
        "Here: {}",
        "{} done",
        "NaN",
        '{"a": -Infinity}',
        "[Infinity]",
        "01",
        "\ufeff{}",
    ],
    ids=[
        "empty",
        "open",
        "single quotes",
        "trailing comma",
        "two",
        "before",
        "after",
        "nan",
        "minus infinity",
        "infinity",
        "leading zero",
        "byte order mark",
    ],
)
def test_anything_else_is_broken(text: str) -> None:
    """One document and nothing around it."""
    assert ValidJson().score(text, whole=True).value == 0


_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(document=_DOCUMENTS, indent=st.none() | st.just(2))
def test_what_json_writes_is_met(document: Any, indent: int | None) -> None:  # noqa: ANN401 - any JSON
    """Also between white space and inside a fence."""
    text = json.dumps(document, indent=indent)
    assert ValidJson().score(f"\n{text} ", whole=True).value == 1
    assert ValidJson(fence=True).score(f"```json\n{text}\n```", whole=True).value == 1


@given(document=_DOCUMENTS, cut=st.integers(0, 40))
def test_the_beginning_of_a_document_is_never_broken_when_cut(document: Any, cut: int) -> None:  # noqa: ANN401 - any JSON
    """Whatever could still become JSON is undecided."""
    assert ValidJson().score(json.dumps(document)[:cut], whole=False).value is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Sure", 0.0),
        (" Sure", 0.0),
        ('{"a": NaN', 0.0),
        ("{} and", 0.0),
        ("1 and", None),
        ("{}", None),
        ("", None),
        ("```json\n{", 0.0),
    ],
    ids=["prose", "indented prose", "nan", "goes on", "number", "closed", "empty", "fence"],
)
def test_a_cut_text_is_broken_only_when_nothing_can_mend_it(text: str, value: float | None) -> None:
    """A wrong first character, a word that is not JSON, or text after a closed document."""
    assert ValidJson().score(text, whole=False).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("```json\n{}\n```", 1.0),
        ("```\n[1]\n```\n", 1.0),
        ("````\n{}\n````", 1.0),
        ("```json\r\n{}\r\n```\r\n", 1.0),
        ("```json\n\n{}\n\n```", 1.0),
        ("{}", 1.0),
        ("```json\n{}", 0.0),
        ("```json\n{}\n```\nDone", 0.0),
        ("Here:\n```json\n{}\n```", 0.0),
        ("````\n{}\n```", 0.0),
        ("```json\nno\n```", 0.0),
        ("`{}`", 0.0),
    ],
    ids=[
        "named",
        "bare",
        "four",
        "both line ends",
        "blank lines",
        "no fence",
        "open",
        "text after",
        "text before",
        "shorter close",
        "not json",
        "inline",
    ],
)
def test_one_fence_may_be_accepted(text: str, value: float) -> None:
    """A fence around the document counts only when it is asked for and stands on lines of its own."""
    assert ValidJson(fence=True).score(text, whole=True).value == value
    if text.startswith("`"):
        assert ValidJson().score(text, whole=True).value == 0


@pytest.mark.parametrize("text", ["```json\n{}\n```", "```json\n{", "`", "```json\nno"])
def test_a_cut_text_in_a_fence_is_open(text: str) -> None:
    """What follows may mend or break it."""
    assert ValidJson(fence=True).score(text, whole=False).value is None


def test_a_document_nested_too_deeply_is_undecided() -> None:
    """The parser's limit is no verdict on the text."""
    score = ValidJson().score("[" * 100_000 + "]" * 100_000, whole=True)
    assert (score.value, score.reason) == (None, "nested more deeply than the parser can follow")


def test_the_span_is_where_it_goes_wrong() -> None:
    """Positions count from the text's start, white space included."""
    score = ValidJson().score(' {"a" 1}', whole=True)
    assert score.reason == "not JSON from character 7 on: expecting ':' delimiter"
    assert score.spans == (Span(6, 7),)


def test_what_follows_the_document_is_shown() -> None:
    """The span covers the text after the document."""
    score = ValidJson().score("{} done", whole=True)
    assert (score.reason, score.spans) == ("the text goes on after the JSON document", (Span(2, 7),))
