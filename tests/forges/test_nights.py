"""Reading what runs wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.forges.nights import Night, read_nights

if TYPE_CHECKING:
    from pathlib import Path


def _write(folder: Path, suite: str = "tone", state: str = "good", comment: str | None = "All is well.\n") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    report = {"suite": {"name": suite}, "headline": {"state": state, "words": "so it is"}}
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    if comment is not None:
        (folder / "comment.md").write_text(comment, encoding="utf-8", newline="")
    return str(folder)


def test_a_folder_of_one_suite_is_read(tmp_path: Path) -> None:
    """Line ends of every kind become one kind, so that no line hides from what looks for its beginning."""
    assert read_nights([_write(tmp_path, comment="one\r\ntwo\rthree\n")]) == [
        Night("tone", "good", "so it is", "one\ntwo\nthree\n")
    ]


def test_a_folder_of_several_is_read_the_worst_first(tmp_path: Path) -> None:
    """One named twice is read once, and other folders in it are no matter."""
    (tmp_path / "other").mkdir()
    states = {
        "a": "good",
        "b": "undecided",
        "c": "incomplete",
        "d": "changed",
        "e": "worse",
        "f": "failed",
        "g": "worse",
    }
    for suite, state in states.items():
        _write(tmp_path / suite, suite, state)
    nights = read_nights([str(tmp_path), str(tmp_path / "a")])
    assert [night.suite for night in nights] == ["f", "e", "g", "d", "c", "b", "a"]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("absent", "is no folder"),
        ("empty", "holds no report.json"),
        ("no comment", "comment.md is not there"),
        ("no JSON", "is no report with a headline"),
        ("no headline", "is no report with a headline"),
        ("list", "is no report with a headline"),
        ("state", "has the state 'splendid', which evalkit does not know"),
        ("folder", "report.json cannot be read"),
        ("twice", "holds a report of suite tone, of which there is one already"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, what: str, words: str) -> None:
    """With the file at fault."""
    folder = tmp_path / "night"
    if what != "absent":
        folder.mkdir()
    if what == "no comment":
        _write(folder, comment=None)
    elif what in ("no JSON", "no headline", "list"):
        _write(folder)
        text = {"no JSON": "{", "no headline": '{"suite": {"name": "tone"}}', "list": "[]"}[what]
        (folder / "report.json").write_text(text, encoding="utf-8")
    elif what == "state":
        _write(folder, state="splendid")
    elif what == "folder":
        (folder / "report.json").mkdir()
    elif what == "twice":
        _write(folder / "a")
        _write(folder / "b")
    with pytest.raises(UsageError, match=words) as caught:
        read_nights([str(folder)])
    assert str(folder) in caught.value.message


def test_text_that_is_no_utf8_is_read_all_the_same(tmp_path: Path) -> None:
    """A comment is worth more than its last letter."""
    folder = _write(tmp_path)
    (tmp_path / "comment.md").write_bytes(b"caf\xe9\n")
    assert read_nights([folder])[0].comment == "caf\ufffd\n"
