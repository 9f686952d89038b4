"""A merge request with files, without git."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.forge import Proposal
from forges.gitlab import REPORTER, FakeGitLab
from tests.forges.conftest import on_gitlab

FILES = {"reports/baselines/main.json": b'{"rows": []}\n', "reports/baselines/main.sketches": b"\x00\xff"}
PROPOSAL = Proposal("evalkit/baseline", None, "Take a new baseline", "The files", FILES)


def _parents(gitlab: FakeGitLab, branch: str) -> list[str]:
    return list(gitlab.commits[gitlab.branches[branch]]["parent_ids"])


def test_a_request_is_opened_updated_and_left(gitlab: FakeGitLab) -> None:
    """There is one branch with one commit on the base, and one open request, however often it is proposed."""
    main = gitlab.branches["main"]
    opened = on_gitlab(gitlab).propose(PROPOSAL)
    assert opened is not None
    assert (opened.number, opened.done) == (1, "opened")
    assert gitlab.files("evalkit/baseline") == {"README.md": b"# prompts\n", **FILES}
    tip = gitlab.branches["evalkit/baseline"]
    again = on_gitlab(gitlab).propose(PROPOSAL)
    assert (again and again.done, gitlab.branches["evalkit/baseline"]) == ("left as it was", tip)
    updated = on_gitlab(gitlab).propose(replace(PROPOSAL, files={"README.md": b"# newer\n"}, body="Newer files"))
    assert updated is not None
    assert (updated.number, updated.done) == (1, "updated")
    assert gitlab.files("evalkit/baseline") == {"README.md": b"# newer\n"}
    assert _parents(gitlab, "evalkit/baseline") == [main]
    assert (len(gitlab.requests_to_merge), gitlab.requests_to_merge[1]["description"]) == (1, "Newer files")


def test_a_base_that_moved_gets_the_commit_on_its_tip(gitlab: FakeGitLab) -> None:
    """What was merged since is not undone by the proposal."""
    on_gitlab(gitlab).propose(PROPOSAL)
    gitlab.branches["main"] = gitlab.add_commit("Change", {"README.md": b"# newer\n"}, [gitlab.branches["main"]])
    on_gitlab(gitlab).propose(PROPOSAL)
    assert _parents(gitlab, "evalkit/baseline") == [gitlab.branches["main"]]
    assert gitlab.files("evalkit/baseline") == {"README.md": b"# newer\n", **FILES}


def test_a_base_with_these_files_needs_no_request(gitlab: FakeGitLab) -> None:
    """Once it is merged there is nothing to propose."""
    on_gitlab(gitlab).propose(PROPOSAL)
    gitlab.branches["main"] = gitlab.branches["evalkit/baseline"]
    assert on_gitlab(gitlab).propose(PROPOSAL) is None


def test_what_cannot_be_is_refused(gitlab: FakeGitLab) -> None:
    """The base is never overwritten, one that is not there is named, and so is the role that is missing."""
    with pytest.raises(ForgeError, match="`main` is the branch that the files are for"):
        on_gitlab(gitlab).propose(replace(PROPOSAL, branch="main"))
    with pytest.raises(ForgeError, match="there is no branch `release/1`"):
        on_gitlab(gitlab).propose(replace(PROPOSAL, base="release/1"))
    gitlab.role = REPORTER
    with pytest.raises(ForgeError, match="403") as caught:
        on_gitlab(gitlab).propose(PROPOSAL)
    assert "role Developer" in (caught.value.hint or "")
