"""One issue for what nights found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import ForgeError
from evalkit.forges.issue import course, keep_issue
from evalkit.forges.nights import BAD
from evalkit.forges.text import facts_of, mark, size
from forges.github import BOT, LONGEST, FakeGitHub
from forges.serving import Fault
from tests.forges.conftest import night, on_github, on_gitlab
from vendors.http import HttpAnswer

if TYPE_CHECKING:
    from forges.gitlab import FakeGitLab

STATES = (*BAD, "incomplete", "undecided", "good")
SUITES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(STATES))


def _keep(server: FakeGitHub, *, run: int | None = None, title: str | None = None, **suites: str) -> str:
    nights = sorted((night(state, suite) for suite, state in suites.items()), key=lambda each: STATES.index(each.state))
    return keep_issue(on_github(server), nights, label="evalkit", title=title, run=run, run_url=None)


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("failed", "evalkit: a gate failed"),
        ("worse", "evalkit: answers got worse"),
        ("changed", "evalkit: the model changed"),
    ],
)
def test_an_issue_is_opened_updated_and_closed(github: FakeGitHub, state: str, title: str) -> None:
    """A bad night opens one, the next updates its body without a comment, and a good one closes it with a comment."""
    assert _keep(github, support=state).startswith("opened issue #1: https://github.example/")
    (issue,) = github.open_issues()
    assert (issue["title"], issue["labels"]) == (title, [{"name": "evalkit"}])
    assert f"## support: {state}\n" in issue["body"]
    assert _keep(github, support=state, other="good").startswith("updated issue #1")
    assert "## other: good" in issue["body"]
    assert github.said_on(1) == []
    assert _keep(github, support="good").startswith("closed issue #1")
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert github.said_on(1) == [f"support is good again (was {state})"]
    assert _keep(github, support=state).startswith("opened issue #2")


@pytest.mark.parametrize("state", ["good", "incomplete", "undecided"])
def test_no_issue_is_opened_for_a_night_that_is_not_bad(github: FakeGitHub, state: str) -> None:
    """It is said that nothing was needed."""
    assert _keep(github, support=state) == f"no issue is open and none is needed: support is {state}"
    assert github.asked("POST") == []


@pytest.mark.parametrize("state", ["incomplete", "undecided"])
def test_a_night_that_says_nothing_leaves_the_issue_open(github: FakeGitHub, state: str) -> None:
    """The body stays but for the mark, and one comment says why; a second such night adds none."""
    _keep(github, support="worse")
    (issue,) = github.open_issues()
    before = issue["body"].partition("-->")[2]
    for _ in range(2):
        assert _keep(github, support=state) == f"left issue #1: {issue['html_url']} open: support ({state})"
    assert issue["body"].partition("-->")[2] == before
    assert github.said_on(1) == [f"this night says nothing of support ({state}), so this stays open"]
    _keep(github, support="good")
    assert github.open_issues() == []


def test_one_good_suite_does_not_close_what_another_opened(github: FakeGitHub) -> None:
    """The issue closes when each suite that it holds is good again, and says what moved."""
    _keep(github, a="worse", b="failed")
    _keep(github, a="good", b="failed")
    _keep(github, a="good", b="incomplete")
    _keep(github, a="good")
    assert [issue["title"] for issue in github.open_issues()] == ["evalkit: a gate failed"]
    _keep(github, b="good", a="good")
    assert github.open_issues() == []
    assert github.said_on(1) == [
        "a is good again (was worse)",
        "this night says nothing of b (incomplete), so this stays open",
        "b is good again (was failed)",
    ]


def test_a_worse_state_changes_the_title_and_is_told(github: FakeGitHub) -> None:
    """The title follows the worst state that is known; one that was given stays."""
    _keep(github, support="changed")
    _keep(github, support="worse")
    assert [issue["title"] for issue in github.open_issues()] == ["evalkit: answers got worse"]
    assert github.said_on(1) == ["support is worse (was changed)"]
    _keep(github, support="worse", title="The nightly run is red")
    assert [issue["title"] for issue in github.open_issues()] == ["The nightly run is red"]


def test_issues_of_others_are_let_be(github: FakeGitHub) -> None:
    """A person's issue with the label, one with another label, and a pull request with the mark are none of ours."""
    marked = mark("issue", {"states": {"support": "worse"}})
    github.add_issue("mine", marked, "mona")
    github.add_issue("another", marked, BOT, ("bug",))
    github.add_issue("a request", marked, BOT, pull=True)
    github.add_issue("no mark", "## text", BOT)
    assert _keep(github, support="good").startswith("no issue is open")
    assert _keep(github, support="worse").startswith("opened issue #5")
    assert github.asked("PATCH") == []


def test_two_runs_at_once_leave_one_issue(github: FakeGitHub) -> None:
    """The older one stays, with the newer run's words; of several that were left behind, too."""
    marked = mark("issue", {"states": {"support": "worse"}})
    github.meanwhile.append(lambda: github.add_issue("first", marked, BOT))
    assert _keep(github, support="failed").startswith("updated issue #1")
    assert [issue["title"] for issue in github.open_issues()] == ["evalkit: a gate failed"]
    assert github.issues[2]["state_reason"] == "not_planned"
    github.add_issue("third", marked, BOT)
    _keep(github, support="failed")
    assert len(github.open_issues()) == 1


def test_many_runs_at_once_leave_one_issue(github: FakeGitHub) -> None:
    """Whatever their order."""
    github.delay_s = 0.02
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(_keep, github, run=run, support="worse") for run in range(4)]:
            done.result()
    assert len(github.open_issues()) == 1


def test_an_issue_that_was_opened_but_not_answered_is_not_opened_twice(github: FakeGitHub) -> None:
    """The connection breaks after the issue is there."""
    github.faults = [Fault(HttpAnswer(200, b"[]")), Fault(HttpAnswer(502), acts=True)]
    _keep(github, support="worse")
    assert len(github.open_issues()) == 1


def test_an_older_run_does_not_write_over_a_newer_one(github: FakeGitHub) -> None:
    """Runs end in any order."""
    _keep(github, support="worse", run=9)
    assert "because a newer run wrote it" in _keep(github, support="good", run=8)
    assert len(github.open_issues()) == 1


def test_a_label_that_is_dropped_leaves_no_issue_behind(github: FakeGitHub) -> None:
    """Without its label it would be opened again each night; the refusal of the label is raised."""
    github.labels = False
    with pytest.raises(ForgeError, match="push access to label"):
        _keep(github, support="worse")
    assert github.open_issues() == []


def test_names_cannot_break_out_of_the_comments(github: FakeGitHub) -> None:
    """Markdown in a suite's name, which may be any text, mentions nobody and ends no mark."""
    name = "a --> @mona [x](http://y) `"
    keep_issue(on_github(github), [night("worse", name, "text")], label="evalkit", title=None, run=None, run_url=None)
    (issue,) = github.open_issues()
    assert facts_of("issue", issue["body"]) == {"states": {name: "worse"}}
    keep_issue(on_github(github), [night("good", name, "text")], label="evalkit", title=None, run=None, run_url=None)
    (said,) = github.said_on(1)
    assert not set("@[]()`<>") & set(said.removesuffix("(was worse)"))


def test_any_number_of_suites_fits(github: FakeGitHub) -> None:
    """Hundreds of suites with long texts stay within the limit."""
    nights = [night("worse", f"suite-{number}", "word\n" * 2000) for number in range(400)]
    for _ in range(2):
        keep_issue(on_github(github), nights, label="evalkit", title=None, run=None, run_url="https://run.example")
    (issue,) = github.open_issues()
    assert size(issue["body"]) <= LONGEST
    assert "are left out" in issue["body"]


@given(SUITES, SUITES)
def test_a_suite_is_cleared_by_a_good_night_alone(before: dict[str, str], tonight: dict[str, str]) -> None:
    """By the table: bad is bad, good clears, and anything else leaves what was known."""
    known = {suite: state for suite, state in before.items() if state in BAD}
    ahead = course(known, tonight)
    for suite in "abcd":
        now = tonight.get(suite)
        expected = now if now in BAD else None if now == "good" else known.get(suite)
        assert ahead.states.get(suite) == expected
        assert (suite in ahead.waiting) == (suite in known and now not in (*BAD, "good"))
        assert ((suite, known.get(suite), expected) in ahead.moved) == (known.get(suite) != expected)
    assert ahead.bad == any(state in BAD for state in tonight.values())


def test_an_issue_on_gitlab(gitlab: FakeGitLab) -> None:
    """The same there."""
    for state in ("worse", "incomplete", "good"):
        nights = [night(state, comment=f"## {state}\n/close\n")]
        keep_issue(on_gitlab(gitlab), nights, label="evalkit", title=None, run=1, run_url=None)
    assert [issue["state"] for issue in gitlab.issues.values()] == ["closed"]
    assert gitlab.issues[1]["labels"] == ["evalkit"]
    assert "## worse\n\u2060/close" in gitlab.issues[1]["description"]
    assert gitlab.said_on("issues/1") == [
        "this night says nothing of support (incomplete), so this stays open",
        "support is good again (was worse)",
    ]
    assert gitlab.commands == []
