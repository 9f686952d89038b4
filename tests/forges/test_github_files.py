"""A pull request with files, without git."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.forge import Proposal
from tests.forges.conftest import on_github

if TYPE_CHECKING:
    from forges.github import FakeGitHub

FILES = {"reports/baselines/main.json": b'{"rows": []}\n', "reports/baselines/main.sketches": b"\x00\xff"}
PROPOSAL = Proposal("evalkit/baseline", None, "Take a new baseline", "The files", FILES)


def _parents(github: FakeGitHub, branch: str) -> list[str]:
    return list(github.commits[github.refs[branch]]["parents"])


def test_a_request_is_opened_updated_and_left(github: FakeGitHub) -> None:
    """There is one branch with one commit on the base, and one open request, however often it is proposed."""
    main = github.refs["main"]
    opened = on_github(github).propose(PROPOSAL)
    assert opened is not None
    assert (opened.number, opened.done) == (1, "opened")
    assert github.files("evalkit/baseline") == {"README.md": b"# prompts\n", **FILES}
    assert _parents(github, "evalkit/baseline") == [main]
    assert github.refs["main"] == main
    tip = github.refs["evalkit/baseline"]
    again = on_github(github).propose(PROPOSAL)
    assert (again and again.done, github.refs["evalkit/baseline"]) == ("left as it was", tip)
    newer = replace(PROPOSAL, files={**FILES, "reports/baselines/main.json": b"{}\n"}, body="Newer files")
    updated = on_github(github).propose(newer)
    assert updated is not None
    assert (updated.number, updated.done) == (1, "updated")
    assert github.files("evalkit/baseline")["reports/baselines/main.json"] == b"{}\n"
    assert _parents(github, "evalkit/baseline") == [main]
    assert (len(github.pulls), github.pulls[1]["body"]) == (1, "Newer files")


def test_a_base_that_moved_gets_the_commit_on_its_tip(github: FakeGitHub) -> None:
    """What was merged since is not undone by the proposal."""
    on_github(github).propose(PROPOSAL)
    files = {"README.md": github.add_blob(b"# newer\n")}
    github.refs["main"] = github.add_commit("Change", github.add_tree(files), [github.refs["main"]])
    on_github(github).propose(PROPOSAL)
    assert _parents(github, "evalkit/baseline") == [github.refs["main"]]
    assert github.files("evalkit/baseline") == {"README.md": b"# newer\n", **FILES}


def test_a_request_that_was_closed_is_opened_anew(github: FakeGitHub) -> None:
    """The branch that is left from it is used again."""
    on_github(github).propose(PROPOSAL)
    github.pulls[1]["state"] = "closed"
    again = on_github(github).propose(PROPOSAL)
    assert (again and again.number, again and again.done) == (2, "opened")


def test_a_base_with_these_files_needs_no_request(github: FakeGitHub) -> None:
    """Once it is merged there is nothing to propose."""
    on_github(github).propose(PROPOSAL)
    github.refs["main"] = github.refs["evalkit/baseline"]
    assert on_github(github).propose(PROPOSAL) is None


def test_bases_that_cannot_be_are_refused(github: FakeGitHub) -> None:
    """The base is never overwritten, and one that is not there is named."""
    with pytest.raises(ForgeError, match="`main` is the branch that the files are for"):
        on_github(github).propose(replace(PROPOSAL, branch="main"))
    with pytest.raises(ForgeError, match="there is no branch `release/1`") as caught:
        on_github(github).propose(replace(PROPOSAL, base="release/1"))
    assert "--base" in (caught.value.hint or "")
    assert github.asked("POST") == []


def test_what_is_missing_to_propose_is_named(github: FakeGitHub) -> None:
    """The permission, or the setting that lets workflows open pull requests."""
    github.actions_open = False
    with pytest.raises(ForgeError, match="not permitted to create") as caught:
        on_github(github).propose(PROPOSAL)
    assert "Settings, Actions, General" in (caught.value.hint or "")
    github.writes = frozenset({"issues"})
    with pytest.raises(ForgeError, match="403") as caught:
        on_github(github).propose(PROPOSAL)
    assert "`contents: write`" in (caught.value.hint or "")
