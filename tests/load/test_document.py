"""YAML to plain data with positions."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import SuiteError
from evalkit.load.document import parse_document, read_document

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param("a: 1\nb: [2.5, x, null, true]", {"a": 1, "b": [2.5, "x", None, True]}, id="scalars"),
        pytest.param("a: no\nb: on\nc: yes", {"a": "no", "b": "on", "c": "yes"}, id="YAML 1.2 booleans"),
        pytest.param("a: 2026-01-02", {"a": "2026-01-02"}, id="a date is a text"),
        pytest.param("a: 0x10\nb: 0o17\nc: 1e3\nd: 010", {"a": 16, "b": 15, "c": 1000.0, "d": 10}, id="numbers"),
        pytest.param("a: &x [1, 2]\nb: *x", {"a": [1, 2], "b": [1, 2]}, id="alias"),
        pytest.param(
            "a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}, id="merge"
        ),
        pytest.param("1: a\ntrue: b", {"1": "a", "true": "b"}, id="keys are names"),
        pytest.param("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}, id="block"),
    ],
)
def test_plain_data(text: str, data: Any) -> None:  # noqa: ANN401 - any data
    """What YAML says becomes strings, numbers, booleans, null, lists and mappings."""
    assert parse_document(text, "x.yaml").data == data


def test_positions_of_keys_and_values() -> None:
    """Lines and columns count from 1."""
    document = parse_document("a:\n  b: [1,\n      2]\n", "x.yaml")
    assert str(document.at(("a", "b"), key=True)) == "x.yaml:2:3"
    assert str(document.at(("a", "b", 1))) == "x.yaml:3:7"
    assert str(document.at(("a", "nowhere"))) == "x.yaml:2:3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "x.yaml:1:1: the file is empty", id="empty"),
        pytest.param("# only this\n", "x.yaml:1:1: the file is empty", id="a comment"),
        pytest.param("a: [1", "not valid YAML", id="unclosed"),
        pytest.param("a: 1\n---\nb: 2\n", "not valid YAML", id="two documents"),
        pytest.param("a:\n\tb: 1", "x.yaml:2:1: not valid YAML", id="tab"),
        pytest.param("a: *nope", "not valid YAML", id="unknown alias"),
        pytest.param("a: !thing 1", "x.yaml:1:4: unknown tag `!thing`", id="own tag"),
        pytest.param("a: !!python/object:os.system x", "unknown tag", id="code"),
        pytest.param("? [1]\n: 2", "a key must be a plain name", id="list as key"),
        pytest.param("a: &x {b: *x}", "anchor `x` contains itself", id="recursive"),
        pytest.param("a: " + "[" * 200 + "]" * 200, "nested deeper than", id="deep"),
        pytest.param("a: " + "[" * 20000, "nested deeper than", id="very deep"),
        pytest.param("a: {<<: 3}", "x.yaml:1:5: `<<` merges mappings only", id="merge of a number"),
        pytest.param("%YAML 1.1\n---\na: no\n", "x.yaml:1:1: only YAML 1.2 is read", id="older YAML"),
        pytest.param("a: 1\nb: x\x00y\n", "x.yaml:2:5: not valid YAML: a control character", id="zero byte"),
        pytest.param('a: "\\ud800"', "x.yaml:1:4: half a surrogate pair is no character", id="half a pair"),
        pytest.param("a: !!float x", "x.yaml:1:4: `x` is not a finite number", id="tagged float"),
        pytest.param("a: !!int x", "x.yaml:1:4: `x` is not a whole number that can be read", id="tagged int"),
        pytest.param("a: !!bool x", "x.yaml:1:4: `x` is not true or false", id="tagged boolean"),
        pytest.param("a: !!null x", "x.yaml:1:4: `x` is not null", id="tagged null"),
        pytest.param("a: !!binary aGk=", "x.yaml:1:4: unknown tag `tag:yaml.org,2002:binary`", id="binary"),
        pytest.param("a: 1e999", "x.yaml:1:4: `1e999` is not a finite number", id="too large"),
        pytest.param("a: " + "9" * 5000, "is not a whole number that can be read", id="5000 digits"),
        pytest.param("a: {<<: &x {b: *x}}", "anchor `x` contains itself", id="recursive merge"),
    ],
)
def test_refused(text: str, message: str) -> None:
    """What is not one document of plain values is refused with its place."""
    with pytest.raises(SuiteError) as caught:
        parse_document(text, "x.yaml")
    assert message in str(caught.value)
    assert caught.value.hint


def test_nothing_stands_where_its_key_does() -> None:
    """A value that is left out is shown at its key, not at the line after it."""
    document = parse_document("a:\n\nb: ~\n", "x.yaml")
    assert str(document.at(("a",))) == "x.yaml:1:1"
    assert str(document.at(("b",))) == "x.yaml:3:4"


def test_own_keys_keep_their_places_beside_merged_ones() -> None:
    """What `<<` takes in moves neither the mapping nor the keys that it has itself, wherever `<<` stands."""
    document = parse_document("a: &x {p: 1, q: 2}\nb:\n  p: 3\n  <<: *x\n", "x.yaml")
    assert document.data["b"] == {"p": 3, "q": 2}
    assert str(document.at(("b", "p"))) == "x.yaml:3:6"
    assert str(document.at(("b",))) == "x.yaml:3:3"
    assert str(document.at(("b", "q"), key=True)) == "x.yaml:1:14"


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    """The place of the first wrong byte is named."""
    file = tmp_path / "x.yaml"
    file.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(SuiteError, match=r"x\.yaml:2:4: not UTF-8 text"):
        read_document(file, "x.yaml")


def test_huge_files_are_not_read(tmp_path: Path) -> None:
    """Beyond eight million bytes nothing is parsed."""
    file = tmp_path / "x.yaml"
    file.write_bytes(b"# " + b"x" * (9 * 1024 * 1024))
    with pytest.raises(SuiteError, match="at most"):
        read_document(file, "x.yaml")


@given(st.text(max_size=200))
def test_any_text_is_data_or_an_error(text: str) -> None:
    """No text ends in a traceback."""
    with contextlib.suppress(SuiteError):
        parse_document(text, "x.yaml")
