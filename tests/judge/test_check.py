"""Judges are asked about labelled texts as they would be in a run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from evalkit.constraints.judge import Judge
from evalkit.expand import Plan
from evalkit.generate.budget import Budget
from evalkit.generate.tally import Tally, Unwatched
from evalkit.judge.check import Check
from evalkit.judge.labels import Label
from evalkit.providers.registry import build_provider
from evalkit.types import Case, Condition, System
from vendors.judges import judging

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.store import Store
    from evalkit.types import Profile, Suite
    from vendors.server import FakeVendors


def test_the_judge_is_asked_what_a_run_would_ask(
    store: Store, make_suite: Callable[..., Suite], vendor_profile: Callable[..., Profile], vendors: FakeVendors
) -> None:
    """Prompt and templates are filled in, texts that are alike are asked about once, and a later check reuses all."""
    shown: list[str] = []

    def answer(question: object) -> str:
        shown.append(str(question))
        return "yes"

    vendors.reply = judging(answer)
    judge = Judge("Is it {{ how }}?")
    case = Case("one", "Say it to {{ who }}.", variables={"who": "me", "how": "kind"}, constraints=(judge,))
    suite, profile = make_suite(cases=(case,), judge="claude"), vendor_profile("claude", "claude-haiku-4-5")
    tallies: list[Tally] = []
    for _ in range(2):
        run = store.create_run(
            suite, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=[profile]
        )
        labels = [Label(case, judge, text, label) for text, label in (("a", "yes"), ("b", "no"), ("a", "yes"))]
        check = Check(store, run, suite, labels, [Condition()], "claude")
        judges = {"claude": (build_provider(profile), Plan(suite, profile, 7, seed_drawn=False))}
        tallies.append(asyncio.run(check.ask(judges, budget=Budget(), watcher=Unwatched())))
        [found] = check.found()
        assert found.counts == ((2, 0), (1, 0))
    assert [(tally.asked, tally.reused) for tally in tallies] == [(2, 0), (0, 2)]
    assert len(shown) == 2
    assert all("Is it kind?" in each and "Say it to me." in each for each in shown)


def test_a_judge_that_a_system_prompt_demands_is_asked_under_it(
    store: Store, make_suite: Callable[..., Suite], vendor_profile: Callable[..., Profile], vendors: FakeVendors
) -> None:
    """Its templates are filled in as in the first condition that has the system prompt."""
    shown: list[str] = []

    def answer(question: object) -> str:
        shown.append(str(question))
        return "yes"

    vendors.reply = judging(answer)
    judge, case = Judge("Is it {{ tone }} under {{ system }}?"), Case("one", "Say it.")
    systems = {"bare": System(None), "kind": System("Be kind.", constraints=(judge,))}
    suite = make_suite(cases=(case,), judge="claude", systems=systems)
    profile = vendor_profile("claude", "claude-haiku-4-5")
    run = store.create_run(suite, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=[profile])
    conditions = [
        Condition((("system", system), ("tone", tone))) for tone in ("warm", "cold") for system in ("bare", "kind")
    ]
    check = Check(store, run, suite, [Label(case, judge, "a", "yes", "kind")], conditions, "claude")
    judges = {"claude": (build_provider(profile), Plan(suite, profile, 7, seed_drawn=False))}
    asyncio.run(check.ask(judges, budget=Budget(), watcher=Unwatched()))
    assert len(shown) == 1
    assert "Is it warm under kind?" in shown[0]
