"""What a request with new baselines says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.forges.proposing import propose_files
from tests.forges.conftest import on_github

if TYPE_CHECKING:
    from forges.github import FakeGitHub

FILES = {"reports/baselines/main.json": b"{}\n"}


def test_the_request_names_its_files_and_its_run(github: FakeGitHub) -> None:
    """What it does is said in words, and a backquote in a path ends no code."""
    said = propose_files(
        on_github(github),
        {**FILES, "reports/a`b": b"", **{f"reports/{number}": b"" for number in range(60)}},
        branch="evalkit/baseline",
        base=None,
        title="Take a new baseline",
        run_url="https://run.example",
    )
    assert said.startswith("opened pull request 1: https://github.example/acme/prompts/pull/1")
    body = github.pulls[1]["body"]
    assert "- `reports/baselines/main.json`\n- `reports/a?b`\n" in body
    assert "- and 12 more\n" in body
    assert body.endswith("\n\n[The run](https://run.example)\n")


def test_nothing_is_proposed_where_the_files_are_there(github: FakeGitHub) -> None:
    """Neither branch nor request is made."""
    said = propose_files(
        on_github(github), {"README.md": b"# prompts\n"}, branch="evalkit/baseline", base=None, title="a", run_url=None
    )
    assert said == "nothing to propose: the branch has these very files"
    assert (github.pulls, list(github.refs)) == ({}, ["main"])


@pytest.mark.parametrize(
    "name",
    ["", "a b", "a..b", "-a", "/a", "a/", "a.lock", "a//b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "@{", "a/.b"],
)
def test_what_cannot_be_a_branch_is_refused(github: FakeGitHub, name: str) -> None:
    """Nothing is asked then."""
    for branch, base in ((name, None), ("evalkit/baseline", name)):
        with pytest.raises(UsageError, match="cannot be the name of a branch"):
            propose_files(on_github(github), FILES, branch=branch, base=base, title="a", run_url=None)
    assert github.requests == []
