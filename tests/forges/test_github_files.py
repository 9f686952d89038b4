"""Pull requests with files on GitHub; what holds for both forges is in `test_proposing.py`."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.forge import Proposal
from forges.github import FakeGitHub
from tests.forges.conftest import TOKEN, github_side

if TYPE_CHECKING:
    from pathlib import Path

PROPOSAL = Proposal("evalkit/baseline", None, "New", "Because.", {"a.json": b"{}"})


def test_workflows_that_may_not_open_requests_are_told_where_to_allow_it() -> None:
    """The permission of the job is not enough."""
    with FakeGitHub(TOKEN) as fake:
        fake.actions_open = False
        with pytest.raises(ForgeError, match="not permitted to create or approve pull requests") as caught:
            github_side(fake).forge.propose(PROPOSAL)
    assert "Settings, Actions, General" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("writes", "lacks"), [(frozenset[str](), "contents: write"), (frozenset({"contents"}), "pull_requests: write")]
)
def test_a_token_that_may_not_write_is_told_what_it_lacks(writes: frozenset[str], lacks: str) -> None:
    """Of the two permissions."""
    with FakeGitHub(TOKEN) as fake:
        fake.writes = writes
        with pytest.raises(ForgeError, match="403") as caught:
            github_side(fake).forge.propose(PROPOSAL)
    assert f"`{lacks}`" in (caught.value.hint or "")


def test_a_branch_of_a_name_with_slashes_is_addressed_as_one(github: FakeGitHub) -> None:
    """GitHub takes them in the path as they are."""
    github_side(github).forge.propose(PROPOSAL)
    assert "/repos/acme/prompts/git/ref/heads/evalkit/baseline" in github.asked("GET")


def test_the_fake_names_contents_as_git_does(github: FakeGitHub, tmp_path: Path) -> None:
    """So that the same content is the same object."""
    if shutil.which("git") is None:
        pytest.skip("no git")
    file = tmp_path / "file"
    file.write_bytes(b"\x00\xff some content\n")
    named = subprocess.run(["git", "hash-object", str(file)], capture_output=True, text=True, check=True, timeout=30)
    assert github.add_blob(file.read_bytes()) == named.stdout.strip()
