"""Says what a run would take: gathers what is known beforehand, from the store and from vendors' counters."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.errors import StoreError
from evalkit.estimate import Known, forecast, prompts_to_count, still_to_ask
from evalkit.expand import Plan
from evalkit.generate import Work
from evalkit.generate.counting import DEADLINE_S, MOST_PROMPTS, Counts, count_prompts
from evalkit.protocols import TokenCounter
from evalkit.providers.prices import FREE
from evalkit.providers.registry import build_provider
from evalkit.store import Store

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from evalkit.estimate import Asked, Forecast
    from evalkit.estimate.asked import Held
    from evalkit.prepare import Prepared
    from evalkit.types import Profile, Run, Sample


@dataclass(frozen=True, slots=True)
class Outlook:
    """What kind of run to foresee.

    Attributes:
        run: The run that would go on; None for a new one.
        reuse: Stored answers to the same samples would be taken.
        seed: From `--seed`; None for the suite's.
        batch: Providers that are paid for would be asked through their vendors' batch APIs.
        offline: Ask no vendor's counter.
        deadline_s: Seconds that the counters may take.
    """

    run: Run | None = None
    reuse: bool = False
    seed: int | None = None
    batch: bool = False
    offline: bool = False
    deadline_s: float = DEADLINE_S


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What one provider's part of a run would take, and what that rests on.

    Attributes:
        uncounted: Why the vendor has not counted the prompts; None when it has, or when there is nothing to say.
    """

    model: str
    asked: Asked
    known: Known
    forecast: Forecast
    uncounted: str | None

    @property
    def free(self) -> bool:
        """True for a model that costs nothing."""
        return self.known.price == FREE


def foresee(prepared: Prepared, store: Path, outlook: Outlook) -> dict[str, Foreseen]:
    """Foresee a run, provider by provider; every prompt is built, to be sure that it can be.

    Args:
        prepared: What would run.
        store: The project's store, which need not be there.
        outlook: How it would run.

    Raises:
        SuiteError: A prompt cannot be built.
        ProfileError: An adapter cannot be built.
    """
    asked_of = [profile for profile in prepared.profiles if prepared.cells_of(profile.name)]
    works = {profile.name: work_of(prepared, profile, outlook) for profile in asked_of}
    with opened(store) as past:
        asked = {name: still_to_ask(work, _held(past, work, outlook)) for name, work in works.items()}
        known = {name: _known(past, work, outlook) for name, work in works.items()}
    counts = _counts(works, asked, outlook)
    foreseen: dict[str, Foreseen] = {}
    for name, work in works.items():
        whole = replace(known[name], counts=counts[name].tokens)
        expected = forecast(asked[name], whole)
        foreseen[name] = Foreseen(work.provider.profile.model, asked[name], whole, expected, counts[name].why)
    return foreseen


def work_of(prepared: Prepared, profile: Profile, outlook: Outlook) -> Work:
    """Return all that one provider would be asked."""
    suite, run = prepared.suite, outlook.run
    if run is not None:
        plan = Plan(suite, profile, run.seed, seed_drawn=run.seed_from == "drawn")
    else:
        seed = suite.seed if outlook.seed is None else outlook.seed
        plan = Plan(suite, profile, seed or 0, seed_drawn=seed is None)
    cells = None if prepared.selection.cells is None else prepared.cells_of(profile.name)
    return Work(build_provider(profile), plan, prepared.sweep.conditions, prepared.cases, prepared.repeats, cells=cells)


@contextmanager
def opened(path: Path) -> Generator[Store | None]:
    """Open a store that is there; None for one that is not, or cannot be read."""
    try:
        store = Store(path, create=False)
    except StoreError:
        yield None
        return
    with store:
        yield store


def _held(store: Store | None, work: Work, outlook: Outlook) -> Held | None:
    """Return what knows the answers that need not be asked for; None when there are none to look for."""
    if store is None or (outlook.run is None and not outlook.reuse):
        return None
    name, run = work.provider.profile.name, outlook.run
    turns = (None, *range(work.most_turns))
    done = {} if run is None else {turn: store.done(run.id, name, turn) for turn in turns}

    def held(sample: Sample) -> str | None:
        if run is not None and sample.position in done[sample.turn]:
            if sample.turn is None:
                return ""
            return store.replies(run.id, name, sample.position, sample.turn + 1)[-1].text
        answer = store.answer(sample.key) if outlook.reuse else None
        return None if answer is None else answer.text

    return held


def _known(store: Store | None, work: Work, outlook: Outlook) -> Known:
    profile, price = work.provider.profile, work.provider.price()
    return Known(
        price,
        limits=profile.limits,
        lengths=None if store is None else store.answer_lengths(profile.name, profile.model),
        pace=None if store is None else store.pace(profile.name, profile.model),
        batch=outlook.batch and price != FREE,
    )


def _counts(works: Mapping[str, Work], asked: Mapping[str, Asked], outlook: Outlook) -> dict[str, Counts]:
    """Have the prompts of what is paid for counted by the vendors."""
    counts = {name: Counts() for name in works}
    wanted = {
        name: (work.provider, prompts_to_count(asked[name], MOST_PROMPTS))
        for name, work in works.items()
        if isinstance(work.provider, TokenCounter)
    }
    if outlook.offline:
        return {**counts, **{name: Counts(why="offline") for name in wanted}}
    if not any(samples for _, samples in wanted.values()):
        return counts
    return {**counts, **asyncio.run(count_prompts(wanted, deadline_s=outlook.deadline_s))}
