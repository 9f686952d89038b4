"""The summary of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.forges.summary import write_summary

if TYPE_CHECKING:
    from pathlib import Path


def test_texts_are_appended(tmp_path: Path) -> None:
    """A step before may have written there; the file need not be there."""
    file = tmp_path / "summary.md"
    write_summary(str(file), ["one\n", "two\n"], 1000)
    write_summary(str(file), ["three\n"], 1000)
    assert file.read_text(encoding="utf-8").split() == ["one", "two", "three"]


@pytest.mark.parametrize("there", [0, 5000, 9900, 20_000])
def test_the_file_stays_within_its_limit(tmp_path: Path, there: int) -> None:
    """With what stood there before; GitHub would drop it whole."""
    file = tmp_path / "summary.md"
    file.write_bytes(b"x" * there)
    write_summary(str(file), ["é line\n" * 2000, "another\n" * 2000], 10_000)
    assert file.stat().st_size <= max(10_000, there)


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """In one sentence."""
    with pytest.raises(UsageError, match=r"GITHUB_STEP_SUMMARY names .* cannot be written"):
        write_summary(str(tmp_path / "absent" / "summary.md"), ["one"], 1000)
