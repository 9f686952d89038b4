"""Building the judges of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.judge.seats import seat_judges
from evalkit.prepare import prepare
from evalkit.providers.registry import build_provider
from evalkit.runs import start_run
from evalkit.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.store import Store
    from evalkit.types import Profile
    from tests.conftest import SmallProject


def test_a_judge_that_cannot_be_built_leaves_the_others_seated(
    small_project: SmallProject, store: Store, make_profile: Callable[..., Profile]
) -> None:
    """Its error is returned by its name, and no run ends for it."""
    suite = small_project.suite()
    run = start_run(prepare(suite, small_project.project, Selection()), store)
    good, bad = make_profile(name="good"), make_profile(name="bad", options={"latency": 1})
    bench, unusable = seat_judges(suite, [good, bad], run, store)
    assert [provider.profile.name for provider in bench.providers] == ["good"]
    assert list(unusable) == ["bad"]
    assert "latency" in unusable["bad"].message


def test_a_provider_that_judges_too_is_built_once(
    small_project: SmallProject, store: Store, make_profile: Callable[..., Profile]
) -> None:
    """A model may fill the memory."""
    suite = small_project.suite()
    run = start_run(prepare(suite, small_project.project, Selection()), store)
    provider = build_provider(make_profile())
    bench, _ = seat_judges(suite, [make_profile()], run, store, [provider])
    assert next(iter(bench.providers)) is provider
