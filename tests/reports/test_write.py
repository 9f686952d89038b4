"""Writing reports into a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import StoreError, UsageError
from evalkit.reports.write import write_reports
from evalkit.types import Cell, Completion, Condition, Draw
from evalkit.verdicts import Scored, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.findings import Report


def test_files_come_in_the_order_asked_for(report: Report, cells: list[Cell], tmp_path: Path) -> None:
    """The folder is made, each format is written once, and nothing else is left in it."""
    folder = tmp_path / "new" / "reports"
    paths = write_reports(report, ["verdicts", "json", "md", "csv", "json"], folder, lambda: cells)
    assert [path.name for path in paths] == ["verdicts.jsonl", "report.json", "report.md", "cells.csv"]
    assert sorted(folder.iterdir()) == sorted(paths)


def test_unknown_format_writes_nothing(report: Report, tmp_path: Path) -> None:
    """A format that is not known is refused before the first file."""
    with pytest.raises(UsageError, match="no report format named `pdf`"):
        write_reports(report, ["json", "pdf"], tmp_path / "reports", list[Cell])
    assert not (tmp_path / "reports").exists()


def test_folder_that_is_a_file_is_one_sentence(report: Report, tmp_path: Path) -> None:
    """A path that cannot be a folder is named, with the system's reason."""
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match=r"reports cannot be written to .*taken: File exists$"):
        write_reports(report, ["json"], tmp_path / "taken", list[Cell])
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_failure_half_way_leaves_the_old_file(report: Report, cells: list[Cell], tmp_path: Path) -> None:
    """When the source of verdicts fails, what stood there stays, and no half of a file is left."""
    (tmp_path / "verdicts.jsonl").write_text("old", encoding="utf-8")

    def failing() -> Iterator[Cell]:
        yield from cells
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match=r"No space left on device$"):
        write_reports(report, ["verdicts"], tmp_path, failing)
    assert [path.name for path in tmp_path.iterdir()] == ["verdicts.jsonl"]
    assert (tmp_path / "verdicts.jsonl").read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full, as Linux has")
def test_full_disk_is_one_sentence(report: Report, tmp_path: Path) -> None:
    """A disk without room is named as such, and the link that stood in for it is cleared away."""
    (tmp_path / f".report.json.{os.getpid()}").symlink_to("/dev/full")
    with pytest.raises(StoreError, match=r"No space left on device$"):
        write_reports(report, ["json"], tmp_path, list[Cell])
    assert list(tmp_path.iterdir()) == []


def test_half_a_surrogate_pair_does_not_stop_a_report(report: Report, tmp_path: Path) -> None:
    """A text that has no UTF-8 form, as models do produce, is written all the same."""
    odd = Draw(0, Completion("complete", "\ud83d"), Scored((Verdict("max_words", 1.0, 1.0, "says \ud83d"),)), 0)
    row = report.summary.rows[0]
    cell = Cell(row.provider, row.model, Condition(row.condition.values), "case", {}, None, (odd,))
    (path,) = write_reports(report, ["verdicts"], tmp_path, lambda: [cell])
    assert "says \ufffd" in path.read_text(encoding="utf-8")
