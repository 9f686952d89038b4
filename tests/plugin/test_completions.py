"""What came of asking the same several times, as a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.plugin.completions import Completions
from evalkit.prepare import prepare
from evalkit.runs import start_run
from evalkit.selection import Selection
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.store import Store
    from tests.conftest import SmallProject


@pytest.fixture
def completions(small_project: SmallProject, store: Store) -> Callable[..., Completions]:
    """Give a function that makes completions of a stored run."""
    suite = small_project.suite()
    run = start_run(prepare(suite, small_project.project, Selection()), store)

    def make(*drawn: Completion) -> Completions:
        return Completions(drawn, suite=suite, run=run, project=small_project.project)

    return make


def test_all_that_came_back_is_there_in_order(completions: Callable[..., Completions]) -> None:
    """Texts are only those of answers, cut off or not."""
    drawn = (
        Completion("complete", text="One."),
        Completion("refusal"),
        Completion("error", error="gone"),
        Completion("truncated", text="Two and"),
    )
    found = completions(*drawn)
    assert list(found) == list(drawn)
    assert (len(found), found[-1], found[1:3]) == (4, drawn[-1], drawn[1:3])
    assert found.texts == ["One.", "Two and"]
    assert (found.provider, found.case) == ("script", "one")


def test_it_shows_how_many_there_are_and_how_they_begin(completions: Callable[..., Completions]) -> None:
    """On one line, however long and whatever a model wrote."""
    found = completions(
        *(Completion("complete", text=f"{n} \x1b[31m" + "word " * 50) for n in range(4)), Completion("error", error="x")
    )
    assert repr(found).startswith(f"<5 completions of script in run {found.run} (1 error): `0 \\x1b[31mword")
    assert repr(found).endswith("…`, …>")
    assert "\n" not in repr(found)
    assert len(repr(found)) < 250
    assert repr(completions()) == f"<0 completions of script in run {found.run}>"
