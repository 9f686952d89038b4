"""Folders of reports as a forge is told of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.forges.nights import read_nights
from tests.forges.folders import write_night

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_of_one_suite(tmp_path: Path) -> None:
    """State, words and comment come from the two files; line ends are of one kind."""
    write_night(tmp_path, "support", "worse", comment="## Worse\r\nmore\r\n")
    (night,) = read_nights([str(tmp_path)])
    assert (night.suite, night.state, night.words) == ("support", "worse", "support: worse.")
    assert night.comment == "## Worse\nmore\n"


def test_a_folder_of_several_suites_gives_the_worst_first(tmp_path: Path) -> None:
    """Every state has its place, ties go by name, and a folder named twice counts once."""
    states = ["good", "undecided", "incomplete", "changed", "worse", "failed", "failed"]
    for number, state in enumerate(states):
        write_night(tmp_path / f"s{number}", f"s{number}", state)
    nights = read_nights([str(tmp_path), str(tmp_path / "s0"), str(tmp_path)])
    assert [night.suite for night in nights] == ["s5", "s6", "s4", "s3", "s2", "s1", "s0"]


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("{", "no report with a headline"),
        ("[]", "no report with a headline"),
        (json.dumps({"suite": {"name": "a"}}), "no report with a headline"),
        (json.dumps({"suite": {"name": "a"}, "headline": None}), "no report with a headline"),
        (json.dumps({"suite": {"name": "a"}, "headline": {"state": "odd", "words": ""}}), "state 'odd'"),
        (json.dumps({"suite": {"name": "a"}, "headline": {"state": ["bad"], "words": ""}}), "does not know"),
        (json.dumps({"suite": {"name": 3}, "headline": {"state": "good", "words": ""}}), "does not know"),
    ],
)
def test_a_report_that_is_none_is_named(tmp_path: Path, report: str, said: str) -> None:
    """The message names the file."""
    write_night(tmp_path, "support", "good")
    (tmp_path / "report.json").write_text(report, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as caught:
        read_nights([str(tmp_path)])
    assert str(tmp_path / "report.json") in caught.value.message


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """No folder, no report and no comment each have their words, and say what writes them."""
    with pytest.raises(UsageError, match="none is no folder"):
        read_nights([str(tmp_path / "none")])
    with pytest.raises(UsageError, match=r"holds no report\.json") as caught:
        read_nights([str(tmp_path)])
    assert "--format json,comment" in (caught.value.hint or "")
    write_night(tmp_path, "support", "good")
    (tmp_path / "comment.md").unlink()
    with pytest.raises(UsageError, match=r"comment\.md is not there"):
        read_nights([str(tmp_path)])
    (tmp_path / "comment.md").mkdir()
    with pytest.raises(UsageError, match=r"comment\.md cannot be read"):
        read_nights([str(tmp_path)])


def test_two_reports_of_one_suite_are_refused(tmp_path: Path) -> None:
    """Which one holds nobody knows."""
    for name in ("a", "b"):
        write_night(tmp_path / name, "support", "good")
    with pytest.raises(UsageError, match="of suite support, of which there is one already"):
        read_nights([str(tmp_path)])
