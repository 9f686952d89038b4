"""What is asked of GitLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.forge import Comment
from evalkit.forges.gitlab import GitLab, advice
from evalkit.forges.http import Answer
from tests.forges.conftest import QUICK, TOKEN

if TYPE_CHECKING:
    from forges.gitlab import FakeGitLab


def _client(fake: FakeGitLab, token: str = TOKEN) -> GitLab:
    return GitLab(fake.url, fake.project, token, QUICK)


def test_comments_say_whose_they_are(gitlab: FakeGitLab) -> None:
    """What GitLab itself noted is none."""
    gitlab.add_note("merge_requests", 5, "ours", 7)
    gitlab.add_note("merge_requests", 5, "changed the title", 7, system=True)
    gitlab.add_note("merge_requests", 5, "theirs", 3)
    gitlab.add_note("issues", 5, "on an issue of that number", 7)
    assert [(each.body, each.ours) for each in _client(gitlab).comments(5)] == [("ours", True), ("theirs", False)]
    assert gitlab.asked("GET").count("/user") == 1


def test_deleting_what_is_gone_is_no_error(gitlab: FakeGitLab) -> None:
    """Another run may have deleted it."""
    _client(gitlab).delete_comment(5, Comment(999, "", ours=True))
    assert gitlab.asked("DELETE") == ["/projects/42/merge_requests/5/notes/999"]


def test_a_project_may_be_named_by_its_path(gitlab: FakeGitLab) -> None:
    """Quoted whole."""
    client = GitLab(gitlab.url, "acme/prompts", TOKEN, QUICK)
    with pytest.raises(ForgeError, match="404"):
        list(client.issues("evalkit"))
    assert gitlab.asked("GET") == ["/projects/acme%2Fprompts/issues"]


def test_a_text_s_commands_are_none(gitlab: FakeGitLab) -> None:
    """They would be carried out with our rights."""
    client = _client(gitlab)
    client.add_comment(5, "### tone\n/merge\n")
    assert gitlab.quick == ["/merge"]
    client.add_comment(5, client.inert("### tone\n/merge\n"))
    assert gitlab.quick == ["/merge"]


@pytest.mark.parametrize("token", ["glpat-expired", "glcbt-64_job"])
def test_a_token_that_is_not_valid_is_said(gitlab: FakeGitLab, token: str) -> None:
    """The job's own is none of those that are."""
    with pytest.raises(ForgeError, match="401: 401 Unauthorized") as caught:
        list(_client(gitlab, token).issues("evalkit"))
    assert "the job's own token does not" in (caught.value.hint or "")


def test_a_role_that_is_too_low_is_said(gitlab: FakeGitLab) -> None:
    """With the one that it takes."""
    gitlab.role = "guest"
    with pytest.raises(ForgeError, match="403 Forbidden") as caught:
        _client(gitlab).open_issue("title", "body", "evalkit")
    assert caught.value.hint == "give the token of EVALKIT_GITLAB_TOKEN scope `api` and role Reporter"


def test_a_refusal_of_which_nothing_is_known_has_no_hint() -> None:
    """None is better than a wrong one."""
    assert advice(Answer(409, {}, None), "", "role") is None
    assert "please report it" in (advice(Answer(400, {}, None), "", "role") or "")
    assert "GitLab says 404, too, where the token lacks role" in (advice(Answer(404, {}, None), "", "role") or "")
