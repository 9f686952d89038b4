"""GitLab's API: roles, advice, and what counts as ours."""

from __future__ import annotations

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.comment import keep_comment
from forges.gitlab import OTHER, OWN, REPORTER, FakeGitLab
from tests.forges.conftest import night, on_gitlab


def test_notes_are_listed_the_oldest_first_without_those_of_the_system(gitlab: FakeGitLab) -> None:
    """All pages are read, and each note is told from those of others."""
    for number in range(5):
        gitlab.add_note("merge_requests/3", str(number), OWN if number % 2 else OTHER, system=number == 2)
    found = [(each.body, each.ours) for each in on_gitlab(gitlab).comments(3)]
    assert found == [("0", False), ("1", True), ("3", True), ("4", False)]
    assert gitlab.asked("GET").count("/user") == 1


def test_a_note_that_is_gone_is_deleted(gitlab: FakeGitLab) -> None:
    """Whoever deleted it before, it is gone."""
    client = on_gitlab(gitlab)
    note = client.add_comment(3, "a")
    for _ in range(2):
        client.delete_comment(3, note)
    assert gitlab.notes == []


def test_a_comment_is_within_the_limit_however_many_slashes_it_has(gitlab: FakeGitLab) -> None:
    """What takes commands from them is counted; also in details, where a fence is none."""
    text = "<details>\n```\n\n" + "/close\n" * 400_000
    keep_comment(on_gitlab(gitlab), 3, [night("worse", comment=text)], run=7, run_url=None)
    (note,) = gitlab.notes
    assert 700_000 < len(note["body"]) <= 1_000_000
    assert gitlab.commands == []


def test_commands_are_taken_from_whatever_is_sent(gitlab: FakeGitLab) -> None:
    """Comments, issues and remarks alike."""
    client = on_gitlab(gitlab)
    note = client.add_comment(3, "/merge")
    client.edit_comment(3, note, "/merge")
    issue = client.open_issue("a", "/close", "evalkit")
    client.edit_issue(issue, "a", "/close")
    client.remark(issue, "/close")
    assert gitlab.commands == []


def test_refusals_say_what_to_do(gitlab: FakeGitLab) -> None:
    """Token, role, number and a refused body each have their hint; the token is not shown."""
    with pytest.raises(ForgeError, match="with 401: 401 Unauthorized") as caught:
        on_gitlab(gitlab, "another-token").add_comment(3, "a")
    assert "project access token" in (caught.value.hint or "")
    assert "another-token" not in f"{caught.value.message}{caught.value.hint}"
    with pytest.raises(ForgeError, match=r"400: .*too long") as caught:
        on_gitlab(gitlab).add_comment(3, "x" * 1_000_001)
    assert "please report it" in (caught.value.hint or "")
    gitlab.role = REPORTER - 10
    with pytest.raises(ForgeError, match="with 403") as caught:
        on_gitlab(gitlab).open_issue("a", "b", "evalkit")
    assert "role Reporter" in (caught.value.hint or "")
    gitlab.project = "43"
    client = on_gitlab(gitlab)
    gitlab.project = "42"
    with pytest.raises(ForgeError, match="/projects/43/issues with 404") as caught:
        client.open_issue("a", "b", "evalkit")
    assert "project or number" in (caught.value.hint or "")
