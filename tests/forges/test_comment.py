"""One comment, kept in its place, on both forges."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.comment import comment_body, keep_comment
from evalkit.forges.text import mark, size
from forges.github import FakeGitHub
from tests.forges.conftest import TOKEN, Side, github_side
from vendors.http import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.forges.nights import Night

    Make = Callable[..., Night]

URL = "https://forge.example/runs/7"
MARK = mark("comment", {"run": 7})


def _keep(side: Side, *nights: Night, run: int | None = 7) -> str:
    return keep_comment(side.forge, 5, nights, run=run, run_url=URL)


def test_a_comment_is_written_once_and_then_brought_up_to_date(side: Side, night: Make) -> None:
    """In its place, with all suites in the order given and a link to the run."""
    assert _keep(side, night("a", "worse"), night("b")).startswith(f"commented on {side.forge.request_name} 5")
    assert side.comments(5) == [
        f"{MARK}\n### a: worse\n\nAll of it.\n\n### b: good\n\nAll of it.\n\n[The run]({URL})\n"
    ]
    assert _keep(side, night("a"), run=8).startswith(f"updated the comment on {side.forge.request_name} 5")
    (body,) = side.comments(5)
    assert body.startswith('<!-- evalkit:comment {"run": 8} -->\n### a: good\n')


def test_what_stays_the_same_is_not_written_again(side: Side, night: Make) -> None:
    """Nobody is told of nothing."""
    _keep(side, night())
    before = side.writes()
    _keep(side, night())
    assert side.writes() == before


def test_ours_is_found_on_any_page(side: Side, night: Make) -> None:
    """Among many comments of others."""
    for number in range(5):
        side.comment(5, f"comment {number}", ours=number == 3)
    side.comment(5, f"{MARK}\nold", ours=True)
    side.comment(6, f"{MARK}\nof another request", ours=True)
    _keep(side, night())
    assert [body.split("\n")[0] for body in side.comments(5)] == [*(f"comment {number}" for number in range(5)), MARK]
    assert side.comments(6) == [f"{MARK}\nof another request"]


@pytest.mark.parametrize("quoted", [f"> {MARK}", f"\n{MARK}", f"Look: {MARK}", MARK.replace("comment", "issue")])
def test_a_comment_that_quotes_the_mark_is_not_taken(side: Side, night: Make, quoted: str) -> None:
    """Not even one of ours."""
    side.comment(5, quoted, ours=True)
    _keep(side, night())
    assert side.comments(5)[0] == quoted
    assert len(side.comments(5)) == 2


def test_a_comment_of_somebody_else_that_begins_with_the_mark_is_not_taken(side: Side, night: Make) -> None:
    """They may have copied its source."""
    side.comment(5, f"{MARK}\nmine", ours=False)
    _keep(side, night())
    assert side.comments(5)[0] == f"{MARK}\nmine"
    assert len(side.comments(5)) == 2


def test_an_account_with_a_name_knows_its_own(night: Make) -> None:
    """On GitHub a person's token may ask whose it is; a bot's comment is not ours then."""
    with FakeGitHub(TOKEN, login="lisa") as fake:
        side = github_side(fake)
        fake.add_comment(5, f"{MARK}\nof a bot", "github-actions[bot]")
        fake.add_comment(5, f"{MARK}\nof one who left", "")
        fake.add_comment(5, f"{MARK}\nours", "lisa")
        _keep(side, night())
        assert [body.split("\n")[1] for body in side.comments(5)] == ["of a bot", "of one who left", "### tone: good"]


def test_an_older_run_does_not_write_over_a_newer_one(side: Side, night: Make) -> None:
    """One that began before and ended after."""
    _keep(side, night("new"), run=9)
    said = _keep(side, night("old"), run=8)
    assert said == f"left the comment on {side.forge.request_name} 5 as it is, because a newer run wrote it"
    assert "new" in side.comments(5)[0]
    _keep(side, night("unknown"), run=None)
    assert "unknown" in side.comments(5)[0]


def test_a_second_comment_of_ours_goes(side: Side, night: Make) -> None:
    """The oldest stays."""
    side.comment(5, f"{MARK}\nfirst", ours=True)
    side.comment(5, "of somebody", ours=False)
    side.comment(5, f"{MARK}\nsecond", ours=True)
    _keep(side, night())
    assert [body.split("\n")[-2:][0] for body in side.comments(5)][1:] == ["of somebody"]
    assert "### tone: good" in side.comments(5)[0]


def test_two_runs_at_once_leave_one_comment(side: Side, night: Make) -> None:
    """Whoever comments second takes it away, and brings the other one up to date."""
    side.fake.meanwhile.append(lambda: side.comment(5, f"{MARK}\nof the other run", ours=True))
    assert "updated" in _keep(side, night("this"))
    (body,) = side.comments(5)
    assert "this" in body


@pytest.mark.parametrize("manner", ["reset", "whole"])
def test_an_answer_that_is_lost_writes_no_second_comment(side: Side, night: Make, manner: str) -> None:
    """The request was carried out, and is sent again because nobody can know."""
    side.fake.lost.append(HttpAnswer(502) if manner == "whole" else HttpAnswer(manner="reset"))
    _keep(side, night())
    assert len(side.comments(5)) == 1


def test_many_runs_at_once_leave_one_comment(side: Side, night: Make) -> None:
    """Whatever their order."""
    side.fake.delay_s = 0.02
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(_keep, side, night(), run=run) for run in range(4)]:
            done.result()
    assert len(side.comments(5)) == 1


@pytest.mark.parametrize("text", ["é | ", "🌈" * 20 + "\n", "| row |\n", "```\n", "/close\n"])
def test_a_body_of_any_length_is_taken(side: Side, night: Make, text: str) -> None:
    """Cut to the limit, with a notice; GitLab finds no command in it."""
    nights = [
        night(f"suite{number}", "worse", f"### suite {number}\n" + text * (300_000 // size(text)))
        for number in range(4)
    ]
    _keep(side, *nights)
    (body,) = side.comments(5)
    assert 300 < size(body) <= side.forge.limit_bytes
    assert f"The rest is in [the reports of the run]({URL})." in body
    assert not getattr(side.fake, "quick", None)


def test_a_text_is_as_it_was_where_it_fits(side: Side, night: Make) -> None:
    """A report of one suite."""
    comment = "### tone\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    assert (
        comment_body(side.forge, [night(comment=comment)], run=None, run_url=None)
        == f"{mark('comment', {})}\n{comment}"
    )


def test_a_token_that_may_not_write_is_refused_with_what_it_lacks(night: Make) -> None:
    """The permission in the words of a workflow."""
    with FakeGitHub(TOKEN) as fake:
        fake.writes = frozenset({"contents"})
        with pytest.raises(ForgeError, match=r"answered POST .*/comments with 403: Resource not accessible") as caught:
            _keep(github_side(fake), night())
    assert caught.value.status == 403
    assert re.search(r"`issues: write; pull_requests: write`", caught.value.hint or "")
