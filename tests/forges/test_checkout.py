"""Files of a checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.forges.checkout import files_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a checkout with two files of a baseline."""
    (tmp_path / "one/.git").mkdir(parents=True)
    baselines = tmp_path / "one/reports/baselines"
    baselines.mkdir(parents=True)
    (baselines / "main.json").write_bytes(b'{"rows": []}\n')
    (baselines / "main.sketches").write_bytes(b"\x00\xff")
    return tmp_path / "one"


def test_files_and_folders_are_read_from_the_root_of_the_checkout(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are those that a commit has, wherever the command runs, and contents are bytes."""
    expected = {"reports/baselines/main.json": b'{"rows": []}\n', "reports/baselines/main.sketches": b"\x00\xff"}
    assert files_of([str(checkout / "reports")]) == expected
    monkeypatch.chdir(checkout / "reports")
    assert files_of(["baselines", "baselines/main.json"]) == expected


def test_what_cannot_be_proposed_is_named(checkout: Path, tmp_path: Path) -> None:
    """A path that is not there, an empty folder, one outside of any checkout, and one of another checkout."""
    with pytest.raises(UsageError, match="nowhere is not there"):
        files_of([str(checkout / "nowhere")])
    (checkout / "empty").mkdir()
    with pytest.raises(UsageError, match="there is no file in"):
        files_of([str(checkout / "empty")])
    (tmp_path / "outside").write_bytes(b"")
    with pytest.raises(UsageError, match="is in no checkout of git"):
        files_of([str(tmp_path / "outside")])
    (tmp_path / "two/.git").mkdir(parents=True)
    (tmp_path / "two/file").write_bytes(b"")
    with pytest.raises(UsageError, match="is in another checkout"):
        files_of([str(checkout / "reports"), str(tmp_path / "two/file")])
