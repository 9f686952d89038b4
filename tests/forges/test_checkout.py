"""Files as a commit names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.forges.checkout import files_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a checkout with two baselines, one of them with sketches."""
    folder = tmp_path / "checkout"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    baselines = folder / "reports" / "baselines"
    baselines.mkdir(parents=True)
    (baselines / "tone.json").write_text("{}", encoding="utf-8")
    (baselines / "tone.sketches").write_bytes(b"\x00\xff")
    (baselines / "old.json").write_text("[]", encoding="utf-8")
    return folder


def test_a_folder_s_files_are_named_from_the_root(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command runs; a file that is named twice is one."""
    monkeypatch.chdir(checkout / "reports")
    files = files_of(["baselines", "baselines/tone.json"])
    assert files == {
        "reports/baselines/old.json": b"[]",
        "reports/baselines/tone.json": b"{}",
        "reports/baselines/tone.sketches": b"\x00\xff",
    }


def test_git_s_own_files_are_none(checkout: Path) -> None:
    """Though they are in the folder."""
    assert len(files_of([str(checkout)])) == 3


def test_what_is_not_there_or_nowhere_is_said(checkout: Path, tmp_path: Path) -> None:
    """Each in one sentence."""
    with pytest.raises(UsageError, match="is not there"):
        files_of([str(checkout / "absent")])
    (checkout / "empty").mkdir()
    with pytest.raises(UsageError, match="there is no file in"):
        files_of([str(checkout / "empty")])
    outside = tmp_path / "outside.json"
    outside.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="is in no checkout of git"):
        files_of([str(outside)])
    other = tmp_path / "other"
    (other / ".git").mkdir(parents=True)
    (other / "tone.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="is in another checkout"):
        files_of([str(checkout / "reports"), str(other / "tone.json")])


def test_a_link_out_of_the_checkout_is_not_followed(checkout: Path, tmp_path: Path) -> None:
    """What it leads to would be published under another name."""
    secret = tmp_path / "secret"
    secret.write_text("key", encoding="utf-8")
    (checkout / "reports" / "baselines" / "link.json").symlink_to(secret)
    with pytest.raises(UsageError, match="is in no checkout of git"):
        files_of([str(checkout / "reports")])
