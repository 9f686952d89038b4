"""The summary of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.forges.summary import write_summary

if TYPE_CHECKING:
    from pathlib import Path


def test_texts_are_added_to_what_is_there(tmp_path: Path) -> None:
    """Another step's words stay."""
    file = tmp_path / "summary.md"
    write_summary(str(file), ["one", "two"], 1000)
    write_summary(str(file), ["three"], 1000)
    assert file.read_text(encoding="utf-8") == "\none\n\ntwo\n\n\nthree\n\n"


def test_the_whole_file_stays_under_the_limit(tmp_path: Path) -> None:
    """GitHub drops a longer summary as a whole, so later texts are cut, and then left out."""
    file = tmp_path / "summary.md"
    for _ in range(4):
        write_summary(str(file), ["word\n" * 300], 2000)
        assert file.stat().st_size <= 2000
    assert "The rest is in the reports of the run." in file.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The variable is named, because it is where to look."""
    with pytest.raises(UsageError, match=r"GITHUB_STEP_SUMMARY names .* cannot be written"):
        write_summary(str(tmp_path), ["one"], 1000)
