"""One comment on a pull request, kept up to date in its place."""

from __future__ import annotations

import pytest

from evalkit.forges.comment import comment_body, keep_comment
from evalkit.forges.text import mark, size
from forges.github import BOT, LONGEST, FakeGitHub
from forges.gitlab import OTHER, FakeGitLab
from forges.serving import Fault
from tests.forges.conftest import night, on_github, on_gitlab
from vendors.http import HttpAnswer

RUN_URL = "https://github.example/acme/prompts/actions/runs/7"
MARKED = mark("comment", {"run": 5}) + "\nbefore\n"


def _keep(server: FakeGitHub, *states: str, run: int = 7) -> str:
    nights = [night(state, f"s{number}") for number, state in enumerate(states)]
    return keep_comment(on_github(server), 12, nights, run=run, run_url=RUN_URL)


def test_the_first_run_comments_and_later_ones_update_it(github: FakeGitHub) -> None:
    """There is one comment however many runs there are, in its old place, with the newest run's text."""
    github.add_comment(12, "Looks good", "mona")
    assert _keep(github, "worse").startswith("commented on pull request 12: https://github.example/")
    assert _keep(github, "good", run=8).startswith("updated the comment on pull request 12")
    first, ours = github.said_on(12)
    assert first == "Looks good"
    assert ours == f"{mark('comment', {'run': 8})}\n## s0: good\n\n[The run]({RUN_URL})\n"


def test_the_same_text_is_not_written_again(github: FakeGitHub) -> None:
    """An edit for nothing would tell everybody who follows the pull request."""
    _keep(github, "good")
    _keep(github, "good")
    assert github.asked("PATCH") == []


def test_comments_of_others_are_let_be(github: FakeGitHub) -> None:
    """A person's copy of the mark, a bot's quotation of it and another request's comment are none of ours."""
    github.add_comment(12, MARKED, "mona")
    github.add_comment(12, f"> {MARKED}", BOT)
    github.add_comment(12, MARKED, "")
    github.add_comment(13, MARKED, BOT)
    assert _keep(github, "good").startswith("commented on")
    assert len(github.said_on(12)) == 4
    assert github.asked("PATCH") == github.asked("DELETE") == []


def test_an_account_knows_its_own_comments(github: FakeGitHub) -> None:
    """The token of a person may ask who it is, so that another bot's comment is not taken for its own."""
    github.login = "mona"
    github.add_comment(12, MARKED, BOT)
    github.add_comment(12, MARKED, "mona")
    assert _keep(github, "good").startswith("updated the comment on")
    assert github.said_on(12)[0] == MARKED
    assert "## s0: good" in github.said_on(12)[1]


def test_an_older_run_does_not_write_over_a_newer_one(github: FakeGitHub) -> None:
    """Runs end in any order."""
    _keep(github, "good", run=9)
    assert "because a newer run wrote it" in _keep(github, "worse", run=8)
    assert "## s0: good" in github.said_on(12)[0]


def test_two_runs_at_once_leave_one_comment(github: FakeGitHub) -> None:
    """The older comment stays, and has the newer run's text."""
    github.meanwhile.append(lambda: github.add_comment(12, MARKED, BOT))
    assert _keep(github, "worse").startswith("updated the comment on")
    (body,) = github.said_on(12)
    assert "## s0: worse" in body


def test_a_comment_that_was_made_but_not_answered_is_not_made_twice(github: FakeGitHub) -> None:
    """The connection breaks after the comment is there; the second attempt's comment is taken back."""
    login = [Fault(HttpAnswer(200, b"[]")), Fault(HttpAnswer(manner="reset"), acts=True)]
    github.faults = login
    _keep(github, "worse")
    assert len(github.said_on(12)) == 1


def test_several_of_ours_become_one(github: FakeGitHub) -> None:
    """What earlier trouble left behind is cleared away."""
    for _ in range(3):
        github.add_comment(12, MARKED, BOT)
    _keep(github, "good")
    assert len(github.said_on(12)) == 1


@pytest.mark.parametrize("letter", ["x", "é", "🦜"])
def test_any_suites_fit_into_what_the_forge_takes(github: FakeGitHub, letter: str) -> None:
    """The body is under the limit in bytes, the worst suite comes first, and the rest is linked to."""
    nights = [night("worse", f"s{number}", f"## s{number}\n" + (letter * 50 + "\n") * 900) for number in range(7)]
    keep_comment(on_github(github), 12, nights, run=7, run_url=RUN_URL)
    (body,) = github.said_on(12)
    assert 0.8 * LONGEST < size(body) <= LONGEST
    assert body.startswith(f"{mark('comment', {'run': 7})}\n## s0\n")
    assert f"The rest is in [the reports of the run]({RUN_URL})." in body
    assert all(f"## s{number}\n" in body for number in range(7))


def test_a_body_without_a_run_names_the_file(github: FakeGitHub) -> None:
    """Outside of a run that can be linked to, the rest is in a file."""
    client = on_github(github)
    assert comment_body(client, [night("good")], run=None, run_url=None) == f"{mark('comment', {})}\n## support: good\n"
    long = night("good", comment="word\n" * 20_000)
    assert "The rest is in report.md." in comment_body(client, [long], run=None, run_url=None)


def test_notes_on_gitlab(gitlab: FakeGitLab) -> None:
    """The same there, where a line that begins with a slash would be a command, and the system writes notes, too."""
    gitlab.add_note("merge_requests/3", MARKED, OTHER)
    gitlab.add_note("merge_requests/3", "changed the description", OTHER, system=True)
    for run, state in ((1, "worse"), (2, "good")):
        nights = [night(state, comment=f"## {state}\n/close\n")]
        keep_comment(on_gitlab(gitlab), 3, nights, run=run, run_url=None)
    assert gitlab.said_on("merge_requests/3") == [MARKED, f"{mark('comment', {'run': 2})}\n## good\n\u2060/close\n"]
    assert gitlab.commands == []
