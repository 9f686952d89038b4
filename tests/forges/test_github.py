"""GitHub's API: permissions, advice, and what its documents may lack."""

from __future__ import annotations

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.github import advice
from evalkit.forges.http import Answer
from forges.github import BOT, FakeGitHub
from forges.serving import Fault
from tests.forges.conftest import on_github
from vendors.http import HttpAnswer


def test_comments_are_ours_or_not(github: FakeGitHub) -> None:
    """A deleted account wrote none of ours, and an empty body is a text."""
    github.add_comment(12, "a", BOT)
    github.add_comment(12, "b", "mona")
    github.add_comment(12, "c", "")
    github.comments[0]["body"] = None
    assert [(each.body, each.ours) for each in on_github(github).comments(12)] == [
        ("", True),
        ("b", False),
        ("c", False),
    ]
    assert github.asked("GET").count("/user") == 1


def test_a_comment_that_is_gone_is_deleted(github: FakeGitHub) -> None:
    """Whoever deleted it before, it is gone."""
    client = on_github(github)
    comment = client.add_comment(12, "a")
    for _ in range(2):
        client.delete_comment(12, comment)
    assert github.comments == []


@pytest.mark.parametrize(
    ("writes", "token", "said", "hint"),
    [
        (frozenset[str](), None, "with 403: Resource not accessible", "`issues: write` or `pull-requests: write`"),
        (None, "another-token", "with 401: Bad credentials", "GITHUB_TOKEN"),
    ],
)
def test_refusals_say_what_to_do(
    github: FakeGitHub, writes: frozenset[str] | None, token: str | None, said: str, hint: str
) -> None:
    """The permission that is missing is named as a workflow has it, and the token is not shown."""
    github.writes = github.writes if writes is None else writes
    client = on_github(github) if token is None else on_github(github, token)
    with pytest.raises(ForgeError, match=said) as caught:
        client.add_comment(12, "a")
    assert hint in (caught.value.hint or "")
    assert "another-token" not in f"{caught.value.message}{caught.value.hint}"


def test_a_wrong_repository_is_told_from_nothing(github: FakeGitHub) -> None:
    """A 404 may be a missing permission, and the hint says which."""
    github.repository = "acme/elsewhere"
    client = on_github(github)
    github.repository = "acme/prompts"
    with pytest.raises(ForgeError, match="POST /repos/acme/elsewhere/issues with 404") as caught:
        client.open_issue("a", "b", "evalkit")
    assert "`issues: write`" in (caught.value.hint or "")


def test_a_body_that_is_refused_is_a_fault_of_ours(github: FakeGitHub) -> None:
    """What GitHub says of it is shown."""
    with pytest.raises(ForgeError, match="422: Validation Failed: Body is too long") as caught:
        on_github(github).add_comment(12, "x" * 70_000)
    assert "please report it" in (caught.value.hint or "")


def test_an_answer_without_what_it_should_have_is_an_error(github: FakeGitHub) -> None:
    """Another server's answer is no fault of evalkit's with a traceback."""
    github.faults = [Fault(HttpAnswer(201, b'{"body": "a"}'))]
    with pytest.raises(ForgeError, match="lacks `id`"):
        on_github(github).add_comment(12, "a")


def test_who_it_is_is_asked_again_where_the_server_fails(github: FakeGitHub) -> None:
    """Only a refusal means a token of a workflow."""
    github.login = "mona"
    github.add_comment(12, "a", "mona")
    github.faults = [Fault(HttpAnswer(200, b'[{"id": 1, "user": {"login": "mona"}}]')), *[Fault(HttpAnswer(502))] * 3]
    with pytest.raises(ForgeError, match="502"):
        list(on_github(github).comments(12))


def test_advice_for_every_refusal() -> None:
    """Each status has a hint of its own, and one that says nothing has none."""

    def hint(status: int, words: str = "", needs: str = "issues: write") -> str | None:
        return advice(Answer(status, {}, None), words, needs)

    assert "Settings, Actions, General" in (
        hint(403, "GitHub Actions is not permitted to create or approve pull requests.") or ""
    )
    assert hint(403) == "give the job the permission: `permissions:` with `issues: write`"
    assert hint(403, needs="") is None
    assert "switched off" in (hint(410) or "")
    assert hint(418) is None
