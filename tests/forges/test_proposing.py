"""One open request with new baselines, on both forges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ForgeError, UsageError
from evalkit.forges.proposing import propose_files
from forges.github import FakeGitHub

if TYPE_CHECKING:
    from tests.forges.conftest import Side

NEW = {"reports/baselines/tone.json": b"{}\n", "reports/baselines/tone.sketches": b"\x00\xff"}
BRANCH = "evalkit/baseline"
URL = "https://forge.example/runs/7"


def _propose(
    side: Side, files: dict[str, bytes] = NEW, *, base: str | None = None, branch: str = BRANCH, title: str = "New"
) -> str:
    return propose_files(side.forge, files, branch=branch, base=base, title=title, run_url=URL)


def _merge(side: Side) -> None:
    """Have the branch be merged, as it is, without a commit of its own."""
    if isinstance(side.fake, FakeGitHub):
        side.fake.refs["main"] = side.fake.refs[BRANCH]
        for pull in side.fake.pulls.values():
            pull["state"] = "closed"
    else:
        side.fake.branches["main"] = side.fake.branches[BRANCH]
        side.fake.requests_to_merge.clear()


def test_a_request_is_opened_with_the_files(side: Side) -> None:
    """On top of the default branch, with all else as it was."""
    said = _propose(side)
    assert said.startswith(f"opened {side.forge.request_name} 1: https://")
    assert side.fake.files(BRANCH) == {"README.md": b"# prompts\n", **NEW}
    ((title, body),) = side.requests()
    assert title == "New"
    assert "- `reports/baselines/tone.json`\n- `reports/baselines/tone.sketches`\n" in body
    assert f"[The run]({URL})" in body


def test_nothing_is_proposed_that_is_there(side: Side) -> None:
    """No branch, no request."""
    assert _propose(side, {"README.md": b"# prompts\n"}) == "nothing to propose: the branch has these very files"
    assert side.requests() == []
    _propose(side)
    _merge(side)
    assert _propose(side).startswith("nothing to propose")


def test_the_same_again_changes_nothing(side: Side) -> None:
    """Neither the branch, which would start every check again, nor the request."""
    _propose(side)
    before = side.fake.files(BRANCH), dict(getattr(side.fake, "refs", {})), dict(getattr(side.fake, "branches", {}))
    assert _propose(side).startswith(f"left as it was {side.forge.request_name} 1")
    after = side.fake.files(BRANCH), dict(getattr(side.fake, "refs", {})), dict(getattr(side.fake, "branches", {}))
    assert after == before
    assert not any(write.startswith(("PATCH", "PUT")) for write in side.writes())


def test_newer_files_take_the_place_of_older_ones(side: Side) -> None:
    """In the one request; what is not proposed any more is not in the branch any more."""
    _propose(side)
    newer = {"reports/baselines/facts.json": b"[1]\n"}
    assert _propose(side, newer, title="Newer").startswith(f"updated {side.forge.request_name} 1")
    assert side.fake.files(BRANCH) == {"README.md": b"# prompts\n", **newer}
    assert [title for title, _ in side.requests()] == ["Newer"]


def test_a_branch_follows_its_base(side: Side) -> None:
    """So that nothing has to be resolved by hand."""
    _propose(side)
    if isinstance(side.fake, FakeGitHub):
        blobs = {"README.md": side.fake.add_blob(b"# more\n"), "other": side.fake.add_blob(b"x")}
        side.fake.refs["main"] = side.fake.add_commit("More", side.fake.add_tree(blobs), [side.fake.refs["main"]])
    else:
        files = {"README.md": b"# more\n", "other": b"x"}
        side.fake.branches["main"] = side.fake.add_commit([side.fake.branches["main"]], files)
    assert _propose(side).startswith("updated")
    assert side.fake.files(BRANCH) == {"README.md": b"# more\n", "other": b"x", **NEW}


def test_a_request_that_was_merged_is_followed_by_another(side: Side) -> None:
    """The old branch is overwritten."""
    _propose(side)
    _merge(side)
    assert _propose(side, {"reports/baselines/tone.json": b"[]"}).startswith("opened")
    assert side.fake.files(BRANCH)["reports/baselines/tone.json"] == b"[]"


def test_another_base_may_be_named(side: Side) -> None:
    """One that is not there is said."""
    if isinstance(side.fake, FakeGitHub):
        side.fake.refs["next"] = side.fake.refs["main"]
    else:
        side.fake.branches["next"] = side.fake.branches["main"]
    assert _propose(side, base="next").startswith("opened")
    with pytest.raises(ForgeError, match="there is no branch `absent`"):
        _propose(side, base="absent")


def test_the_base_is_never_overwritten(side: Side) -> None:
    """It is the branch that people work on."""
    with pytest.raises(ForgeError, match="`main` is the branch that the files are for, and would be overwritten"):
        _propose(side, branch="main")
    assert side.writes() == []


@pytest.mark.parametrize(
    "name", ["", "a b", "-a", "a..b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\", "/a", "a/", "a//b", ".a", "a/.b",
             "a.lock", "a.", "a@{b", "a\n"],
)  # fmt: skip
def test_a_name_that_is_none_of_a_branch_is_refused(side: Side, name: str) -> None:
    """Before anything is asked."""
    with pytest.raises(UsageError, match="cannot be the name of a branch"):
        _propose(side, branch=name)
    assert side.fake.requests == []


def test_many_files_are_counted(side: Side) -> None:
    """A body has its end."""
    _propose(side, {f"reports/baselines/{number:03}.json": b"%d" % number for number in range(60)})
    ((_, body),) = side.requests()
    assert "- and 10 more\n" in body
