"""Which YAML files are suites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.plugin.recognise import holds_suite

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "text",
    [
        "suite: a\n",
        "# yaml-language-server: x\n\nversion: 1\nsuite: a\n",
        "\ufeffsuite: a\n",
        "version: 1\r\nsuite: a\r\n",
        "'suite': a\n",
        '"suite" : a\n',
        "suite:\n",
        "{suite: a, cases: []}\n",
        '{\n  "version": 1,\n  "suite": "a"\n}\n',
        "  suite: a\n  version: 1\n",
        "suite: a\ncases: [\n",
        "suite: a\n\tcases: 1\n",
    ],
    ids=[
        "first",
        "later",
        "byte-order mark",
        "line ends",
        "quotes",
        "space",
        "no value",
        "braces",
        "json",
        "indented",
        "broken",
        "tab",
    ],
)
def test_what_has_the_key_at_its_top_is_a_suite(tmp_path: Path, text: str) -> None:
    """Also where the rest is broken: it is meant to be one, and should say what is wrong."""
    file = tmp_path / "x.yaml"
    file.write_bytes(text.encode())
    assert holds_suite(file)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- {user: Hi., assistant: Hello.}\n",
        "exchanges:\n  - {user: 'which suite: this?', assistant: None.}\n",
        "settings:\n  suite: a\n",
        "suites: [a]\n",
        "suite:a\n",
        "mysuite: a\n",
        "{broken: suite: [\n",
        "# suite: a\nversion: 1\n",
        "- suite: a\n",
    ],
    ids=[
        "empty",
        "conversation",
        "in a text",
        "further down",
        "another key",
        "no key",
        "longer key",
        "broken",
        "comment",
        "in a list",
    ],
)
def test_anything_else_is_none(tmp_path: Path, text: str) -> None:
    """Whatever it says of suites elsewhere."""
    file = tmp_path / "x.yaml"
    file.write_bytes(text.encode())
    assert not holds_suite(file)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Nobody knows what it is."""
    with pytest.raises(OSError, match="directory"):
        holds_suite(tmp_path)
