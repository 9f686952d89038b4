"""One issue for what nights found, on both forges."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.issue import Course, course, keep_issue
from evalkit.forges.text import facts_of, mark, size
from forges.github import FakeGitHub
from tests.forges.conftest import TOKEN, Side, github_side
from vendors.http import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.forges.nights import Night

    Make = Callable[..., Night]

URL = "https://forge.example/runs/7"
OURS = mark("issue", {"run": 1, "states": {"tone": "worse"}})


def _keep(side: Side, *nights: Night, run: int | None = 7, title: str | None = None) -> str:
    return keep_issue(side.forge, nights, label="evalkit", title=title, run=run, run_url=URL)


def _only(side: Side) -> tuple[int, str, str]:
    ((number, (title, body)),) = side.issues().items()
    return number, title, body


@pytest.mark.parametrize(
    ("known", "tonight", "expected"),
    [
        ({}, {"a": "good"}, Course({}, bad=False, moved=(), waiting={})),
        ({}, {"a": "incomplete"}, Course({}, bad=False, moved=(), waiting={})),
        ({}, {"a": "worse"}, Course({"a": "worse"}, bad=True, moved=(("a", None, "worse"),), waiting={})),
        ({"a": "worse"}, {"a": "worse"}, Course({"a": "worse"}, bad=True, moved=(), waiting={})),
        (
            {"a": "worse"},
            {"a": "changed"},
            Course({"a": "changed"}, bad=True, moved=(("a", "worse", "changed"),), waiting={}),
        ),
        ({"a": "worse"}, {"a": "good"}, Course({}, bad=False, moved=(("a", "worse", None),), waiting={})),
        ({"a": "worse"}, {"a": "undecided"}, Course({"a": "worse"}, bad=False, moved=(), waiting={"a": "undecided"})),
        ({"a": "worse"}, {"b": "good"}, Course({"a": "worse"}, bad=False, moved=(), waiting={"a": "not run"})),
        (
            {"a": "worse", "b": "failed"},
            {"a": "good", "b": "incomplete", "c": "changed"},
            Course(
                {"b": "failed", "c": "changed"},
                bad=True,
                moved=(("c", None, "changed"), ("a", "worse", None)),
                waiting={"b": "incomplete"},
            ),
        ),
    ],
)  # fmt: skip
def test_a_night_s_course(known: dict[str, str], tonight: dict[str, str], expected: Course) -> None:
    """A suite is good again only by a night that is good."""
    assert course(known, tonight) == expected


def test_no_suite_is_forgotten_that_is_not_good_again() -> None:
    """Over all states before and after."""
    states = ("failed", "worse", "changed", "incomplete", "undecided", "good", None)
    for before, after in product((None, "failed", "worse", "changed"), states):
        found = course({"a": before} if before else {}, {"a": after} if after else {})
        open_before, bad_now, good_now = before is not None, after in ("failed", "worse", "changed"), after == "good"
        assert bool(found.states) == (bad_now or (open_before and not good_now))
        assert found.bad == bad_now
        assert bool(found.waiting) == (open_before and not bad_now and not good_now)


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("failed", "evalkit: a gate failed"),
        ("worse", "evalkit: answers got worse"),
        ("changed", "evalkit: the model changed"),
    ],
)
def test_an_issue_is_opened_for_what_is_bad(side: Side, night: Make, state: str, title: str) -> None:
    """With the comment of every suite, and a mark by which it is found again."""
    said = _keep(side, night("tone", state), night("facts"))
    number, found, body = _only(side)
    assert (said.startswith(f"opened issue #{number}: https://"), found) == (True, title)
    assert facts_of("issue", body) == {"run": 7, "states": {"tone": state}}
    assert f"### tone: {state}" in body
    assert "### facts: good" in body
    assert body.endswith(f"[The run]({URL})\n")
    assert side.remarks(number) == []


@pytest.mark.parametrize("state", ["good", "undecided", "incomplete"])
def test_none_is_opened_for_anything_else(side: Side, night: Make, state: str) -> None:
    """Nothing is written at all."""
    assert _keep(side, night("tone", state)) == f"no issue is open and none is needed: tone is {state}"
    assert side.writes() == []


def test_it_is_brought_up_to_date_and_comments_only_on_a_change(side: Side, night: Make) -> None:
    """Each night the body is the newest; of three nights that are the same, none is told."""
    _keep(side, night("tone", "worse"), run=7)
    for run in (8, 9):
        assert _keep(side, night("tone", "worse", f"night {run}"), run=run).startswith("updated issue")
        assert f"night {run}" in _only(side)[2]
    number = _only(side)[0]
    assert side.remarks(number) == []
    _keep(side, night("tone", "failed"), night("facts", "changed"), run=10)
    assert _only(side)[1] == "evalkit: a gate failed"
    _keep(side, night("facts", "changed"), night("tone", "good"), run=11)
    assert side.remarks(number) == [
        f"tone is failed (was worse), facts is changed ([the run]({URL}))",
        f"tone is good again (was failed) ([the run]({URL}))",
    ]
    assert _only(side)[1] == "evalkit: the model changed"


def test_it_is_closed_when_all_is_good_again(side: Side, night: Make) -> None:
    """With a comment; the next bad night opens another one."""
    _keep(side, night("tone", "worse"))
    number = _only(side)[0]
    assert _keep(side, night("tone", "good"), run=8).startswith(f"closed issue #{number}")
    assert side.issues() == {}
    assert side.remarks(number) == [f"tone is good again (was worse) ([the run]({URL}))"]
    assert _keep(side, night("tone", "good"), run=9).startswith("no issue is open")
    _keep(side, night("tone", "worse"), run=10)
    assert _only(side)[0] != number


@pytest.mark.parametrize("state", ["incomplete", "undecided"])
def test_a_night_that_says_nothing_leaves_it_open(side: Side, night: Make, state: str) -> None:
    """It is told once in a row, and the body stays that of the night that said something."""
    _keep(side, night("tone", "worse", "the night that said something"))
    number = _only(side)[0]
    for run in (8, 9, 10):
        assert _keep(side, night("tone", state), run=run).startswith(f"left issue #{number}: ")
    assert "the night that said something" in _only(side)[2]
    assert side.remarks(number) == [f"this night says nothing of tone ({state}), so this stays open ([the run]({URL}))"]
    _keep(side, night("tone", "worse"), run=11)
    _keep(side, night("tone", state), run=12)
    assert len(side.remarks(number)) == 2
    _keep(side, night("tone", "good"), run=13)
    assert side.issues() == {}


def test_of_two_bad_suites_one_may_be_good_while_the_other_is_not_known(side: Side, night: Make) -> None:
    """The issue stays open for the other one, which is then all that it holds."""
    _keep(side, night("facts", "failed"), night("tone", "worse"))
    number = _only(side)[0]
    _keep(side, night("facts", "incomplete"), night("tone", "good"), run=8)
    said = "tone is good again (was worse); this night says nothing of facts (incomplete), so this stays open"
    assert side.remarks(number) == [f"{said} ([the run]({URL}))"]
    _keep(side, night("facts", "good"), run=9)
    assert side.issues() == {}


def test_a_suite_that_is_not_run_any_more_holds_it_open(side: Side, night: Make) -> None:
    """Two workflows with suites of their own may share a label; a person closes it for a suite that is gone."""
    _keep(side, night("tone", "worse"))
    _keep(side, night("facts", "good"), run=8)
    assert len(side.issues()) == 1
    _keep(side, night("facts", "worse"), run=9)
    assert "Still open, and not known tonight: tone (not run)." in _only(side)[2]


def test_a_title_of_one_s_own_stays(side: Side, night: Make) -> None:
    """Whatever is found."""
    _keep(side, night("tone", "worse"), title="Prompts at night")
    _keep(side, night("tone", "failed"), title="Prompts at night")
    assert _only(side)[1] == "Prompts at night"


def test_it_is_found_on_any_page(side: Side, night: Make) -> None:
    """Among issues of others with the label, some of which quote the mark; on GitHub pull requests are among them."""
    for number in range(3):
        side.open_issue(f"other {number}", f"> {OURS}", ours=True)
    side.open_issue("copied", OURS, ours=False)
    if isinstance(side.fake, FakeGitHub):
        side.fake.add_issue("pull", OURS, "github-actions[bot]", pull=True)
    side.open_issue("other label", OURS, ours=True, label="bug")
    number = side.open_issue("ours", OURS + "\nbody", ours=True)
    _keep(side, night("tone", "failed"))
    assert side.issues()[number][0] == "evalkit: a gate failed"
    assert [title for title, _ in side.issues().values()] == [
        "other 0",
        "other 1",
        "other 2",
        "copied",
        "other label",
        "evalkit: a gate failed",
    ]


def test_an_older_run_does_not_write_over_a_newer_one(side: Side, night: Make) -> None:
    """Not even to close it."""
    _keep(side, night("tone", "worse"), run=9)
    assert "because a newer run wrote it" in _keep(side, night("tone", "good"), run=8)
    assert len(side.issues()) == 1
    _keep(side, night("tone", "good"), run=None)
    assert side.issues() == {}


def test_two_runs_at_once_leave_one_issue(side: Side, night: Make) -> None:
    """Whoever opens second closes its own."""
    side.fake.meanwhile.append(lambda: side.open_issue("other run", OURS + "\nbody", ours=True))
    assert _keep(side, night("tone", "failed")).startswith("updated issue #1")
    assert _only(side)[:2] == (1, "evalkit: a gate failed")
    assert side.remarks(2) == ["The same as #1, which was opened at the same time"]


def test_many_runs_at_once_leave_one_issue(side: Side, night: Make) -> None:
    """Whatever their order."""
    side.fake.delay_s = 0.02
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(_keep, side, night("tone", "worse"), run=run) for run in range(4)]:
            done.result()
    assert len(side.issues()) == 1


def test_several_of_ours_become_one(side: Side, night: Make) -> None:
    """However they came about."""
    for _ in range(3):
        side.open_issue("ours", OURS, ours=True)
    _keep(side, night("tone", "worse"))
    assert list(side.issues()) == [1]


@pytest.mark.parametrize("manner", ["reset", "whole"])
def test_an_answer_that_is_lost_opens_no_second_issue(side: Side, night: Make, manner: str) -> None:
    """The request was carried out, and is sent again because nobody can know."""
    side.fake.lost.append(HttpAnswer(502) if manner == "whole" else HttpAnswer(manner="reset"))
    _keep(side, night("tone", "worse"))
    assert list(side.issues()) == [1]


def test_a_body_of_any_length_is_taken(side: Side, night: Make) -> None:
    """Cut to the limit; hundreds of bad suites, too."""
    nights = [night(f"suite-{number:03}" + "x" * 90, "worse", "| row |\n" * 300) for number in range(250)]
    _keep(side, *nights)
    body = _only(side)[2]
    assert size(body) <= side.forge.limit_bytes
    _keep(side, *nights, run=8)
    _keep(side, *(night(each.suite, "good") for each in nights), run=9)
    assert side.issues() == {}


def test_a_suite_s_name_is_no_markdown(side: Side, night: Make) -> None:
    """It stands in comments as it is, without what would be read."""
    _keep(side, night("_a_b_ <b>[x](y)", "worse"))
    _keep(side, night("_a_b_ <b>[x](y)", "failed"), run=8)
    assert side.remarks(1)[0].startswith("?a_b? ?b??x??y? is failed (was worse)")


def test_a_label_that_is_dropped_is_asked_for_again(night: Make) -> None:
    """GitHub drops it without a word; without it the next night would open a second issue."""
    with FakeGitHub(TOKEN) as fake:
        fake.labels = False
        with pytest.raises(ForgeError, match="Must have push access to label issues"):
            _keep(github_side(fake), night("tone", "worse"))
        assert fake.open_issues() == []


def test_a_token_that_may_not_write_is_refused_with_what_it_lacks(night: Make) -> None:
    """The permission in the words of a workflow."""
    with FakeGitHub(TOKEN) as fake:
        fake.writes = frozenset({"contents"})
        with pytest.raises(ForgeError, match="403") as caught:
            _keep(github_side(fake), night("tone", "worse"))
    assert caught.value.hint == "give the job the permission: `permissions:` with `issues: write`"
