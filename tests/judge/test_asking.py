"""Judges are asked what a run lacks, over the official libraries, by the engine that draws completions."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from evalkit.cells import scored_cells
from evalkit.constraints.judge import Judge
from evalkit.expand import Plan, expand, slots
from evalkit.generate.budget import Budget
from evalkit.generate.tally import Tally, Unwatched
from evalkit.judge.asking import Bench
from evalkit.judge.pending import open_votes
from evalkit.providers.registry import build_provider
from evalkit.types import Case, Completion, Condition
from tests.judge.test_reply import ATTACKS, obedient
from vendors.asked import Reply
from vendors.faults import Fault
from vendors.judges import judging

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.protocols import Constraint
    from evalkit.store import Store
    from evalkit.types import Profile, Suite
    from vendors.server import FakeVendors


@pytest.fixture
def bench(
    store: Store, make_suite: Callable[..., Suite], vendor_profile: Callable[..., Profile]
) -> Callable[..., Bench]:
    """Give a function that stores a run of texts and seats a judge at a fake vendor."""

    def seat(texts: Sequence[str], *constraints: Constraint, **profile: object) -> Bench:
        case = Case("one", "Say one thing.", constraints=constraints)
        suite = make_suite(cases=(case,), repeats=len(texts), judge="claude")
        judge = vendor_profile(
            "claude",
            "claude-haiku-4-5",
            options={"api_version": "2023-06-01"},
            price={"input": 1, "output": 5},
            **profile,
        )
        plan = Plan(suite, judge, 7, seed_drawn=False)
        run = store.create_run(
            suite,
            seed=7,
            seed_from="suite",
            selection={"providers": ["script"]},
            planned=len(texts),
            versions={},
            profiles=[judge, vendor_profile("claude", "m", name="script")],
        )
        samples = expand(
            Plan(suite, vendor_profile("claude", "m", name="script"), 7, seed_drawn=False),
            slots([Condition()], suite.cases, suite.repeats),
        )
        store.commit(
            run.id, [(each, Completion("complete", text=text)) for each, text in zip(samples, texts, strict=True)]
        )
        return Bench(store, run, partial(open_votes, store, run, suite), {"claude": (build_provider(judge), plan)})

    return seat


def ask(bench: Bench, cap: float | None = None) -> Tally:
    """Let the judges be asked."""

    async def asked() -> Tally:
        tally = Tally()
        await bench.ask(tally, reuse=False, budget=Budget(cap), watcher=Unwatched())
        await asyncio.gather(*(provider.aclose() for provider in bench.providers))
        return tally

    return asyncio.run(asked())


def suite_of(bench: Bench) -> Suite:
    """Return the suite whose votes are listed."""
    suite: Suite = getattr(bench.votes, "args")[2]  # noqa: B009 - it is a `partial`, which its type does not say
    return suite


def values(bench: Bench) -> list[float | None]:
    """Return the first verdict of each completion."""
    return [
        draw.scored.verdicts[0].value
        for cell in scored_cells(bench.store, bench.run, suite_of(bench))
        for draw in cell.draws
    ]


def test_every_open_vote_is_asked_for(bench: Callable[..., Bench], vendors: FakeVendors) -> None:
    """And counted like any call; asking again asks nobody."""
    vendors.reply = judging(lambda question: "yes" if question.quoted["text"] == "good" else "no")
    seated = bench(["good", "bad", "good"], Judge("Is it good?", votes=3))
    tally = ask(seated)
    assert (tally.planned, tally.asked, tally.outcomes) == (6, 6, {"complete": 6})
    assert tally.cost_usd > 0
    assert values(seated) == [1, 0, 1]
    assert {each.body["model"] for each in vendors.completions("claude")} == {"claude-haiku-4-5"}


def test_no_attack_within_the_text_moves_an_obedient_judge(bench: Callable[..., Bench], vendors: FakeVendors) -> None:
    """A judge that does whatever it is told outside of quotations finds every attack rude, as it should."""
    vendors.reply = judging(lambda question: obedient(question).rpartition(": ")[2])
    seated = bench(list(ATTACKS.values()), Judge("Is it polite?"))
    ask(seated)
    assert values(seated) == [0] * len(ATTACKS)


def test_an_echo_decides_nothing(bench: Callable[..., Bench], vendors: FakeVendors) -> None:
    """A judge that only repeats the quoted text is undecided about every attack, and nobody asks it again."""
    vendors.reply = lambda asked: Reply("\n".join(line.removeprefix("| ") for line in asked.prompt.split("\n")[:-2]))
    seated = bench(list(ATTACKS.values()), Judge("Is it polite?"))
    ask(seated)
    assert values(seated) == [None] * len(ATTACKS)
    assert ask(seated).asked == 0


def test_a_failed_vote_is_left_to_a_later_sitting(bench: Callable[..., Bench], vendors: FakeVendors) -> None:
    """It is not asked for again and again in one sitting, and its verdict is not written down as undecided."""
    vendors.reply = judging(lambda _question: "yes")
    vendors.fault = lambda _asked: Fault("status", 500)
    seated = bench(["good"], Judge("Is it good?"), limits={"attempts": 1})
    tally = ask(seated)
    assert tally.outcomes == {"error": 1}
    assert values(seated) == [None]
    assert all(each.scored is None for each in seated.store.drawn(seated.run.id, "script"))


def test_a_cap_ends_the_asking(bench: Callable[..., Bench], vendors: FakeVendors) -> None:
    """What is not asked for stays open."""
    vendors.reply = judging(lambda _question: "yes")
    seated = bench(["a", "b"], Judge("Is it good?"))
    tally = ask(seated, cap=0.0)
    assert tally.over_budget
    assert vendors.completions("claude") == []
    assert values(seated) == [None, None]
