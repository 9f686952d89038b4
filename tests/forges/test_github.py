"""What is asked of GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.forge import Comment
from evalkit.forges.github import GitHub, advice
from evalkit.forges.http import Answer
from tests.forges.conftest import QUICK, TOKEN

if TYPE_CHECKING:
    from forges.github import FakeGitHub


def _client(fake: FakeGitHub, token: str = TOKEN) -> GitHub:
    return GitHub(fake.url, fake.repository, token, QUICK)


def test_every_request_names_the_version_of_the_api(github: FakeGitHub) -> None:
    """With the media type and the token that the API asks for."""
    assert list(_client(github).comments(5)) == []
    headers = github.requests[0].headers
    assert headers["x-github-api-version"] == "2022-11-28"
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["authorization"] == f"Bearer {TOKEN}"


def test_comments_say_whose_they_are_and_where(github: FakeGitHub) -> None:
    """A bot's are ours where the token is a bot's; those of an account that is gone are nobody's."""
    for login in ("github-actions[bot]", "mona", ""):
        github.add_comment(5, f"by {login}", login)
    comments = list(_client(github).comments(5))
    assert [(comment.body, comment.ours) for comment in comments] == [
        ("by github-actions[bot]", True),
        ("by mona", False),
        ("by ", False),
    ]
    assert comments[0].url == "https://github.example/acme/prompts/pull/5#issuecomment-102"


def test_whose_the_token_is_is_asked_once(github: FakeGitHub) -> None:
    """Also where it may not be asked."""
    for _ in range(5):
        github.add_comment(5, "text", "mona")
    client = _client(github)
    list(client.comments(5))
    list(client.comments(5))
    assert github.asked("GET").count("/user") == 1


def test_deleting_what_is_gone_is_no_error(github: FakeGitHub) -> None:
    """Another run may have deleted it."""
    _client(github).delete_comment(5, Comment(999, "", ours=True))
    assert github.asked("DELETE") == ["/repos/acme/prompts/issues/comments/999"]


@pytest.mark.parametrize(("done", "reason"), [(True, "completed"), (False, "not_planned")])
def test_an_issue_is_closed_with_a_reason(github: FakeGitHub, done: bool, reason: str) -> None:
    """So that GitHub shows it as done, or as not needed."""
    client = _client(github)
    client.close_issue(client.open_issue("title", "body", "evalkit"), done=done)
    assert (github.issues[1]["state"], github.issues[1]["state_reason"]) == ("closed", reason)


def test_a_label_is_compared_as_github_compares_it(github: FakeGitHub) -> None:
    """It keeps the letters that the label was made with."""
    github.meanwhile.append(lambda: None)
    issue = _client(github).open_issue("title", "body", "EvalKit")
    assert issue.number == 1
    assert github.asked("POST") == ["/repos/acme/prompts/issues"]


def test_a_token_that_is_not_valid_is_said(github: FakeGitHub) -> None:
    """Without showing it."""
    with pytest.raises(ForgeError, match="401: Bad credentials") as caught:
        list(_client(github, "ghs_expired").comments(5))
    assert caught.value.hint == (
        "the token is not valid (any more); in a workflow, pass GITHUB_TOKEN: ${{ github.token }}"
    )


@pytest.mark.parametrize(
    ("status", "headers", "words", "hint"),
    [
        (403, {"x-accepted-github-permissions": "issues=write"}, "no", "`permissions:` with `issues: write`"),
        (403, {}, "no", "`permissions:` with `contents: write`"),
        (403, {}, "GitHub Actions is not permitted to create or approve pull requests.", "Settings, Actions, General"),
        (422, {}, "GitHub Actions is not permitted to create or approve pull requests.", "Settings, Actions, General"),
        (404, {}, "Not Found", "GitHub says 404, too, where the token lacks `contents: write`"),
        (410, {}, "Issues are disabled for this repo", "issues are switched off"),
        (422, {}, "Validation Failed", "please report it"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, headers: dict[str, str], words: str, hint: str) -> None:
    """In the words of a workflow."""
    assert hint in (advice(Answer(status, headers, {"message": words}), words, "contents: write") or "")


def test_a_refusal_of_which_nothing_is_known_has_no_hint() -> None:
    """None is better than a wrong one."""
    assert advice(Answer(409, {}, None), "", "contents: write") is None
    assert advice(Answer(403, {}, None), "", "") is None
