"""Merge requests with files on GitLab; what holds for both forges is in `test_proposing.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.forge import Proposal
from tests.forges.conftest import gitlab_side

if TYPE_CHECKING:
    from forges.gitlab import FakeGitLab

FILES = {"reports/a b.json": b"{}", "README.md": b"# other\n"}
PROPOSAL = Proposal("evalkit/baseline", None, "New", "Because.", FILES)


def test_files_are_made_or_changed_in_one_commit(gitlab: FakeGitLab) -> None:
    """A path with blanks and slashes is quoted whole; nothing is fetched but what a file's content comes to."""
    gitlab_side(gitlab).forge.propose(PROPOSAL)
    assert gitlab.files("evalkit/baseline") == FILES
    (commit,) = [call for call in gitlab.requests if call.path.endswith("/repository/commits")]
    assert [(each["action"], each["file_path"]) for each in commit.document["actions"]] == [
        ("create", "reports/a b.json"),
        ("update", "README.md"),
    ]
    assert "/projects/42/repository/files/reports%2Fa%20b.json" in gitlab.asked("HEAD")


def test_the_branch_goes_when_it_is_merged(gitlab: FakeGitLab) -> None:
    """It is of no use to anybody then."""
    gitlab_side(gitlab).forge.propose(PROPOSAL)
    assert gitlab.requests_to_merge[1]["remove_source_branch"] is True


def test_a_role_that_is_too_low_is_said(gitlab: FakeGitLab) -> None:
    """With the one that it takes."""
    gitlab.role = "reporter"
    with pytest.raises(ForgeError, match="403 Forbidden") as caught:
        gitlab_side(gitlab).forge.propose(PROPOSAL)
    assert caught.value.hint == "give the token of EVALKIT_GITLAB_TOKEN scope `api` and role Developer"
