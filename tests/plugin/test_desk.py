"""What tests ask, on a loop of their own, counted for the whole session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ProfileError, UsageError
from evalkit.plugin.desk import Desk
from evalkit.plugin.options import Options
from evalkit.plugin.question import Question, naming, question_suite
from evalkit.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evalkit.types import Suite
    from tests.conftest import SmallProject

NAMED = naming("tests/test_it.py::test_it", "test_it", 1)


@pytest.fixture
def make_desk() -> Iterator[Callable[..., Desk]]:
    """Give a function that opens a desk of session `s`."""
    made: list[Desk] = []

    def make(tell: Callable[[Path], None] = lambda _: None, max_cost_usd: float | None = None) -> Desk:
        made.append(Desk(replace(Options(), max_cost_usd=max_cost_usd), "s", tell))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


def _suite(provider: str = "script", repeats: int = 3) -> Suite:
    return question_suite(Question("Say.", Path("test_it.py")), NAMED, provider=provider, repeats=repeats)


def test_a_question_is_drawn_and_noted(small_project: SmallProject, make_desk: Callable[..., Desk]) -> None:
    """The run is the session's, under the test's id, and is told apart from those of suites."""
    told: list[Path] = []
    project = small_project.project
    desk = make_desk(told.append)
    answered = desk.loop.wait(desk.ask(_suite(), project))
    assert (len(answered.drawn), answered.error, told) == (3, None, [project.store])
    with Store(project.store) as store:
        (noted,) = store.session_runs.of("s")
        assert (noted.run, noted.state, noted.by_test) == (answered.run.id, "ended", True)
        assert "tests/test_it.py::test_it" in noted.suite


def test_the_same_question_may_be_asked_again(small_project: SmallProject, make_desk: Callable[..., Desk]) -> None:
    """In this process and in others of the session; each time it is a run of its own."""
    for desk in (make_desk(), make_desk()):
        for _ in range(2):
            desk.loop.wait(desk.ask(_suite(), small_project.project))
    with Store(small_project.project.store) as store:
        assert len({each.run for each in store.session_runs.of("s")}) == 4


def test_nobody_to_ask_is_raised(small_project: SmallProject, make_desk: Callable[..., Desk]) -> None:
    """There is no run then."""
    desk = make_desk()
    with pytest.raises(ProfileError, match="no provider `nobody`"):
        desk.loop.wait(desk.ask(_suite("nobody"), small_project.project))
    with Store(small_project.project.store) as store:
        assert store.runs() == []


def test_a_cap_that_cannot_hold_is_refused_in_the_test_run_s_words(
    small_project: SmallProject, make_desk: Callable[..., Desk]
) -> None:
    """A price that nobody knows would pass any cap."""
    small_project.write("providers/paid.yaml", "adapter: openai\nmodel: unheard-of\nbase_url: http://127.0.0.1:9\n")
    desk = make_desk(max_cost_usd=1.0)
    with pytest.raises(UsageError, match="--evalkit-max-cost cannot hold"):
        desk.loop.wait(desk.ask(_suite("paid"), small_project.project))


def test_a_closed_desk_lets_go_of_the_store(small_project: SmallProject, make_desk: Callable[..., Desk]) -> None:
    """And may be closed again."""
    desk = make_desk()
    desk.loop.wait(desk.ask(_suite(), small_project.project))
    desk.close()
    small_project.project.store.unlink()
